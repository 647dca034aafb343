package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a real bash completes with the script. */
class CompletionCommandTest {
  private static final Path BASH = Path.of("/bin/bash");

  @TempDir Path directory = Path.of(".");

  private Path script = Path.of(".");

  @BeforeEach
  void print() throws IOException {
    Terminal terminal = Terminal.run("completion", "bash");
    assertThat(terminal.exitCode()).isEqualTo(0);
    script = Files.writeString(directory.resolve("meshctl"), terminal.out());
  }

  @ParameterizedTest
  @CsvSource({
    "meshctl ser, serve",
    "meshctl serve --kuberne, --kubernetes",
    "meshctl completion z, zsh",
    "meshctl explain --output js, json",
  })
  void bashCompletes(String typed, String expected) throws Exception {
    assumeTrue(Files.isExecutable(BASH), "skipped: no " + BASH);
    String complete =
        "source '%s'; COMP_WORDS=(%s); COMP_CWORD=%d; _complete_meshctl; echo \"${COMPREPLY[@]}\""
            .formatted(script, typed, typed.split(" ", -1).length - 1);
    Process bash =
        new ProcessBuilder(BASH.toString(), "-c", complete).redirectErrorStream(true).start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(bash.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(said.split("\\s+")).contains(expected);
  }

  @Test
  void otherShellsAreRefused() {
    Terminal terminal = Terminal.run("completion", "fish");

    assertThat(terminal.exitCode()).isEqualTo(2);
    assertThat(terminal.err()).contains("fish").contains("bash, zsh");
  }
}
