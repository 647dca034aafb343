package io.librarymesh.config;

import java.util.List;
import java.util.Locale;

/**
 * What of a request its hash is made of, by which hashing clusters choose hosts: the same values
 * lead to the same host. The policies of a route are combined in their order; one that finds
 * nothing is passed over. Source: Envoy {@code route.v3.RouteAction.HashPolicy}.
 */
public sealed interface HashPolicy {
  /** Whether no further policy is looked at once there is a hash. */
  boolean terminal();

  /**
   * All lines of a header, sorted and put together.
   *
   * @param name in lower case
   * @param rewrite what each line is changed by before
   */
  record Header(String name, RegexRewrite rewrite, boolean terminal) implements HashPolicy {
    public Header {
      name = name.toLowerCase(Locale.ROOT);
    }
  }

  /** The value of a cookie that the request has. */
  record Cookie(String name, boolean terminal) implements HashPolicy {}

  /**
   * The value of a cookie, which is made up and given to the caller when the request has none.
   *
   * @param maxAgeSeconds how long the caller keeps it; 0 for a session
   * @param path of the cookie; empty for none
   * @param attributes further ones, in order
   */
  record GeneratedCookie(
      String name,
      long maxAgeSeconds,
      String path,
      List<CookieAttribute> attributes,
      boolean terminal)
      implements HashPolicy {
    public GeneratedCookie {
      Ranges.requireNotNegative("maxAgeSeconds", maxAgeSeconds);
      attributes = List.copyOf(attributes);
    }
  }

  /**
   * An attribute of a generated cookie.
   *
   * @param value empty for an attribute that has none
   */
  record CookieAttribute(String name, String value) {}

  /** The first value of a query parameter, as it stands in the URL. */
  record QueryParameter(String name, boolean terminal) implements HashPolicy {}

  /** Who calls: the same for all requests of one machine. */
  record Source(boolean terminal) implements HashPolicy {}
}
