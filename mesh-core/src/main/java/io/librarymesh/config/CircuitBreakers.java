package io.librarymesh.config;

/**
 * How much of a cluster one process may use at a time. A count below its bound admits one more.
 * Source: Envoy {@code cluster.v3.CircuitBreakers.Thresholds}.
 *
 * @param maxConnections requests in flight over HTTP/1.1 connections; more wait
 * @param maxPendingRequests requests that wait for a connection
 * @param maxRequests attempts in flight
 * @param maxRetries retries in flight or backing off
 */
public record CircuitBreakers(
    int maxConnections, int maxPendingRequests, int maxRequests, int maxRetries) {
  /** A bound that is never reached. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  /** What Envoy assumes when nothing is said: 1024, 1024, 1024 and 3. */
  public static final CircuitBreakers ENVOY_DEFAULT = new CircuitBreakers(1024, 1024, 1024, 3);

  /** What Istio says when the user says nothing. */
  public static final CircuitBreakers NONE =
      new CircuitBreakers(UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED);

  public CircuitBreakers {
    Ranges.requireNotNegative("maxConnections", maxConnections);
    Ranges.requireNotNegative("maxPendingRequests", maxPendingRequests);
    Ranges.requireNotNegative("maxRequests", maxRequests);
    Ranges.requireNotNegative("maxRetries", maxRetries);
  }
}
