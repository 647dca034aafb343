package io.librarymesh.controlplane.registry;

import java.util.Map;

/**
 * A workload that the platform runs, as ServiceEntries select it: a Pod.
 *
 * @param address an IP address
 * @param ports where it says that it listens, by the names of its containers' ports
 * @param labels what selectors and subsets look at
 * @param locality {@code region/zone/subzone}, empty when none
 * @param ready whether it takes requests
 * @param serviceAccount the account that the workload runs as, empty when that is not known
 */
public record PlatformWorkload(
    String address,
    Map<String, Integer> ports,
    Map<String, String> labels,
    String locality,
    boolean ready,
    String serviceAccount) {

  /** One whose account is not known. */
  public PlatformWorkload(
      String address,
      Map<String, Integer> ports,
      Map<String, String> labels,
      String locality,
      boolean ready) {
    this(address, ports, labels, locality, ready, "");
  }

  /** Copies the maps and checks the address. */
  public PlatformWorkload {
    ports = Map.copyOf(ports);
    labels = Map.copyOf(labels);
    if (!IpAddresses.isLiteral(address)) {
      throw new IllegalArgumentException("address: " + address + " (expected: an IP address)");
    }
  }
}
