package io.librarymesh.config;

/**
 * A set of endpoints and how it is used. Source: Envoy {@code cluster.v3.Cluster}.
 *
 * @param name such as {@code outbound|3000|v1|greeter.default.svc.cluster.local}
 * @param discovery where its endpoints come from
 * @param connectTimeoutNanos the bound of a connection attempt, TLS handshake included
 * @param panicThresholdPercent below this share of healthy hosts all hosts are used; 0 switches
 *     that off
 */
public record Cluster(
    String name,
    Discovery discovery,
    LbPolicy lbPolicy,
    long connectTimeoutNanos,
    CircuitBreakers circuitBreakers,
    OutlierDetection outlierDetection,
    int panicThresholdPercent) {
  public Cluster {
    if (connectTimeoutNanos <= 0) {
      throw new IllegalArgumentException(
          "connectTimeoutNanos: " + connectTimeoutNanos + " (expected: > 0)");
    }
    if (panicThresholdPercent < 0 || panicThresholdPercent > 100) {
      throw new IllegalArgumentException(
          "panicThresholdPercent: " + panicThresholdPercent + " (expected: 0..100)");
    }
  }

  /** Where the endpoints of a cluster come from. */
  public enum Discovery {
    /** A ClusterLoadAssignment of its own resource, or one that stands in the cluster. */
    ENDPOINTS,
    /** Host names that the adapter resolves when it connects. */
    DNS,
    /** The address that the caller's URL names; there is nothing to pick. */
    ORIGINAL_DESTINATION
  }

  /** How an endpoint is chosen. */
  public enum LbPolicy {
    ROUND_ROBIN,
    LEAST_REQUEST
  }
}
