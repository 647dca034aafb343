package io.librarymesh.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that builds meshctl, with stand-ins for Maven and Java. */
class BuildScriptTest {
  @TempDir Path checkout;

  private Path bin;
  private Path builds;

  @BeforeEach
  void copy() throws IOException {
    Path script = Path.of("..", "meshctl");
    assumeTrue(
        Files.exists(script) && Files.isExecutable(Path.of("/bin/bash")),
        "needs a checkout and bash");
    Files.copy(script, checkout.resolve("meshctl"));
    Files.writeString(checkout.resolve("pom.xml"), "");
    for (String folder : List.of("mesh-cli/src/main", "samples/shop/src/main")) {
      Files.createDirectories(checkout.resolve(folder));
    }
    for (String pom : List.of("mesh-cli", "samples", "samples/shop")) {
      Files.writeString(checkout.resolve(pom).resolve("pom.xml"), "");
    }
    bin = Files.createDirectories(checkout.resolve("jdk/bin"));
    builds = checkout.resolve("builds");
    executable("java", "echo ran with $*");
    executable(
        "mvn", "echo begun >>%s; sleep 0.5; touch mesh-cli/target/meshctl.jar".formatted(builds));
  }

  private void executable(String name, String line) throws IOException {
    Path file = bin.resolve(name);
    Files.writeString(file, "#!/bin/bash\n" + line + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Process start(int number) throws IOException {
    ProcessBuilder script = new ProcessBuilder("/bin/bash", "meshctl", "call", "x");
    script.directory(checkout.toFile());
    script.environment().put("JAVA_HOME", checkout.resolve("jdk").toString());
    script.environment().put("PATH", bin + ":" + System.getenv("PATH"));
    return script
        .redirectErrorStream(true)
        .redirectOutput(checkout.resolve("out-" + number).toFile())
        .start();
  }

  private String end(Process process, int number) throws IOException, InterruptedException {
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    String out = Files.readString(checkout.resolve("out-" + number), UTF_8);
    assertThat(process.exitValue()).as(out).isZero();
    return out;
  }

  @Test
  void ofSeveralAtOnceOneBuilds() throws IOException, InterruptedException {
    List<Process> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      all.add(start(i));
    }
    for (int i = 0; i < 4; i++) {
      assertThat(end(all.get(i), i)).contains("ran with -jar").contains("call x");
    }
    assertThat(builds).content().isEqualTo("begun\n");
    assertThat(checkout.resolve("mesh-cli/target/meshctl-build.lock")).doesNotExist();
  }

  @Test
  void whatAKilledBuildLeftIsTakenAway() throws IOException, InterruptedException {
    Path lock = Files.createDirectories(checkout.resolve("mesh-cli/target/meshctl-build.lock"));
    Process gone = new ProcessBuilder("/bin/bash", "-c", "exit 0").start();
    assertThat(gone.waitFor(30, TimeUnit.SECONDS)).isTrue();
    Files.writeString(lock.resolve("pid"), gone.pid() + "\n");

    assertThat(end(start(0), 0)).contains("ran with -jar");
    assertThat(builds).content().isEqualTo("begun\n");
    assertThat(lock).doesNotExist();
  }
}
