package io.librarymesh.controlplane.istio;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Rules of a ResiliencePolicy. */
final class ResiliencePolicyRules {
  private ResiliencePolicyRules() {}

  static void check(ResiliencePolicy policy, FieldPath spec, ValueRules rules) {
    if (policy.hosts().isEmpty()) {
      rules.missing(spec.field("hosts"), "the hosts whose clients the rules are for");
    }
    VirtualServiceRules.hosts(policy.hosts(), true, spec.field("hosts"), rules);
    rules.exportTo(spec.field("exportTo"), policy.exportTo(), policy.metadata().namespace(), false);
    if (policy.http().isEmpty()) {
      rules.report().incomplete(spec, "no rules (expected: at least one in http)");
    }
    FieldPath http = spec.field("http");
    Set<String> names = new HashSet<>();
    for (int i = 0; i < policy.http().size(); i++) {
      ResilienceRule rule = policy.http().get(i);
      rule(rule, http.index(i), rules);
      if (!rule.name().isEmpty() && !names.add(rule.name())) {
        rules.invalid(http.index(i).field("name"), rule.name(), "every rule name once");
      }
    }
    HttpMatchRules.unreachable(policy.http(), ResilienceRule::match, http, rules);
  }

  private static void rule(ResilienceRule rule, FieldPath path, ValueRules rules) {
    for (int i = 0; i < rule.match().size(); i++) {
      HttpMatchRules.check(rule.match().get(i), true, path.field("match").index(i), rules);
    }
    if (rule.coalesce().isEmpty()
        && rule.rateLimit().isEmpty()
        && rule.bulkhead().isEmpty()
        && rule.adaptiveConcurrency().isEmpty()
        && rule.fallback().isEmpty()) {
      rules
          .report()
          .incomplete(
              path,
              "nothing to do (expected: at least one of coalesce, rateLimit, bulkhead,"
                  + " adaptiveConcurrency, fallback)");
    }
    rule.coalesce().ifPresent(coalesce -> coalesce(coalesce, path.field("coalesce"), rules));
    rule.rateLimit().ifPresent(limit -> rateLimit(limit, path.field("rateLimit"), rules));
    rule.bulkhead().ifPresent(bulkhead -> bulkhead(bulkhead, path.field("bulkhead"), rules));
    rule.adaptiveConcurrency()
        .ifPresent(
            adaptive ->
                AdaptiveConcurrencyRules.check(adaptive, path.field("adaptiveConcurrency"), rules));
    rule.fallback()
        .ifPresent(fallback -> FallbackRules.check(fallback, path.field("fallback"), rules));
  }

  private static void coalesce(ResilienceRule.Coalesce coalesce, FieldPath path, ValueRules rules) {
    FallbackRules.headerNames(coalesce.headers(), path.field("headers"), rules);
    FallbackRules.body(path.field("maxBytes"), coalesce.maxBytes(), rules);
    rules.interval(path.field("maxWait"), coalesce.maxWait());
  }

  private static void rateLimit(ResilienceRule.RateLimit limit, FieldPath path, ValueRules rules) {
    atLeastOne(path.field("requests"), limit.requests(), rules);
    rules.interval(path.field("interval"), limit.interval());
    rules.durationOrZero(path.field("maxWait"), Optional.of(limit.maxWait()));
  }

  private static void bulkhead(ResilienceRule.Bulkhead bulkhead, FieldPath path, ValueRules rules) {
    atLeastOne(path.field("maxConcurrentCalls"), bulkhead.maxConcurrentCalls(), rules);
    rules.durationOrZero(path.field("maxWait"), Optional.of(bulkhead.maxWait()));
  }

  static void atLeastOne(FieldPath path, int value, ValueRules rules) {
    if (value < 1) {
      rules.invalid(path, value, "1 or more");
    }
  }
}
