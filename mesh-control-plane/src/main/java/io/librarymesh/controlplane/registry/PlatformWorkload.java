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
 */
public record PlatformWorkload(
    String address,
    Map<String, Integer> ports,
    Map<String, String> labels,
    String locality,
    boolean ready) {

  /** Copies the maps and checks the address. */
  public PlatformWorkload {
    ports = Map.copyOf(ports);
    labels = Map.copyOf(labels);
    if (!IpAddresses.isLiteral(address)) {
      throw new IllegalArgumentException("address: " + address + " (expected: an IP address)");
    }
  }
}
