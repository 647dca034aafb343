package io.librarymesh.testkit.conformance;

import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.CircuitBreakers.RetryLimit;
import io.librarymesh.config.CircuitBreakers.Thresholds;

/** Reads {@code circuitBreakers}: the bounds of default priority, and beside them {@code high}. */
final class LimitsReader {
  private LimitsReader() {}

  static CircuitBreakers circuitBreakers(CaseNode node) {
    CaseFields fields = node.fields();
    Thresholds high = fields.read("high", Thresholds.ENVOY_DEFAULT, LimitsReader::thresholds);
    Thresholds standard = thresholds(node, fields);
    fields.end();
    return new CircuitBreakers(standard, high);
  }

  private static Thresholds thresholds(CaseNode node) {
    CaseFields fields = node.fields();
    Thresholds thresholds = thresholds(node, fields);
    fields.end();
    return thresholds;
  }

  private static Thresholds thresholds(CaseNode node, CaseFields fields) {
    Thresholds otherwise = Thresholds.ENVOY_DEFAULT;
    int connections = fields.integer("maxConnections", otherwise.maxConnections());
    int pending = fields.integer("maxPendingRequests", otherwise.maxPendingRequests());
    int requests = fields.integer("maxRequests", otherwise.maxRequests());
    RetryLimit count =
        fields.read(
            "maxRetries",
            otherwise.retries(),
            max -> max.check(place -> new RetryLimit.Count(max.integer())));
    RetryLimit retries = fields.read("retryBudget", count, LimitsReader::budget);
    return node.check(place -> new Thresholds(connections, pending, requests, retries));
  }

  /** Percent and floor have Envoy's defaults. */
  private static RetryLimit budget(CaseNode node) {
    CaseFields fields = node.fields();
    int percent = fields.integer("percent", 20);
    int min = fields.integer("minConcurrency", 3);
    fields.end();
    return node.check(place -> new RetryLimit.Budget(percent * 10_000, min));
  }
}
