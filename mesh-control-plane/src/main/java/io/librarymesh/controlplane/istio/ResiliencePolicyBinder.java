package io.librarymesh.controlplane.istio;

import java.time.Duration;

/** Reads a ResiliencePolicy. */
final class ResiliencePolicyBinder {
  private static final Duration ONE_SECOND = Duration.ofSeconds(1);

  private ResiliencePolicyBinder() {}

  static ResiliencePolicy bind(Fields document, Metadata metadata, Fields spec) {
    return new ResiliencePolicy(
        document.position(),
        metadata,
        spec.texts("hosts"),
        spec.texts("exportTo"),
        spec.messages("http", ResiliencePolicyBinder::rule));
  }

  private static ResilienceRule rule(Fields rule) {
    return new ResilienceRule(
        rule.position(),
        rule.textOrEmpty("name"),
        rule.messages("match", HttpMatchBinder::bind),
        rule.message("rateLimit", ResiliencePolicyBinder::rateLimit),
        rule.message("bulkhead", ResiliencePolicyBinder::bulkhead));
  }

  private static ResilienceRule.RateLimit rateLimit(Fields limit) {
    return new ResilienceRule.RateLimit(
        limit.int32("requests").orElse(0),
        limit.duration("interval").orElse(ONE_SECOND),
        limit.duration("maxWait").orElse(Duration.ZERO));
  }

  private static ResilienceRule.Bulkhead bulkhead(Fields bulkhead) {
    return new ResilienceRule.Bulkhead(
        bulkhead.int32("maxConcurrentCalls").orElse(0),
        bulkhead.duration("maxWait").orElse(Duration.ZERO));
  }
}
