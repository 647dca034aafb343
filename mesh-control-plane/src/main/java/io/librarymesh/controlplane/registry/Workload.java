package io.librarymesh.controlplane.registry;

import java.util.List;
import java.util.Map;

/**
 * A process that registered itself.
 *
 * @param name its name; several processes may share one
 * @param namespace its namespace
 * @param labels what selectors and subsets look at
 * @param address an IP address
 * @param ports where it listens
 * @param locality {@code region/zone/subzone}, empty when none
 * @param ready whether it takes requests
 */
public record Workload(
    String name,
    String namespace,
    Map<String, String> labels,
    String address,
    List<WorkloadPort> ports,
    String locality,
    boolean ready) {

  /** Copies the collections and checks the address. */
  public Workload {
    labels = Map.copyOf(labels);
    ports = List.copyOf(ports);
    if (!IpAddresses.isLiteral(address)) {
      throw new IllegalArgumentException("address: " + address + " (expected: an IP address)");
    }
  }

  /**
   * A port on which a workload listens.
   *
   * @param name what a Service's targetPort may call it; empty when it has no name
   * @param number what a Service's targetPort may number it; 0 when only the real port counts
   * @param port where it listens, 1 to 65535
   */
  public record WorkloadPort(String name, int number, int port) {

    /** Checks the ranges. */
    public WorkloadPort {
      if (port < 1 || port > 65535) {
        throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
      }
      if (number < 0 || number > 65535) {
        throw new IllegalArgumentException("number: " + number + " (expected: 0..65535)");
      }
    }
  }
}
