package io.librarymesh.authz;

import io.librarymesh.config.StringMatch;
import io.librarymesh.route.TextMatcher;
import java.util.List;
import java.util.Set;

/** Compiled patterns of names of headers, those that belong to a connection never among them. */
final class HeaderNames {
  private static final Set<String> OF_CONNECTIONS =
      Set.of(
          "host",
          "connection",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "content-length",
          "upgrade",
          "expect");

  private final TextMatcher[] patterns;

  private HeaderNames(TextMatcher[] patterns) {
    this.patterns = patterns;
  }

  /**
   * Compiles patterns.
   *
   * @throws IllegalArgumentException when a regular expression is not RE2
   */
  static HeaderNames compile(List<StringMatch> patterns) {
    return new HeaderNames(patterns.stream().map(TextMatcher::compile).toArray(TextMatcher[]::new));
  }

  /**
   * Whether some pattern fits.
   *
   * @param name lower-case
   */
  boolean include(String name) {
    for (TextMatcher pattern : patterns) {
      if (pattern.matches(name, 0, name.length())) {
        return isCarried(name);
      }
    }
    return false;
  }

  boolean isEmpty() {
    return patterns.length == 0;
  }

  /** Whether a header says something of the message rather than of its connection. */
  static boolean isCarried(String name) {
    return !name.startsWith(":") && !OF_CONNECTIONS.contains(name);
  }
}
