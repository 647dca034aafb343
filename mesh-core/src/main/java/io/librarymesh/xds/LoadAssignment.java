package io.librarymesh.xds;

import io.librarymesh.config.Cluster;
import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.LocalityEndpoints;
import java.util.List;

/** The endpoints of a cluster as they were read. */
record LoadAssignment(List<LocalityEndpoints> localities, int overprovisioningPercent) {
  /** No endpoint. */
  static final LoadAssignment EMPTY =
      new LoadAssignment(List.of(), ClusterConfig.DEFAULT_OVERPROVISIONING_PERCENT);

  LoadAssignment {
    localities = List.copyOf(localities);
  }

  ClusterConfig of(Cluster cluster) {
    return new ClusterConfig(cluster, localities, overprovisioningPercent);
  }
}
