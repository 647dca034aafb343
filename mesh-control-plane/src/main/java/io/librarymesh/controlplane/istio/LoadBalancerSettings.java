package io.librarymesh.controlplane.istio;

import java.time.Duration;
import java.util.Optional;

/**
 * Choice of endpoint; Istio's {@code LoadBalancerSettings}.
 *
 * @param simple a standard algorithm; excludes {@code consistentHash}; absent means least request
 * @param consistentHash stickiness by a property of the request
 * @param localityLbSetting preference by place
 * @param warmup gentle start of new endpoints; the old {@code warmupDurationSecs} is folded in
 * @param zoneAwareLbSetting zone aware routing
 */
public record LoadBalancerSettings(
    Optional<Simple> simple,
    Optional<ConsistentHash> consistentHash,
    Optional<LocalityLbSetting> localityLbSetting,
    Optional<Warmup> warmup,
    Optional<ZoneAwareLbSetting> zoneAwareLbSetting) {

  /** Istio's {@code SimpleLB}; unspecified and LEAST_CONN mean LEAST_REQUEST. */
  public enum Simple {
    UNSPECIFIED,
    LEAST_CONN,
    RANDOM,
    PASSTHROUGH,
    ROUND_ROBIN,
    LEAST_REQUEST
  }

  /**
   * Gentle start of new endpoints.
   *
   * @param duration how long it takes
   * @param minimumPercent weight at the start, 0 to 100; absent means 10
   * @param aggression shape of the ramp, above 0; absent means 1.0, linear
   */
  public record Warmup(
      Duration duration, Optional<Double> minimumPercent, Optional<Double> aggression) {}
}
