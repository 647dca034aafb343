package io.librarymesh.config;

import static java.util.Objects.requireNonNull;

/**
 * How the path of a request is changed. The query stays as it is but for {@link Whole}. Source:
 * Envoy {@code route.v3.RouteAction} and {@code route.v3.RedirectAction}.
 */
public sealed interface PathRewrite
    permits PathRewrite.None, PathRewrite.Prefix, PathRewrite.Whole, RegexRewrite {
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
