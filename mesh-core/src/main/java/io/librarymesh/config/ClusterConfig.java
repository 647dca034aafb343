package io.librarymesh.config;

import java.util.List;

/**
 * A cluster with its endpoints, as one value.
 *
 * @param policy what holds for all endpoints
 */
public record ClusterConfig(
    Cluster cluster, List<LocalityEndpoints> localities, AssignmentPolicy policy) {
  public ClusterConfig {
    localities = List.copyOf(localities);
  }

  /** All endpoints in one locality at priority 0. */
  public static ClusterConfig of(Cluster cluster, List<Endpoint> endpoints) {
    return new ClusterConfig(
        cluster,
        List.of(new LocalityEndpoints(Locality.NONE, 0, endpoints)),
        AssignmentPolicy.DEFAULT);
  }
}
