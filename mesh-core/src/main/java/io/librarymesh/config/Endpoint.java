package io.librarymesh.config;

import java.util.Map;

/**
 * One address of a cluster. Its identity, over updates, is address and port; where a name is one
 * host, it is the name and port.
 *
 * @param address an IP literal or, until it is resolved, the host name of a DNS cluster
 * @param port 1..65535
 * @param weight at least 1
 * @param hostname the name that stands for it in {@code Host} headers and hashes; empty when it has
 *     none
 * @param labels such as {@code version: v1}
 * @param metadata what load balancing goes by: Envoy's {@code envoy.lb}
 * @param socketMatch what decides in what it is spoken to: Envoy's {@code
 *     envoy.transport_socket_match}
 */
public record Endpoint(
    String address,
    int port,
    int weight,
    HealthStatus health,
    String hostname,
    Map<String, String> labels,
    Metadata metadata,
    Metadata socketMatch) {
  public Endpoint {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
    }
    if (weight < 1) {
      throw new IllegalArgumentException("weight: " + weight + " (expected: >= 1)");
    }
    labels = Map.copyOf(labels);
  }

  /** An endpoint that is spoken to as its cluster says for all. */
  public Endpoint(
      String address,
      int port,
      int weight,
      HealthStatus health,
      String hostname,
      Map<String, String> labels,
      Metadata metadata) {
    this(address, port, weight, health, hostname, labels, metadata, Metadata.EMPTY);
  }

  /** An endpoint without a name and without metadata. */
  public Endpoint(
      String address, int port, int weight, HealthStatus health, Map<String, String> labels) {
    this(address, port, weight, health, "", labels, Metadata.EMPTY);
  }

  /** A healthy endpoint of weight 1 without labels. */
  public static Endpoint of(String address, int port) {
    return new Endpoint(address, port, 1, HealthStatus.HEALTHY, Map.of());
  }

  /** {@code address:port}, IPv6 in brackets. */
  public String hostPort() {
    return address.indexOf(':') >= 0 ? "[" + address + "]:" + port : address + ":" + port;
  }
}
