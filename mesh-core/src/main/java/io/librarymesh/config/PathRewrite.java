package io.librarymesh.config;

import static java.util.Objects.requireNonNull;

/**
 * How the path of a request is changed. The query stays as it is but for {@link Whole}. Source:
 * Envoy {@code route.v3.RouteAction} and {@code route.v3.RedirectAction}.
 */
public sealed interface PathRewrite {
  /** The path stays as it is. */
  PathRewrite NONE = new None();

  /** The path stays as it is. */
  record None() implements PathRewrite {}

  /**
   * Replaces what the route's match took: a prefix, or for any other match the whole path. Slashes
   * are not repaired.
   */
  record Prefix(String replacement) implements PathRewrite {
    public Prefix {
      requireNonNull(replacement, "replacement");
    }
  }

  /**
   * Replaces every part of the path that matches.
   *
   * @param pattern RE2
   * @param substitution with {@code \0} to {@code \9} for the groups of a match and {@code \\} for
   *     a backslash
   */
  record Regex(String pattern, String substitution) implements PathRewrite {
    public Regex {
      requireNonNull(pattern, "pattern");
      requireNonNull(substitution, "substitution");
    }
  }

  /**
   * Replaces the path, and the query too when {@code path} has one. For redirects only.
   *
   * @param path not empty
   */
  record Whole(String path) implements PathRewrite {
    public Whole {
      if (path.isEmpty()) {
        throw new IllegalArgumentException("path: empty (expected: a path)");
      }
    }
  }
}
