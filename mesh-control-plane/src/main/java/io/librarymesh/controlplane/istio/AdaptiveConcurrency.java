package io.librarymesh.controlplane.istio;

import java.time.Duration;
import java.util.Optional;

/**
 * Bounds how many calls run at once by how long they take. The fields and defaults are those of
 * Envoy's {@code GradientControllerConfig}; the two intervals, which it does not default, are those
 * of its example.
 *
 * @param sampleAggregatePercentile which of a window's latencies stands for it
 * @param concurrencyLimitParams how the bound is set
 * @param minRttCalcParams what is taken for the latency without load
 */
public record AdaptiveConcurrency(
    Percent sampleAggregatePercentile,
    ConcurrencyLimitParams concurrencyLimitParams,
    MinRttCalcParams minRttCalcParams) {

  /**
   * How the bound is set.
   *
   * @param maxConcurrencyLimit the largest bound
   * @param concurrencyUpdateInterval how long a window is after which it is set anew
   */
  public record ConcurrencyLimitParams(
      int maxConcurrencyLimit, Duration concurrencyUpdateInterval) {

    static final ConcurrencyLimitParams DEFAULT =
        new ConcurrencyLimitParams(1000, Duration.ofMillis(100));
  }

  /**
   * What is taken for the latency without load.
   *
   * @param interval from one measurement to the next
   * @param requestCount how many calls are measured
   * @param jitter how much longer than the interval it may be, by chance
   * @param minConcurrency the bound while it is measured, and the smallest
   * @param buffer how much longer than that calls may take before the bound shrinks
   * @param fixedValue the latency, which is not measured then
   */
  public record MinRttCalcParams(
      Duration interval,
      int requestCount,
      Percent jitter,
      int minConcurrency,
      Percent buffer,
      Optional<Duration> fixedValue) {

    static final MinRttCalcParams DEFAULT =
        new MinRttCalcParams(
            Duration.ofSeconds(60), 50, new Percent(15), 3, new Percent(25), Optional.empty());
  }
}
