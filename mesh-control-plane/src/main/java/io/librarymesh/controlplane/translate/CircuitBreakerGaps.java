package io.librarymesh.controlplane.translate;

import com.google.protobuf.UInt32Value;
import io.librarymesh.proto.envoy.config.cluster.v3.CircuitBreakers;

/** What clients of gRPC leave undone of limits; one that nobody wrote is the largest number. */
final class CircuitBreakerGaps {

  private static final String NO_LIMIT = "no limit";

  private CircuitBreakerGaps() {}

  static void find(
      CircuitBreakers.Thresholds limits, boolean countsRequests, ClientGaps.Found found) {
    found.when(isWritten(limits.getMaxConnections()), "circuit_breakers.max_connections", NO_LIMIT);
    found.when(
        isWritten(limits.getMaxPendingRequests()),
        "circuit_breakers.max_pending_requests",
        NO_LIMIT);
    found.when(
        isWritten(limits.getMaxRequests()) && !countsRequests,
        "circuit_breakers.max_requests",
        "no limit, unless the client reports its load");
    found.when(isWritten(limits.getMaxRetries()), "circuit_breakers.max_retries", NO_LIMIT);
    found.when(limits.hasRetryBudget(), "circuit_breakers.retry_budget", "no budget of retries");
  }

  private static boolean isWritten(UInt32Value limit) {
    return !limit.equals(ClusterTranslation.UNLIMITED);
  }
}
