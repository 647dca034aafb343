package io.librarymesh.config;

/**
 * One destination of a route. Source: Envoy {@code route.v3.WeightedCluster.ClusterWeight}.
 *
 * @param cluster the cluster's name
 * @param weight not negative; only its share of the sum counts
 * @param headers how the headers of requests that go there, and of their responses, are changed;
 *     before those of the route
 * @param authority what requests that go there are sent with, unless the route has another; empty
 *     keeps theirs
 * @param metadataMatch what hosts are asked for where the cluster has subsets
 */
public record WeightedCluster(
    String cluster,
    int weight,
    HeaderOperations headers,
    String authority,
    Metadata metadataMatch) {
  public WeightedCluster {
    if (weight < 0) {
      throw new IllegalArgumentException("weight: " + weight + " (expected: >= 0)");
    }
  }

  /** A destination that changes nothing. */
  public WeightedCluster(String cluster, int weight) {
    this(cluster, weight, HeaderOperations.NONE, "", Metadata.EMPTY);
  }
}
