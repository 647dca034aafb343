package io.librarymesh.config;

import java.util.Map;

/**
 * One address of a cluster. Its identity, over updates, is address and port.
 *
 * @param address an IP literal or, in DNS clusters, a host name
 * @param port 1..65535
 * @param weight at least 1
 * @param labels such as {@code version: v1}
 */
public record Endpoint(
    String address, int port, int weight, HealthStatus health, Map<String, String> labels) {
  public Endpoint {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
    }
    if (weight < 1) {
      throw new IllegalArgumentException("weight: " + weight + " (expected: >= 1)");
    }
    labels = Map.copyOf(labels);
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
