package io.librarymesh.config;

import java.util.List;

/**
 * A cluster with its endpoints, as one value.
 *
 * @param overprovisioningPercent how far a priority's health is stretched before load spills, 140
 *     by default
 */
public record ClusterConfig(
    Cluster cluster, List<LocalityEndpoints> localities, int overprovisioningPercent) {
  /** Envoy's default overprovisioning factor. */
  public static final int DEFAULT_OVERPROVISIONING_PERCENT = 140;

  public ClusterConfig {
    localities = List.copyOf(localities);
    if (overprovisioningPercent < 1) {
      throw new IllegalArgumentException(
          "overprovisioningPercent: " + overprovisioningPercent + " (expected: >= 1)");
    }
  }

  /** All endpoints in one locality at priority 0. */
  public static ClusterConfig of(Cluster cluster, List<Endpoint> endpoints) {
    return new ClusterConfig(
        cluster,
        List.of(new LocalityEndpoints(Locality.NONE, 0, endpoints)),
        DEFAULT_OVERPROVISIONING_PERCENT);
  }
}
