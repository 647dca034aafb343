package io.librarymesh.config;

/**
 * How much of a cluster one process may use at a time, for each priority of requests on its own.
 * Source: Envoy {@code cluster.v3.CircuitBreakers}.
 */
public record CircuitBreakers(Thresholds defaultPriority, Thresholds highPriority) {
  /** A bound that is never reached. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  /** What Envoy assumes when nothing is said: 1024, 1024, 1024 and 3. */
  public static final CircuitBreakers ENVOY_DEFAULT =
      new CircuitBreakers(Thresholds.ENVOY_DEFAULT, Thresholds.ENVOY_DEFAULT);

  /** What Istio says when the user says nothing. */
  public static final CircuitBreakers NONE = new CircuitBreakers(Thresholds.NONE, Thresholds.NONE);

  /** Bounds of requests of default priority; those of high priority have Envoy's. */
  public static CircuitBreakers of(
      int maxConnections, int maxPendingRequests, int maxRequests, int maxRetries) {
    return new CircuitBreakers(
        new Thresholds(
            maxConnections, maxPendingRequests, maxRequests, new RetryLimit.Count(maxRetries)),
        Thresholds.ENVOY_DEFAULT);
  }

  /** The bounds of requests of one priority. */
  public Thresholds of(RoutingPriority priority) {
    return priority == RoutingPriority.HIGH ? highPriority : defaultPriority;
  }

  /**
   * The bounds of one priority. A count below its bound admits one more. Source: Envoy {@code
   * cluster.v3.CircuitBreakers.Thresholds}.
   *
   * @param maxConnections requests in flight over HTTP/1.1 connections; more wait
   * @param maxPendingRequests requests that wait for a connection
   * @param maxRequests attempts in flight
   * @param retries retries in flight or backing off
   */
  public record Thresholds(
      int maxConnections, int maxPendingRequests, int maxRequests, RetryLimit retries) {
    /** 1024, 1024, 1024 and 3. */
    public static final Thresholds ENVOY_DEFAULT =
        new Thresholds(1024, 1024, 1024, new RetryLimit.Count(3));

    /** Bounds nothing. */
    public static final Thresholds NONE =
        new Thresholds(UNLIMITED, UNLIMITED, UNLIMITED, new RetryLimit.Count(UNLIMITED));

    public Thresholds {
      Ranges.requireNotNegative("maxConnections", maxConnections);
      Ranges.requireNotNegative("maxPendingRequests", maxPendingRequests);
      Ranges.requireNotNegative("maxRequests", maxRequests);
    }
  }

  /** How many retries may be in flight or backing off. */
  public sealed interface RetryLimit {
    /** A fixed number. */
    record Count(int max) implements RetryLimit {
      public Count {
        Ranges.requireNotNegative("max", max);
      }
    }

    /**
     * A share of the requests in flight or waiting, in place of a fixed number. Source: Envoy
     * {@code RetryBudget}.
     *
     * @param perMillion of those requests
     * @param minConcurrency retries that are always allowed
     */
    record Budget(int perMillion, int minConcurrency) implements RetryLimit {
      public Budget {
        if (perMillion < 0 || perMillion > 1_000_000) {
          throw new IllegalArgumentException(
              "perMillion: " + perMillion + " (expected: 0..1000000)");
        }
        Ranges.requireNotNegative("minConcurrency", minConcurrency);
      }
    }
  }
}
