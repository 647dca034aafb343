package io.librarymesh.controlplane.registry;

import java.util.Map;

/**
 * One address behind a service, as the platform tells it: an endpoint of Kubernetes' EndpointSlices
 * together with what the pod behind it says of itself.
 *
 * @param address an IP address
 * @param ports where it listens, by the name of the service's port; empty for the name of an only
 *     port that has none
 * @param labels labels of the workload behind it
 * @param workload name of the workload; empty when it has none
 * @param locality {@code region/zone/subzone}, empty when none
 * @param ready whether it takes requests
 * @param serviceAccount the account that the workload runs as, empty when that is not known
 */
public record PlatformEndpoint(
    String address,
    Map<String, Integer> ports,
    Map<String, String> labels,
    String workload,
    String locality,
    boolean ready,
    String serviceAccount) {

  /** One whose account is not known. */
  public PlatformEndpoint(
      String address,
      Map<String, Integer> ports,
      Map<String, String> labels,
      String workload,
      String locality,
      boolean ready) {
    this(address, ports, labels, workload, locality, ready, "");
  }

  /** Copies the maps and checks the address. */
  public PlatformEndpoint {
    ports = Map.copyOf(ports);
    labels = Map.copyOf(labels);
    if (!IpAddresses.isLiteral(address)) {
      throw new IllegalArgumentException("address: " + address + " (expected: an IP address)");
    }
  }
}
