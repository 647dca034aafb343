package io.librarymesh.controlplane.retired;

import java.util.List;

/** {@code *}, {@code PREFIX*}, {@code *SUFFIX}, or the text itself. */
final class Patterns {
  static final String ANY = "*";

  private Patterns() {}

  static boolean matches(String pattern, String text) {
    if (pattern.equals(ANY)) {
      return true;
    } else if (pattern.startsWith(ANY)) {
      return text.endsWith(pattern.substring(1));
    }
    return pattern.endsWith(ANY)
        ? text.startsWith(pattern.substring(0, pattern.length() - 1))
        : pattern.equals(text);
  }

  /** Whether nothing is asked: nothing is written, or anything will do. */
  static boolean isAnything(List<String> patterns) {
    return patterns.isEmpty() || patterns.contains(ANY);
  }
}
