package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.ParsedFile;
import io.librarymesh.controlplane.translate.MeshConfig;
import io.librarymesh.controlplane.translate.ReferenceFindings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README shows is what compiles and loads. */
class ReadmeTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @Test
  void theJavaSnippetStandsInASampleThatCompiles() throws IOException {
    String sample =
        Files.readString(
            ROOT.resolve(
                "samples/workshop/src/main/java/io/librarymesh/samples/workshop/QuickStart.java"));

    assertThat(blocks("java")).hasSize(1);
    assertThat(withoutIndent(sample)).contains(withoutIndent(blocks("java").get(0)));
  }

  @Test
  void theYamlLoadsWithoutAFinding() throws IOException {
    assertThat(blocks("yaml")).isNotEmpty();
    for (String yaml : blocks("yaml")) {
      ParsedFile parsed = IstioReader.read("README.md", yaml);
      assertThat(parsed.findings()).isEmpty();
      assertThat(parsed.resources()).hasSize(3);
      assertThat(ReferenceFindings.of(MeshConfig.DEFAULT, parsed.resources())).isEmpty();
    }
  }

  @Test
  void theTestCommandIsTheOneThatCiRuns() throws IOException {
    assertThat(Files.readString(ROOT.resolve("README.md"))).contains("    mvn verify\n");
    assertThat(Files.readString(ROOT.resolve(".ci/run"))).containsPattern("mvn (-B -ntp )?verify");
  }

  private static List<String> blocks(String language) throws IOException {
    return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
        .matcher(Files.readString(ROOT.resolve("README.md")))
        .results()
        .map(MatchResult::group)
        .map(block -> block.replaceAll("(?m)^```.*$", "").strip() + "\n")
        .toList();
  }

  private static String withoutIndent(String text) {
    return text.replaceAll("(?m)^ +", "").strip();
  }
}
