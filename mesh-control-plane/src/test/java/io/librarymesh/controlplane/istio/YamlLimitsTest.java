package io.librarymesh.controlplane.istio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile and broken files are refused with a reason and a place, soon, and nothing is thrown. */
final class YamlLimitsTest {
  /** Far above what any of these takes, far below what an unbounded reader would. */
  private static final Duration SOON = Duration.ofSeconds(30);

  static Stream<Arguments> hostile() {
    String laughs = laughs();
    return Stream.of(
        Arguments.of("[".repeat(20_000), "more than 100 levels"),
        Arguments.of("{a: ".repeat(20_000), "more than 100 levels"),
        Arguments.of("- ".repeat(20_000), "more than 100 levels"),
        Arguments.of(indented(1_000), "more than 100 levels"),
        Arguments.of(laughs, "aliases repeat more than 10000 values"),
        Arguments.of("&a [*a]", "*a (expected: an anchor that ended before)"),
        Arguments.of("a: *b", "*b (expected: an anchor that ended before)"),
        Arguments.of("k: " + "a".repeat(4 << 20), "a line of more than 131072 characters"),
        Arguments.of("#" + "a".repeat(4 << 20), "a line of more than 131072 characters"),
        Arguments.of("- a: b\n".repeat(150_000), "more than 300000 values"),
        Arguments.of("- a\n".repeat(400_000), "more than 300000 lines and commas"),
        Arguments.of("a: |\n" + "  some words\n".repeat(200_000), "a value of more than 1572864"),
        Arguments.of("a: {b: 1, <<: {c: 2}}", "<<: merge keys are not part of YAML 1.2"),
        Arguments.of("a: b\n".repeat(2_000_000), "bytes (expected: at most 8388608)"),
        Arguments.of("a: b\0c", "a NUL character"),
        Arguments.of("a: b\u0007", "U+0007 does not belong in YAML"),
        Arguments.of("a: \ud83d", "does not belong in YAML"),
        Arguments.of("a: [b", "not YAML: "),
        Arguments.of("a:\n\tb: c", "not YAML: "),
        Arguments.of("a: b: c", "not YAML: "),
        Arguments.of("a: 'b", "not YAML: "),
        Arguments.of("? [a]\n: b", "a list or a mapping as a key"),
        Arguments.of("a: !!java.net.URL [b]", "the tag tag:yaml.org,2002:java.net.URL"),
        Arguments.of("a: !ruby/object b", "the tag !ruby/object"),
        Arguments.of("a: !!timestamp 2001-01-01", "the tag"));
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void hostileTextIsRefusedWithAReason(String text, String words) {
    ParsedFile parsed = assertTimeoutPreemptively(SOON, () -> Snippets.read(text));

    assertThat(parsed.resources()).isEmpty();
    assertThat(parsed.findings())
        .filteredOn(Finding::isError)
        .extracting(Finding::message)
        .anyMatch(message -> message.contains(words));
  }

  private static String laughs() {
    StringBuilder text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++) {
      String alias = "*a" + (i - 1) + ", ";
      text.append("a%d: &a%d [%s]\n".formatted(i, i, alias.repeat(10)));
    }
    return text.toString();
  }

  private static String indented(int levels) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < levels; i++) {
      text.append(" ".repeat(i)).append("a:\n");
    }
    return text.toString();
  }

  @Test
  void bytesThatAreNotUtf8AreRefusedAtTheirPlace() {
    byte[] bytes = "a: b\nc: d?".getBytes(StandardCharsets.ISO_8859_1);
    bytes[9] = (byte) 0xe4;

    assertThat(IstioReader.read("f.yaml", bytes).findings())
        .singleElement()
        .hasToString("f.yaml:2:5: error: not UTF-8 from byte 9 on (expected: a UTF-8 text file)");
  }

  @Test
  void byteOrderMarkAndWindowsLineEndsAreAllowed() {
    String text = "\uFEFF" + Snippets.rule(Snippets.ROUTE).replace("\n", "\r\n");

    assertThat(IstioReader.read("f.yaml", text.getBytes(StandardCharsets.UTF_8)).resources())
        .hasSize(1);
  }

  @Test
  void syntaxErrorsSayWhereAndLeaveTheDocumentsBefore() {
    String text = Snippets.rule(Snippets.ROUTE) + "---\na: [\n";

    ParsedFile parsed = Snippets.read(text);

    assertThat(parsed.resources()).hasSize(1);
    assertThat(parsed.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.isError()).isTrue();
              assertThat(finding.line()).isGreaterThanOrEqualTo(4);
            });
  }

  @Test
  void everyDuplicateKeyIsReportedWithTheFirst() {
    String text = "a: 1\nb:\n  c: 1\n  c: 2\na: 2\n";

    assertThat(Snippets.errors(text))
        .extracting(Finding::toString)
        .contains(
            "test.yaml:4:3: error: b.c: written twice, first in line 3",
            "test.yaml:5:1: error: a: written twice, first in line 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "# nothing here\n", "---\n---\n", "~", "null\n---\n# end\n"})
  void emptyDocumentsAreNothing(String text) {
    assertThat(Snippets.read(text)).isEqualTo(ParsedFile.ofFindings(List.of()));
  }

  @Test
  void aliasesWithinTheLimitStandForTheirValue() {
    String text =
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: test}
        spec:
          host: reviews
          subsets:
          - {name: v1, labels: &labels {version: v1}}
          - {name: copy, labels: *labels}
        """;

    DestinationRule rule = Snippets.only(DestinationRule.class, text);

    assertThat(rule.subsets().get(1).labels()).isEqualTo(rule.subsets().get(0).labels());
  }

  @Test
  void findingsBeyondTheLimitAreCounted() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 600; i++) {
      text.append("---\na: ").append(i).append('\n');
    }

    ParsedFile parsed = Snippets.read(text.toString());

    assertThat(parsed.findings()).hasSize(501);
    assertThat(parsed.findings().get(500).message()).isEqualTo("and 100 more findings");
    assertThat(parsed.findings().get(500).isError()).isTrue();
  }

  @Test
  void scalarsAreThoseOfYaml12() {
    String text = "{hosts: [reviews], http: [{" + Snippets.ROUTE + ", name: %s}]}";

    assertThat(name(text, "no")).isEqualTo("no");
    assertThat(name(text, "._")).isEqualTo("._");
    assertThat(name(text, "2001-01-01")).isEqualTo("2001-01-01");
    assertThat(name(text, "'7'")).isEqualTo("7");
    assertThat(name(text, "!!str 7")).isEqualTo("7");
    Snippets.assertRefused(
        Snippets.virtualService(text.formatted("7")), "spec.http[0].name", "\"7\" in quotes");
    Snippets.assertRefused(
        Snippets.match("{port: 0777}"), "spec.http[0].match[0].port", "without a leading zero");
    Snippets.assertRefused(
        Snippets.virtualService(text.formatted("true")), "spec.http[0].name", "the boolean true");
  }

  private static String name(String text, String scalar) {
    String document = Snippets.virtualService(text.formatted(scalar));
    return Snippets.accepted(VirtualService.class, document).http().get(0).name();
  }

  @Test
  void whatKubernetesReadsAsABooleanIsWarnedOf() {
    Snippets.assertWarned(
        Snippets.match("{headers: {x: {exact: on}}}"),
        "spec.http[0].match[0].headers.x.exact",
        "Kubernetes reads a boolean");
    Snippets.assertWarned(
        Snippets.match("{ignoreUriCase: yes}"),
        "spec.http[0].match[0].ignoreUriCase",
        "yes is read as true");
  }
}
