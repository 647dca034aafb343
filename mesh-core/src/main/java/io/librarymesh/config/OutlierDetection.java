package io.librarymesh.config;

/**
 * When a host is taken out of rotation for what it answered. Source: Envoy {@code
 * cluster.v3.OutlierDetection}.
 *
 * @param consecutive5xx counts answers 500..599 and, unless split, local-origin failures
 * @param consecutiveGatewayFailure counts 502, 503, 504 and, unless split, local-origin failures
 * @param consecutiveLocalOriginFailure counts connect failures, resets and timeouts; used only when
 *     split
 * @param splitLocalOriginErrors whether local-origin failures have a counter of their own
 */
public record OutlierDetection(
    Detector consecutive5xx,
    Detector consecutiveGatewayFailure,
    Detector consecutiveLocalOriginFailure,
    boolean splitLocalOriginErrors,
    Ejection ejection) {
  /** Ejects nothing. */
  public static final OutlierDetection NONE =
      new OutlierDetection(Detector.OFF, Detector.OFF, Detector.OFF, false, Ejection.DEFAULT);

  /**
   * A count of failures in a row.
   *
   * @param threshold failures in a row that trip the detector, at least 1
   * @param enforcingPercent the share of trips that eject, 0..100; 0 switches it off
   */
  public record Detector(int threshold, int enforcingPercent) {
    public static final Detector OFF = new Detector(5, 0);

    public Detector {
      if (threshold < 1) {
        throw new IllegalArgumentException("threshold: " + threshold + " (expected: >= 1)");
      }
      Ranges.requirePercent("enforcingPercent", enforcingPercent);
    }
  }

  /**
   * How long and how many. The n-th ejection of a host lasts {@code min(base * n, max)}.
   *
   * @param intervalNanos between sweeps, which return hosts and let ejection times decay
   * @param maxPercent of the cluster's hosts that may be out at a time, 0..100
   */
  public record Ejection(long intervalNanos, long baseNanos, long maxNanos, int maxPercent) {
    /** 10 s, 30 s, 300 s and 10 %. */
    public static final Ejection DEFAULT =
        new Ejection(10_000_000_000L, 30_000_000_000L, 300_000_000_000L, 10);

    public Ejection {
      if (intervalNanos <= 0) {
        throw new IllegalArgumentException("intervalNanos: " + intervalNanos + " (expected: > 0)");
      }
      if (baseNanos <= 0 || maxNanos < baseNanos) {
        throw new IllegalArgumentException(
            "baseNanos, maxNanos: " + baseNanos + ", " + maxNanos + " (expected: 0 < base <= max)");
      }
      Ranges.requirePercent("maxPercent", maxPercent);
    }
  }

  /** Whether any detector can eject. */
  public boolean enabled() {
    return consecutive5xx.enforcingPercent > 0
        || consecutiveGatewayFailure.enforcingPercent > 0
        || (splitLocalOriginErrors && consecutiveLocalOriginFailure.enforcingPercent > 0);
  }
}
