package io.librarymesh.xds;

import io.librarymesh.config.AssignmentPolicy;
import io.librarymesh.config.Cluster;
import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.LocalityEndpoints;
import java.util.List;

/** The endpoints of a cluster as they were read. */
record LoadAssignment(List<LocalityEndpoints> localities, AssignmentPolicy policy) {
  /** No endpoint. */
  static final LoadAssignment EMPTY = new LoadAssignment(List.of(), AssignmentPolicy.DEFAULT);

  LoadAssignment {
    localities = List.copyOf(localities);
  }

  /** Whether there is no endpoint in it. */
  boolean isEmpty() {
    return localities.stream().allMatch(locality -> locality.endpoints().isEmpty());
  }

  ClusterConfig of(Cluster cluster) {
    return new ClusterConfig(cluster, localities, policy);
  }
}
