package io.librarymesh.config;

/**
 * Bounds how many calls run at once by how long they take: the bound grows while calls take about
 * as long as they do without load, and shrinks when they take longer. Source: Envoy's {@code
 * envoy.extensions.filters.http.adaptive_concurrency.v3.GradientControllerConfig}.
 *
 * @param sampleAggregatePercentile which of a window's latencies stands for it, above 0 to 100
 * @param maxConcurrencyLimit the largest bound; 0 when nothing is bounded
 * @param concurrencyUpdateIntervalNanos how long a window is after which the bound is set anew
 * @param minRtt what is taken for the latency without load
 */
public record AdaptiveConcurrency(
    double sampleAggregatePercentile,
    int maxConcurrencyLimit,
    long concurrencyUpdateIntervalNanos,
    MinRtt minRtt) {
  /** Lets everything through. */
  public static final AdaptiveConcurrency NONE =
      new AdaptiveConcurrency(50, 0, 1, MinRtt.fixed(1, 1, 0));

  public AdaptiveConcurrency {
    if (!(sampleAggregatePercentile > 0 && sampleAggregatePercentile <= 100)) {
      throw new IllegalArgumentException(
          "sampleAggregatePercentile: " + sampleAggregatePercentile + " (expected: > 0, <= 100)");
    }
    Ranges.requireNotNegative("maxConcurrencyLimit", maxConcurrencyLimit);
    Ranges.requirePositive("concurrencyUpdateIntervalNanos", concurrencyUpdateIntervalNanos);
  }

  /** Whether everything gets through. */
  public boolean isNone() {
    return maxConcurrencyLimit == 0;
  }

  /**
   * The latency without load, which is measured from time to time with few calls at once, or known.
   *
   * @param minConcurrency how few, which is the smallest bound as well; at least 1
   * @param bufferPercent how much longer than that calls may take before the bound shrinks
   * @param fixedNanos the latency, when it is known; 0 when it is measured
   * @param intervalNanos from one measurement to the next
   * @param jitterPercent how much longer than that it may be, by chance
   * @param requestCount how many calls are measured; at least 1
   */
  public record MinRtt(
      int minConcurrency,
      double bufferPercent,
      long fixedNanos,
      long intervalNanos,
      double jitterPercent,
      int requestCount) {
    public MinRtt {
      Ranges.requirePositive("minConcurrency", minConcurrency);
      Ranges.requirePercent("bufferPercent", bufferPercent);
      Ranges.requireNotNegative("fixedNanos", fixedNanos);
      Ranges.requirePositive("intervalNanos", intervalNanos);
      Ranges.requirePercent("jitterPercent", jitterPercent);
      Ranges.requirePositive("requestCount", requestCount);
    }

    /** A latency that is known. */
    public static MinRtt fixed(long nanos, int minConcurrency, double bufferPercent) {
      return new MinRtt(minConcurrency, bufferPercent, nanos, 1, 0, 1);
    }

    /** Whether it is measured. */
    public boolean isMeasured() {
      return fixedNanos == 0;
    }
  }
}
