package io.librarymesh.config;

import java.util.Locale;

/**
 * What authority a request is sent with; matching looks at the one it came with. Source: {@code
 * host_rewrite_specifier} of Envoy {@code route.v3.RouteAction}.
 */
public sealed interface HostRewrite {
  /** The authority stays as it is. */
  HostRewrite NONE = new None();

  /** The authority stays as it is. */
  record None() implements HostRewrite {}

  /**
   * A fixed one.
   *
   * @param authority not empty
   */
  record Literal(String authority) implements HostRewrite {
    public Literal {
      if (authority.isEmpty()) {
        throw new IllegalArgumentException("authority: empty (expected: a host)");
      }
    }
  }

  /**
   * The first value of a request header; the authority stays as it is without one.
   *
   * @param name in lower case
   */
  record Header(String name) implements HostRewrite {
    public Header {
      name = name.toLowerCase(Locale.ROOT);
    }
  }

  /** What a substitution makes of the path without its query. */
  record PathRegex(RegexRewrite substitution) implements HostRewrite {}

  /** The name of the endpoint that is picked; the authority stays as it is without one. */
  record Endpoint() implements HostRewrite {}
}
