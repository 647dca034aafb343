package io.librarymesh.controlplane.istio;

import java.time.Duration;
import java.util.List;

/** Reads a ResiliencePolicy. */
final class ResiliencePolicyBinder {
  private static final Duration ONE_SECOND = Duration.ofSeconds(1);

  /** 64Ki: of what is held in memory. */
  private static final int LARGEST_BODY = 64 << 10;

  /** What a caller sees as a failure. */
  private static final List<String> FAILURES = List.of("5xx", "rate-limited");

  private ResiliencePolicyBinder() {}

  static ResiliencePolicy bind(Fields document, Metadata metadata, Fields spec) {
    return new ResiliencePolicy(
        document.position(),
        metadata,
        spec.texts("hosts"),
        spec.texts("exportTo"),
        spec.messages("http", rule -> rule(rule, metadata.namespace())));
  }

  private static ResilienceRule rule(Fields rule, String namespace) {
    return new ResilienceRule(
        rule.position(),
        rule.textOrEmpty("name"),
        rule.messages("match", match -> HttpMatchBinder.bind(match, namespace)),
        rule.message("coalesce", ResiliencePolicyBinder::coalesce),
        rule.message("rateLimit", ResiliencePolicyBinder::rateLimit),
        rule.message("bulkhead", ResiliencePolicyBinder::bulkhead),
        rule.message("adaptiveConcurrency", AdaptiveConcurrencyBinder::bind),
        rule.message("fallback", ResiliencePolicyBinder::fallback));
  }

  private static ResilienceRule.Coalesce coalesce(Fields coalesce) {
    return new ResilienceRule.Coalesce(
        coalesce.texts("headers"),
        coalesce.bytes("maxBytes").orElse(LARGEST_BODY),
        coalesce.duration("maxWait").orElse(Duration.ofSeconds(5)));
  }

  private static ResilienceRule.LastGoodResponse lastGoodResponse(Fields kept) {
    return new ResilienceRule.LastGoodResponse(
        kept.texts("headers"),
        kept.duration("maxAge").orElse(Duration.ofMinutes(5)),
        kept.int32("maxEntries").orElse(1000),
        kept.bytes("maxBytes").orElse(LARGEST_BODY));
  }

  private static ResilienceRule.RateLimit rateLimit(Fields limit) {
    return new ResilienceRule.RateLimit(
        limit.int32("requests").orElse(0),
        limit.duration("interval").orElse(ONE_SECOND),
        limit.duration("maxWait").orElse(Duration.ZERO));
  }

  private static ResilienceRule.Fallback fallback(Fields fallback) {
    List<String> on = fallback.texts("on");
    return new ResilienceRule.Fallback(
        on.isEmpty() ? FAILURES : on,
        fallback.message("destination", DestinationBinder::bind),
        fallback.message("lastGoodResponse", ResiliencePolicyBinder::lastGoodResponse),
        fallback.message("response", ResiliencePolicyBinder::response));
  }

  private static ResilienceRule.StaticResponse response(Fields response) {
    return new ResilienceRule.StaticResponse(
        response.int32("status").orElse(200),
        response.textMap("headers"),
        response.message("body", HttpRouteBinder::body).flatMap(b -> b));
  }

  private static ResilienceRule.Bulkhead bulkhead(Fields bulkhead) {
    return new ResilienceRule.Bulkhead(
        bulkhead.int32("maxConcurrentCalls").orElse(0),
        bulkhead.duration("maxWait").orElse(Duration.ZERO));
  }
}
