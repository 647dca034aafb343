package io.librarymesh.xds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegexReaderTest {
  private static final FieldPath PATH = FieldPath.ROOT.field("regex");

  private static List<String> errors(String regex) {
    Findings findings = new Findings();
    assertThat(RegexReader.read(regex, PATH, findings)).isEqualTo(regex);
    return findings.errors();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v[12]/.*",
        ".*Firefox.*",
        "^(.*?;)?(user=jason)(;.*)?$",
        "[0-9]{3}-[0-9]{4}",
        "[]a]{2}",
        "[^]}{]+",
        "\\Qa{1000}{1000}\\E",
        "\\{1000\\}{2}",
        "a{,5}",
        "(?i:get|post)",
        "[a-f0-9]{64}/[a-f0-9]{64}/[a-f0-9]{64}"
      })
  void usualExpressionsAreAccepted(String regex) {
    assertThat(errors(regex)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "a)", "[", "(?=a)", "(?<!a)b", "\\1", "*a", "a{1001}", "\\"})
  void whatRe2DoesNotKnowIsRefused(String regex) {
    assertThat(errors(regex)).hasSize(1);
    assertThat(errors(regex).get(0)).startsWith("regex: ").contains("(expected: ");
  }

  @Test
  void messageSaysWhatWasFoundAndWhy() {
    assertThat(errors("(?=a)"))
        .containsExactly(
            "regex: (?=a) (expected: an RE2 expression; invalid or unsupported Perl syntax)");
  }

  @Test
  void emptyIsRefused() {
    assertThat(errors("")).containsExactly("regex: empty (expected: an RE2 expression)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "((x{1000}){1000}){1000}",
        "(((x{100}){100}){100}){100}",
        "(?:(?:[a-z]{500}){500})",
        "(a{999}b{999}){999}"
      })
  void whatWouldExhaustTheHeapIsRefusedWithoutCompilingIt(String regex) {
    Assertions.assertTimeout(
        Duration.ofSeconds(5),
        () -> assertThat(errors(regex).get(0)).contains("more than 32768 parts"));
  }

  @Test
  void deepGroupsAreRefusedWithoutCompilingThem() {
    String deep = "(".repeat(100_000) + ")".repeat(100_000);
    assertThat(errors(deep))
        .containsExactly(
            "regex: an RE2 expression that is too large: groups nest deeper than 1000");
    assertThat(errors("(".repeat(1000) + "a" + ")".repeat(1000))).isEmpty();
  }

  @Test
  void longExpressionIsRefused() {
    assertThat(errors("a".repeat(32_769)).get(0)).contains("more than 32768 parts");
  }
}
