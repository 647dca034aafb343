package io.librarymesh.xds;

import com.google.protobuf.UInt32Value;
import io.librarymesh.config.CircuitBreakers.RetryLimit;
import io.librarymesh.config.CircuitBreakers.Thresholds;
import io.librarymesh.proto.envoy.config.cluster.v3.CircuitBreakers;
import io.librarymesh.proto.envoy.config.cluster.v3.CircuitBreakers.Thresholds.RetryBudget;
import io.librarymesh.proto.envoy.config.core.v3.RoutingPriority;

/**
 * Reads the limits of a cluster. The first entry of a priority counts; a priority without one has
 * Envoy's defaults. Source: Envoy {@code cluster.v3.CircuitBreakers}.
 */
final class CircuitBreakersReader {
  private static final double DEFAULT_BUDGET_PERCENT = 20;
  private static final int DEFAULT_MIN_CONCURRENCY = 3;

  private CircuitBreakersReader() {}

  static io.librarymesh.config.CircuitBreakers read(
      CircuitBreakers message, FieldPath at, Findings findings) {
    return new io.librarymesh.config.CircuitBreakers(
        thresholds(message, RoutingPriority.DEFAULT, at, findings),
        thresholds(message, RoutingPriority.HIGH, at, findings));
  }

  private static Thresholds thresholds(
      CircuitBreakers message, RoutingPriority priority, FieldPath at, Findings findings) {
    for (int i = 0; i < message.getThresholdsCount(); i++) {
      CircuitBreakers.Thresholds thresholds = message.getThresholds(i);
      if (thresholds.getPriority() == priority) {
        return thresholds(thresholds, at.element("thresholds", i), findings);
      }
    }
    return Thresholds.ENVOY_DEFAULT;
  }

  private static Thresholds thresholds(
      CircuitBreakers.Thresholds message, FieldPath at, Findings findings) {
    Thresholds standard = Thresholds.ENVOY_DEFAULT;
    return new Thresholds(
        limit(message.hasMaxConnections(), message.getMaxConnections(), standard.maxConnections()),
        limit(
            message.hasMaxPendingRequests(),
            message.getMaxPendingRequests(),
            standard.maxPendingRequests()),
        limit(message.hasMaxRequests(), message.getMaxRequests(), standard.maxRequests()),
        retries(message, at, findings));
  }

  private static RetryLimit retries(
      CircuitBreakers.Thresholds message, FieldPath at, Findings findings) {
    if (message.hasRetryBudget()) {
      return budget(message.getRetryBudget(), at.field("retry_budget"), findings);
    }
    return message.hasMaxRetries()
        ? new RetryLimit.Count(limit(true, message.getMaxRetries(), 0))
        : Thresholds.ENVOY_DEFAULT.retries();
  }

  private static RetryLimit budget(RetryBudget message, FieldPath at, Findings findings) {
    double percent =
        message.hasBudgetPercent() ? message.getBudgetPercent().getValue() : DEFAULT_BUDGET_PERCENT;
    if (!(percent >= 0 && percent <= 100)) {
      findings.error(at.field("budget_percent"), percent + " (expected: 0..100)");
      percent = DEFAULT_BUDGET_PERCENT;
    }
    return new RetryLimit.Budget(
        (int) Math.round(percent * 10_000),
        limit(
            message.hasMinRetryConcurrency(),
            message.getMinRetryConcurrency(),
            DEFAULT_MIN_CONCURRENCY));
  }

  private static int limit(boolean set, UInt32Value value, int otherwise) {
    // Above 2^31 the count cannot get either.
    return set
        ? (int)
            Math.min(
                Integer.toUnsignedLong(value.getValue()),
                io.librarymesh.config.CircuitBreakers.UNLIMITED)
        : otherwise;
  }
}
