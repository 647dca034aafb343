package io.librarymesh.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Replacing as RE2's GlobalReplace does it, which is not as java.util.regex does it. */
class RegexSubstitutionTest {
  private static String replace(String regex, String substitution, String text) {
    return RegexSubstitution.compile(regex, substitution).replaceAll(text);
  }

  @Test
  void everyMatchIsReplaced() { // W-45
    assertThat(replace("/[0-9]+", "/N", "/a/1/b/22")).isEqualTo("/a/N/b/N");
    assertThat(replace("aa", "b", "aaaaa")).isEqualTo("bba");
  }

  @Test
  void groupsAreFilledIn() { // R6
    assertThat(replace("^/service/([^/]+)(/.*)$", "\\2/instance/\\1", "/service/foo/v1/api"))
        .isEqualTo("/v1/api/instance/foo");
    assertThat(replace("b+", "<\\0>", "abbc")).isEqualTo("a<bb>c");
    assertThat(replace("(x)?b", "[\\1]", "ab")).isEqualTo("a[]");
    assertThat(replace("b", "\\\\$1", "abc")).isEqualTo("a\\$1c");
  }

  @Test
  void textWithoutAMatchIsTheSameObject() {
    String text = new String("/abc");
    assertThat(RegexSubstitution.compile("x", "y").replaceAll(text)).isSameAs(text);
  }

  @Test
  void emptyMatchBehindAnotherMatchIsPassedOver() {
    assertThat(replace("a*", "x", "baac")).isEqualTo("xbxcx");
    assertThat(replace("", "-", "abc")).isEqualTo("-a-b-c-");
    assertThat(replace("b*$", "x", "abb")).isEqualTo("ax");
    assertThat(replace("^", "x", "ab")).isEqualTo("xab");
  }

  @Test
  void substitutionMustBeWellFormed() {
    for (String substitution : new String[] {"\\2", "\\x", "a\\"}) {
      assertThatThrownBy(() -> RegexSubstitution.compile("(a)", substitution))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(substitution + " (expected: ");
    }
  }
}
