package io.librarymesh.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.re2j.Pattern;
import io.librarymesh.config.RegexSize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Expressions that would take all memory or all of the stack are refused before they are compiled.
 */
final class RegexSizeTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "((a{1,100}){1,100}){1,100}",
        "((((a{1,100}){1,100}){1,100}){1,100}){1,100}",
        "(?:(?:a{200}){200}){200}",
        "((a{500,}){500,})",
        "([)]a{1,200}){200}",
        "([]()]a{1,200}){200}",
        "([[:alpha:])]a{1,200}){200}",
        "([\\])]a{1,200}){200}",
        "(\\Q)\\Ea{1,200}){200}",
        "(\\)a{1,200}){200}",
        "(x{y}a{1,200}){200}",
      })
  void nestedRepetitionsAreRefused(String regex) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TextMatcher.Regex.compile(regex))
        .withMessage(
            "%s (expected: an RE2 expression; with repetitions written out it has more than 32768"
                + " parts)",
            regex);
  }

  @Test
  void longLiteralIsRefusedWithItsBeginningOnly() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TextMatcher.Regex.compile("a".repeat(40_000)))
        .withMessageStartingWith("a".repeat(100) + "... (expected: ");
  }

  @Test
  void deeplyNestedGroupsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TextMatcher.Regex.compile("(".repeat(50_000) + ")".repeat(50_000)))
        .withMessageEndingWith("(expected: an RE2 expression; groups nest deeper than 1000)");
    assertThatCode(() -> TextMatcher.Regex.compile("(".repeat(1_000) + ")".repeat(1_000)))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "/(users|orders)/[0-9]{1,1000}",
        "([a-z]{1,63}\\.){1,100}svc",
        "a{,5}",
        "{1}",
        "\\Q(((\\E",
        "[(){}]{1000}",
      })
  void usualRepetitionsAreAccepted(String regex) {
    // Some of these are not RE2 at all; that is for the compiler to say.
    assertThatCode(() -> RegexSize.check(regex)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"(?:a{1,900}){20}", "(?:(ab|c){1,300}x*){10}", "([0-9]{1,30}/){1,900}"})
  void acceptedExpressionsCompileToProgramsOfTheSameOrder(String regex) {
    RegexSize.check(regex);

    assertThat(Pattern.compile(regex).programSize()).isBetween(3_000, 4 * RegexSize.MAX_SIZE);
  }
}
