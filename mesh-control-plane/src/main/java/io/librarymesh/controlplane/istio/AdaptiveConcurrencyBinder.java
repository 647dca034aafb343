package io.librarymesh.controlplane.istio;

import io.librarymesh.controlplane.istio.AdaptiveConcurrency.ConcurrencyLimitParams;
import io.librarymesh.controlplane.istio.AdaptiveConcurrency.MinRttCalcParams;

/** Reads the {@code adaptiveConcurrency} of a ResiliencePolicy, and fills in its defaults. */
final class AdaptiveConcurrencyBinder {
  private AdaptiveConcurrencyBinder() {}

  static AdaptiveConcurrency bind(Fields adaptive) {
    return new AdaptiveConcurrency(
        Percentages.read(adaptive, "sampleAggregatePercentile").orElse(new Percent(50)),
        adaptive
            .message("concurrencyLimitParams", AdaptiveConcurrencyBinder::limit)
            .orElse(ConcurrencyLimitParams.DEFAULT),
        adaptive
            .message("minRttCalcParams", AdaptiveConcurrencyBinder::minRtt)
            .orElse(MinRttCalcParams.DEFAULT));
  }

  private static ConcurrencyLimitParams limit(Fields params) {
    ConcurrencyLimitParams defaults = ConcurrencyLimitParams.DEFAULT;
    return new ConcurrencyLimitParams(
        params.int32("maxConcurrencyLimit").orElse(defaults.maxConcurrencyLimit()),
        params.duration("concurrencyUpdateInterval").orElse(defaults.concurrencyUpdateInterval()));
  }

  private static MinRttCalcParams minRtt(Fields params) {
    MinRttCalcParams defaults = MinRttCalcParams.DEFAULT;
    return new MinRttCalcParams(
        params.duration("interval").orElse(defaults.interval()),
        params.int32("requestCount").orElse(defaults.requestCount()),
        Percentages.read(params, "jitter").orElse(defaults.jitter()),
        params.int32("minConcurrency").orElse(defaults.minConcurrency()),
        Percentages.read(params, "buffer").orElse(defaults.buffer()),
        params.duration("fixedValue"));
  }
}
