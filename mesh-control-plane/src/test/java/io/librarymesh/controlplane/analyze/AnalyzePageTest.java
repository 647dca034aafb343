package io.librarymesh.controlplane.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.store.DirectoryStore;
import io.librarymesh.controlplane.translate.MeshConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page on codes has all of them, and each of its examples is found, and nothing else in it. */
class AnalyzePageTest {
  private static final Path PAGE = Path.of("..", "docs", "analyze.md");
  private static final Pattern SECTION =
      Pattern.compile("^## (LM\\d{4} \\w+)\n(.*?)(?=^## |\\z)", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  @TempDir Path directory;

  @Test
  void thePageHasAllCodesInTheirOrder() throws IOException {
    assertThat(sections().keySet())
        .containsExactlyElementsOf(Stream.of(Code.values()).map(Code::toString).toList());
  }

  @ParameterizedTest
  @EnumSource(Code.class)
  void theExampleShowsWhatItIsSaidToShow(Code code) throws IOException {
    Matcher example = YAML.matcher(sections().getOrDefault(code.toString(), ""));
    assertThat(example.find()).isTrue();
    Files.writeString(directory.resolve("example.yaml"), example.group(1));

    List<Diagnosis> diagnoses =
        Analysis.of(
            DirectoryStore.loadAll(List.of(directory), Optional.empty()), MeshConfig.DEFAULT);

    assertThat(diagnoses).extracting(Diagnosis::code).contains(code);
    assertThat(diagnoses)
        .filteredOn(diagnosis -> diagnosis.finding().severity() != Severity.INFO)
        .allMatch(diagnosis -> diagnosis.code() == code);
  }

  private static Map<String, String> sections() throws IOException {
    Map<String, String> sections = new LinkedHashMap<>();
    SECTION
        .matcher(Files.readString(PAGE))
        .results()
        .forEach(section -> sections.put(section.group(1), section.group(2)));
    return sections;
  }
}
