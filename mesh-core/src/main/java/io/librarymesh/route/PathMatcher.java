package io.librarymesh.route;

import io.librarymesh.config.PathMatch;

/** A compiled {@link PathMatch}. */
sealed interface PathMatcher {
  /**
   * Whether the path matches.
   *
   * @param end where the path ends: before the query
   */
  boolean matches(String path, int end);

  /**
   * Compiles a condition.
   *
   * @throws IllegalArgumentException when the path can never be matched, or a regular expression is
   *     not RE2
   */
  static PathMatcher compile(PathMatch match) {
    if (match instanceof PathMatch.Exact exact) {
      return new Exact(exact.value(), exact.caseSensitive());
    } else if (match instanceof PathMatch.Prefix prefix) {
      return new Prefix(prefix.value(), prefix.caseSensitive());
    } else if (match instanceof PathMatch.SeparatedPrefix prefix) {
      return new SeparatedPrefix(prefix.value(), prefix.caseSensitive());
    } else if (match instanceof PathMatch.Regex regex) {
      return new Regex(TextMatcher.Regex.compile(regex.regex()));
    }
    throw new AssertionError(match);
  }

  /** The path equals {@code value}. */
  record Exact(String value, boolean caseSensitive) implements PathMatcher {
    @Override
    public boolean matches(String path, int end) {
      return end == value.length()
          && (caseSensitive ? path.startsWith(value) : AsciiCase.regionEquals(path, 0, value));
    }
  }

  /** The path begins with {@code value}. */
  record Prefix(String value, boolean caseSensitive) implements PathMatcher {
    @Override
    public boolean matches(String path, int end) {
      return end >= value.length()
          && (caseSensitive ? path.startsWith(value) : AsciiCase.regionEquals(path, 0, value));
    }
  }

  /** The path equals {@code value} or goes on with a slash. */
  record SeparatedPrefix(String value, boolean caseSensitive) implements PathMatcher {
    @Override
    public boolean matches(String path, int end) {
      int length = value.length();
      return end >= length
          && (caseSensitive ? path.startsWith(value) : AsciiCase.regionEquals(path, 0, value))
          && (end == length || path.charAt(length) == '/');
    }
  }

  /** The whole path matches. */
  record Regex(TextMatcher.Regex regex) implements PathMatcher {
    @Override
    public boolean matches(String path, int end) {
      return regex.matches(path, 0, end);
    }
  }
}
