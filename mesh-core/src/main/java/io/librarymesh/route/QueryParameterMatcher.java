package io.librarymesh.route;

import io.librarymesh.config.QueryParameterMatch;

/**
 * A compiled {@link QueryParameterMatch}: finds the first occurrence of a parameter in the raw
 * query and looks at its value where it stands.
 */
final class QueryParameterMatcher {
  private final String name;
  private final ValueMatcher value;

  private QueryParameterMatcher(String name, ValueMatcher value) {
    this.name = name;
    this.value = value;
  }

  /**
   * Compiles a condition.
   *
   * @throws IllegalArgumentException when a regular expression is not RE2
   */
  static QueryParameterMatcher compile(QueryParameterMatch match) {
    return new QueryParameterMatcher(match.name(), ValueMatcher.compile(match.value()));
  }

  /**
   * Whether the parameter of a request matches.
   *
   * @param path the whole path
   * @param from where the query begins, after the question mark
   * @param to where the query ends
   */
  boolean matches(String path, int from, int to) {
    for (int start = from; start < to; ) {
      int end = indexOf(path, '&', start, to);
      int nameEnd = indexOf(path, '=', start, end);
      if (nameEnd - start == name.length() && path.startsWith(name, start)) {
        return value.matches(path, Math.min(nameEnd + 1, end), end);
      }
      start = end + 1;
    }
    return value instanceof ValueMatcher.Presence presence && !presence.expected();
  }

  private static int indexOf(String text, char c, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) == c) {
        return i;
      }
    }
    return to;
  }
}
