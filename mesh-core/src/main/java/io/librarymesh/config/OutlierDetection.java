package io.librarymesh.config;

/**
 * When a host is taken out of rotation for what it answered. Source: Envoy {@code
 * cluster.v3.OutlierDetection}.
 *
 * <p>Failures to connect, resets and timeouts are of local origin. Unless they are split off, they
 * count as answers 503 and 504.
 *
 * @param consecutive failures in a row
 * @param successRate hosts that do worse than the others
 * @param failurePercentage hosts that fail too often
 * @param splitLocalOriginErrors whether failures of local origin are counted on their own
 * @param failures which answers are failures; all others are successes
 */
public record OutlierDetection(
    Consecutive consecutive,
    SuccessRate successRate,
    FailurePercentage failurePercentage,
    boolean splitLocalOriginErrors,
    StatusCodes failures,
    Ejection ejection) {
  /** Ejects nothing. */
  public static final OutlierDetection NONE = of(Consecutive.OFF, false, Ejection.DEFAULT);

  /** Failures in a row, all of 500..599 being failures. */
  public static OutlierDetection of(
      Consecutive consecutive, boolean splitLocalOriginErrors, Ejection ejection) {
    return new OutlierDetection(
        consecutive,
        SuccessRate.OFF,
        FailurePercentage.OFF,
        splitLocalOriginErrors,
        StatusCodes.SERVER_ERRORS,
        ejection);
  }

  /**
   * Counts of failures in a row.
   *
   * @param fiveXx counts all failures and, unless split, those of local origin
   * @param gateway counts failures 502, 503, 504 and, unless split, those of local origin
   * @param localOrigin counts failures of local origin; used only when split
   */
  public record Consecutive(Detector fiveXx, Detector gateway, Detector localOrigin) {
    /** Ejects nothing. */
    public static final Consecutive OFF = new Consecutive(Detector.OFF, Detector.OFF, Detector.OFF);
  }

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
   * In which share of cases a detector that looks at shares of failures ejects.
   *
   * @param percent for answers, 0..100; 0 switches it off
   * @param localOriginPercent for attempts to get an answer at all, 0..100; used only when split
   */
  public record Enforcing(int percent, int localOriginPercent) {
    public static final Enforcing OFF = new Enforcing(0, 0);

    public Enforcing {
      Ranges.requirePercent("percent", percent);
      Ranges.requirePercent("localOriginPercent", localOriginPercent);
    }
  }

  /**
   * From which number of hosts, each with which number of attempts in one interval, shares of
   * failures mean anything.
   */
  public record Sample(int minimumHosts, int requestVolume) {
    public Sample {
      Ranges.requireNotNegative("minimumHosts", minimumHosts);
      Ranges.requireNotNegative("requestVolume", requestVolume);
    }
  }

  /**
   * Ejects hosts whose rate of success is lower than the mean of all by more than a number of
   * standard deviations.
   *
   * @param stdevFactorPerMille that number, in thousandths
   */
  public record SuccessRate(Enforcing enforcing, Sample sample, int stdevFactorPerMille) {
    /** Of Envoy's settings, the ones that are off. */
    public static final SuccessRate OFF = new SuccessRate(Enforcing.OFF, new Sample(5, 100), 1_900);

    public SuccessRate {
      Ranges.requireNotNegative("stdevFactorPerMille", stdevFactorPerMille);
    }
  }

  /**
   * Ejects hosts that fail in a share of attempts or more.
   *
   * @param thresholdPercent that share, 0..100
   */
  public record FailurePercentage(Enforcing enforcing, Sample sample, int thresholdPercent) {
    /** As Envoy has it unless told. */
    public static final FailurePercentage OFF =
        new FailurePercentage(Enforcing.OFF, new Sample(5, 50), 85);

    public FailurePercentage {
      Ranges.requirePercent("thresholdPercent", thresholdPercent);
    }
  }

  /**
   * How long and how many. The n-th ejection of a host lasts {@code min(base * n, max)} and a
   * random time more.
   *
   * @param intervalNanos between sweeps, which return hosts and let ejection times decay
   * @param maxJitterNanos the bound of the random time, itself included
   * @param share how many may be out at a time
   */
  public record Ejection(
      long intervalNanos, long baseNanos, long maxNanos, long maxJitterNanos, Share share) {
    /** 10 s, 30 s, 300 s, no jitter and 10 %. */
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
      Ranges.requireNotNegative("maxJitterNanos", maxJitterNanos);
    }

    /** Without jitter. */
    public Ejection(long intervalNanos, long baseNanos, long maxNanos, int maxPercent) {
      this(intervalNanos, baseNanos, maxNanos, 0, new Share(maxPercent, false));
    }
  }

  /**
   * How many hosts of a cluster may be out at a time.
   *
   * @param maxPercent of all hosts, 0..100
   * @param alwaysOne whether one may be out even when that is more
   */
  public record Share(int maxPercent, boolean alwaysOne) {
    public Share {
      Ranges.requirePercent("maxPercent", maxPercent);
    }
  }

  /** Whether any detector can eject. */
  public boolean enabled() {
    return consecutive.fiveXx.enforcingPercent > 0
        || consecutive.gateway.enforcingPercent > 0
        || (splitLocalOriginErrors && consecutive.localOrigin.enforcingPercent > 0)
        || countsRates();
  }

  /** Whether any detector looks at shares of failures. */
  public boolean countsRates() {
    return counts(successRate.enforcing) || counts(failurePercentage.enforcing);
  }

  private boolean counts(Enforcing enforcing) {
    return enforcing.percent > 0 || (splitLocalOriginErrors && enforcing.localOriginPercent > 0);
  }
}
