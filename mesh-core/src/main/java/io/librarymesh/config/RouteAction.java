package io.librarymesh.config;

import java.util.List;

/** What a route does with a request. */
public sealed interface RouteAction {
  /**
   * Sends the request to a cluster.
   *
   * @param clusters at least one; the sum of weights is 1 to 2^31-1
   * @param timeoutNanos bounds the call over all attempts, from the end of the request to the end
   *     of the response; 0 means none
   * @param clusterNotFoundStatus the answer when the chosen cluster does not exist
   */
  record Forward(
      List<WeightedCluster> clusters,
      long timeoutNanos,
      RetryPolicy retryPolicy,
      int clusterNotFoundStatus)
      implements RouteAction {
    public Forward {
      clusters = List.copyOf(clusters);
      long sum = clusters.stream().mapToLong(WeightedCluster::weight).sum();
      if (sum < 1 || sum > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "sum of weights: " + sum + " (expected: 1.." + Integer.MAX_VALUE + ")");
      }
      if (timeoutNanos < 0) {
        throw new IllegalArgumentException("timeoutNanos: " + timeoutNanos + " (expected: >= 0)");
      }
    }
  }

  /**
   * Answers without an upstream.
   *
   * @param status 200 to 599
   */
  record DirectResponse(int status, String body) implements RouteAction {
    public DirectResponse {
      if (status < 200 || status > 599) {
        throw new IllegalArgumentException("status: " + status + " (expected: 200..599)");
      }
    }
  }
}
