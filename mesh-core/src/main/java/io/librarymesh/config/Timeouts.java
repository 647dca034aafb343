package io.librarymesh.config;

/**
 * How long the calls of a route may take. Source: Envoy {@code route.v3.RouteAction}.
 *
 * @param routeNanos bounds the call over all attempts, from the end of the request to the end of
 *     the response; 0 means none
 */
public record Timeouts(long routeNanos) {
  /** Nothing is bounded. */
  public static final Timeouts NONE = new Timeouts(0);

  public Timeouts {
    Ranges.requireNotNegative("routeNanos", routeNanos);
  }

  /** The route's timeout alone. */
  public static Timeouts ofRoute(long nanos) {
    return new Timeouts(nanos);
  }
}
