package io.librarymesh.controlplane.istio;

import io.librarymesh.controlplane.istio.AdaptiveConcurrency.ConcurrencyLimitParams;
import io.librarymesh.controlplane.istio.AdaptiveConcurrency.MinRttCalcParams;

/** Rules of the {@code adaptiveConcurrency} of a ResiliencePolicy. */
final class AdaptiveConcurrencyRules {
  private AdaptiveConcurrencyRules() {}

  static void check(AdaptiveConcurrency adaptive, FieldPath path, ValueRules rules) {
    FieldPath percentile = path.field("sampleAggregatePercentile");
    rules.percentage(percentile, adaptive.sampleAggregatePercentile());
    if (adaptive.sampleAggregatePercentile().value() == 0) {
      rules.invalid(percentile, 0, "more than 0");
    }
    ConcurrencyLimitParams limit = adaptive.concurrencyLimitParams();
    MinRttCalcParams minRtt = adaptive.minRttCalcParams();
    limit(limit, path.field("concurrencyLimitParams"), rules);
    minRtt(minRtt, path.field("minRttCalcParams"), rules);
    if (limit.maxConcurrencyLimit() >= 1 && minRtt.minConcurrency() > limit.maxConcurrencyLimit()) {
      rules.invalid(
          path.field("minRttCalcParams").field("minConcurrency"),
          minRtt.minConcurrency(),
          "at most maxConcurrencyLimit, " + limit.maxConcurrencyLimit());
    }
  }

  private static void limit(ConcurrencyLimitParams limit, FieldPath path, ValueRules rules) {
    ResiliencePolicyRules.atLeastOne(
        path.field("maxConcurrencyLimit"), limit.maxConcurrencyLimit(), rules);
    rules.interval(path.field("concurrencyUpdateInterval"), limit.concurrencyUpdateInterval());
  }

  private static void minRtt(MinRttCalcParams minRtt, FieldPath path, ValueRules rules) {
    rules.interval(path.field("interval"), minRtt.interval());
    ResiliencePolicyRules.atLeastOne(path.field("requestCount"), minRtt.requestCount(), rules);
    ResiliencePolicyRules.atLeastOne(path.field("minConcurrency"), minRtt.minConcurrency(), rules);
    rules.percentage(path.field("jitter"), minRtt.jitter());
    rules.percentage(path.field("buffer"), minRtt.buffer());
    minRtt.fixedValue().ifPresent(fixed -> rules.interval(path.field("fixedValue"), fixed));
  }
}
