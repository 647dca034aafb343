package io.librarymesh.controlplane.istio;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Ejection of endpoints that fail; Istio's {@code OutlierDetection}.
 *
 * <p>The limit of old releases, without a kind of error in its name, is not looked at; the reader
 * warns of it.
 *
 * @param splitExternalLocalOriginErrors whether failures without an answer count separately
 * @param consecutiveLocalOriginFailures failures without an answer before ejection
 * @param consecutiveGatewayErrors answers 502, 503 or 504 before ejection; absent or 0 means off
 * @param consecutive5xxErrors answers 5xx before ejection; absent means 5, and 0 means off
 * @param interval time between sweeps; absent means 10 s
 * @param baseEjectionTime time of the first ejection; absent means 30 s
 * @param maxEjectionPercent share of endpoints that may be out; 0 says the same as absent: 10
 * @param minHealthPercent share of healthy endpoints below which all are used; 0 means never
 * @param outlierDetectionHttpErrorCodes statuses that count as failures; empty means 5xx
 */
public record OutlierDetection(
    boolean splitExternalLocalOriginErrors,
    Optional<Long> consecutiveLocalOriginFailures,
    Optional<Long> consecutiveGatewayErrors,
    Optional<Long> consecutive5xxErrors,
    Optional<Duration> interval,
    Optional<Duration> baseEjectionTime,
    Optional<Integer> maxEjectionPercent,
    int minHealthPercent,
    List<Integer> outlierDetectionHttpErrorCodes) {

  /** Copies the list. */
  public OutlierDetection {
    outlierDetectionHttpErrorCodes = List.copyOf(outlierDetectionHttpErrorCodes);
  }
}
