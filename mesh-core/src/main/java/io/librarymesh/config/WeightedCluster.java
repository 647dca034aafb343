package io.librarymesh.config;

/**
 * One destination of a route.
 *
 * @param cluster the cluster's name
 * @param weight not negative; only its share of the sum counts
 */
public record WeightedCluster(String cluster, int weight) {
  public WeightedCluster {
    if (weight < 0) {
      throw new IllegalArgumentException("weight: " + weight + " (expected: >= 0)");
    }
  }
}
