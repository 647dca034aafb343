package io.librarymesh.xds;

import io.librarymesh.config.Cluster;

/** A cluster as it was read, before its endpoints are known. */
record ClusterResource(Cluster cluster, EndpointSource endpoints) {
  /** Where the endpoints come from. */
  sealed interface EndpointSource {
    /** From a resource of their own. */
    record Named(String serviceName) implements EndpointSource {}

    /** They stand in the cluster, or there are none to know. */
    record Inline(LoadAssignment assignment) implements EndpointSource {}
  }
}
