package io.librarymesh.route;

import io.librarymesh.config.StringMatch;
import java.util.function.Predicate;

/** A condition on texts that stand by themselves, such as the names of a certificate. */
public final class TextCondition {
  private TextCondition() {}

  /**
   * Compiles a condition.
   *
   * @throws IllegalArgumentException when a regular expression is not RE2
   */
  public static Predicate<String> of(StringMatch match) {
    TextMatcher matcher = TextMatcher.compile(match);
    return text -> matcher.matches(text, 0, text.length());
  }
}
