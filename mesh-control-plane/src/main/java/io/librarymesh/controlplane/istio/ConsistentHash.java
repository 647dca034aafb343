package io.librarymesh.controlplane.istio;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Stickiness by a property of the request; Istio's {@code ConsistentHashLB}.
 *
 * @param key what is hashed; absent means nothing is, and endpoints are chosen at random
 * @param algorithm the kind of table; a ring of at least 1024 entries when none was written
 */
public record ConsistentHash(Optional<Key> key, Algorithm algorithm) {

  /** What is hashed. */
  public sealed interface Key {}

  /** The values of a header. */
  public record HttpHeaderName(String name) implements Key {}

  /** The first value of a query parameter. */
  public record HttpQueryParameterName(String name) implements Key {}

  /** The caller's address. */
  public record UseSourceIp() implements Key {}

  /**
   * The value of a cookie.
   *
   * @param name the cookie's name
   * @param path the path for a generated cookie
   * @param ttl life of a generated cookie, zero for the session; absent means none is generated
   * @param attributes further attributes of a generated cookie
   */
  public record HttpCookie(
      String name, Optional<String> path, Optional<Duration> ttl, List<CookieAttribute> attributes)
      implements Key {

    /** Copies the list. */
    public HttpCookie {
      attributes = List.copyOf(attributes);
    }
  }

  /** An attribute of a generated cookie; the value may be empty. */
  public record CookieAttribute(String name, String value) {}

  /** The kind of table. */
  public sealed interface Algorithm {}

  /**
   * A ring.
   *
   * @param minimumRingSize entries at least; absent means 1024. The old {@code
   *     consistentHash.minimumRingSize} is folded in
   */
  public record RingHash(Optional<Long> minimumRingSize) implements Algorithm {}

  /**
   * Maglev.
   *
   * @param tableSize entries, a prime below 5000011
   */
  public record Maglev(long tableSize) implements Algorithm {}
}
