package io.librarymesh.config;

import java.util.List;

/** What a route does with a request. */
public sealed interface RouteAction {
  /**
   * Sends the request to a cluster.
   *
   * @param clusters at least one; the sum of weights is 1 to 2^31-1
   * @param priority whose limits the requests are counted against
   * @param clusterNotFoundStatus the answer when the chosen cluster does not exist
   * @param rewrite how the request is changed before it is sent
   * @param hashPolicies what the hash of a request is made of, in order; without any, hashing
   *     clusters choose by chance
   * @param mirrors where copies of the requests go
   */
  record Forward(
      List<WeightedCluster> clusters,
      Timeouts timeouts,
      RetryPolicy retryPolicy,
      RoutingPriority priority,
      int clusterNotFoundStatus,
      RequestRewrite rewrite,
      List<HashPolicy> hashPolicies,
      List<MirrorPolicy> mirrors)
      implements RouteAction {
    /** Sends the request as it is. */
    public Forward(
        List<WeightedCluster> clusters,
        Timeouts timeouts,
        RetryPolicy retryPolicy,
        RoutingPriority priority,
        int clusterNotFoundStatus) {
      this(
          clusters,
          timeouts,
          retryPolicy,
          priority,
          clusterNotFoundStatus,
          RequestRewrite.NONE,
          List.of(),
          List.of());
    }

    /** The same with a retry policy for requests of any method. */
    public Forward retryingAnyMethod() {
      return new Forward(
          clusters,
          timeouts,
          retryPolicy.forAnyMethod(),
          priority,
          clusterNotFoundStatus,
          rewrite,
          hashPolicies,
          mirrors);
    }

    /** The same with other timeouts. */
    public Forward withTimeouts(Timeouts other) {
      return new Forward(
          clusters,
          other,
          retryPolicy,
          priority,
          clusterNotFoundStatus,
          rewrite,
          hashPolicies,
          mirrors);
    }

    public Forward {
      clusters = List.copyOf(clusters);
      hashPolicies = List.copyOf(hashPolicies);
      mirrors = List.copyOf(mirrors);
      long sum = clusters.stream().mapToLong(WeightedCluster::weight).sum();
      if (sum < 1 || sum > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "sum of weights: " + sum + " (expected: 1.." + Integer.MAX_VALUE + ")");
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

  /**
   * Answers with the place where the caller finds what it wants. Source: Envoy {@code
   * route.v3.RedirectAction}.
   *
   * @param status 300 to 399
   * @param scheme of the new URL; empty keeps the request's
   * @param host of the new URL, which may have a port; empty keeps the request's authority
   * @param port of the new URL; 0 keeps that of the host, unless it is the old scheme's own
   * @param path how the new URL's path differs
   * @param stripQuery whether the request's query is left out
   */
  record Redirect(
      int status, String scheme, String host, int port, PathRewrite path, boolean stripQuery)
      implements RouteAction {
    public Redirect {
      if (status < 300 || status > 399) {
        throw new IllegalArgumentException("status: " + status + " (expected: 300..399)");
      }
      if (port < 0 || port > 65535) {
        throw new IllegalArgumentException("port: " + port + " (expected: 0..65535)");
      }
    }
  }
}
