package io.librarymesh.config;

/**
 * A set of endpoints and how it is used. Source: Envoy {@code cluster.v3.Cluster}.
 *
 * @param name such as {@code outbound|3000|v1|greeter.default.svc.cluster.local}
 * @param discovery where its endpoints come from
 * @param loadBalancing how one of them is chosen
 * @param connectTimeoutNanos the bound of a connection attempt, TLS handshake included
 * @param origin where it was written, for people; may be empty
 * @param http how connections and attempts are bounded
 * @param sockets in what its endpoints are spoken to: plain text or TLS
 */
public record Cluster(
    String name,
    Discovery discovery,
    LoadBalancing loadBalancing,
    long connectTimeoutNanos,
    CircuitBreakers circuitBreakers,
    OutlierDetection outlierDetection,
    String origin,
    HttpProtocolOptions http,
    TransportSockets sockets) {
  /** A cluster that nobody wrote down. */
  public Cluster(
      String name,
      Discovery discovery,
      LoadBalancing loadBalancing,
      long connectTimeoutNanos,
      CircuitBreakers circuitBreakers,
      OutlierDetection outlierDetection) {
    this(
        name, discovery, loadBalancing, connectTimeoutNanos, circuitBreakers, outlierDetection, "");
  }

  /** A cluster that bounds nothing but its connection attempts. */
  public Cluster(
      String name,
      Discovery discovery,
      LoadBalancing loadBalancing,
      long connectTimeoutNanos,
      CircuitBreakers circuitBreakers,
      OutlierDetection outlierDetection,
      String origin) {
    this(
        name,
        discovery,
        loadBalancing,
        connectTimeoutNanos,
        circuitBreakers,
        outlierDetection,
        origin,
        HttpProtocolOptions.DEFAULT);
  }

  /** A cluster whose endpoints are spoken to in plain text. */
  public Cluster(
      String name,
      Discovery discovery,
      LoadBalancing loadBalancing,
      long connectTimeoutNanos,
      CircuitBreakers circuitBreakers,
      OutlierDetection outlierDetection,
      String origin,
      HttpProtocolOptions http) {
    this(
        name,
        discovery,
        loadBalancing,
        connectTimeoutNanos,
        circuitBreakers,
        outlierDetection,
        origin,
        http,
        TransportSockets.PLAIN);
  }

  /** The same cluster, spoken to in another way. */
  public Cluster withSockets(TransportSockets other) {
    return new Cluster(
        name,
        discovery,
        loadBalancing,
        connectTimeoutNanos,
        circuitBreakers,
        outlierDetection,
        origin,
        http,
        other);
  }

  public Cluster {
    if (connectTimeoutNanos <= 0) {
      throw new IllegalArgumentException(
          "connectTimeoutNanos: " + connectTimeoutNanos + " (expected: > 0)");
    }
  }

  /** Where the endpoints of a cluster come from. */
  public sealed interface Discovery permits KnownDiscovery, DnsDiscovery {
    /** A ClusterLoadAssignment of its own resource, or one that stands in the cluster. */
    Discovery ENDPOINTS = KnownDiscovery.ENDPOINTS;

    /** The address that the caller's URL names; there is nothing to pick. */
    Discovery ORIGINAL_DESTINATION = KnownDiscovery.ORIGINAL_DESTINATION;
  }

  /** Discovery that needs no settings. */
  enum KnownDiscovery implements Discovery {
    ENDPOINTS,
    ORIGINAL_DESTINATION
  }
}
