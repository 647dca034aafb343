package io.librarymesh.controlplane.translate;

import com.google.protobuf.UInt32Value;
import io.librarymesh.controlplane.istio.OutlierDetection;

/**
 * Istio's outlierDetection as Envoy's. The presence of the block, even an empty one, switches the
 * detection of five 5xx in a row on, because that is Envoy's default; success rates are switched
 * off.
 */
final class OutlierTranslation {

  private static final UInt32Value ENFORCED = UInt32Value.of(100);
  private static final UInt32Value OFF = UInt32Value.of(0);

  private OutlierTranslation() {}

  static io.librarymesh.proto.envoy.config.cluster.v3.OutlierDetection translate(
      OutlierDetection detection) {
    var result =
        io.librarymesh.proto.envoy.config.cluster.v3.OutlierDetection.newBuilder()
            .setEnforcingSuccessRate(OFF);
    detection
        .consecutive5xxErrors()
        .ifPresent(
            v -> result.setConsecutive5Xx(count(v)).setEnforcingConsecutive5Xx(enforcing(v)));
    detection
        .consecutiveGatewayErrors()
        .ifPresent(
            v ->
                result
                    .setConsecutiveGatewayFailure(count(v))
                    .setEnforcingConsecutiveGatewayFailure(enforcing(v)));
    if (detection.splitExternalLocalOriginErrors()) {
      result.setSplitExternalLocalOriginErrors(true).setEnforcingLocalOriginSuccessRate(OFF);
      detection
          .consecutiveLocalOriginFailures()
          .filter(v -> v > 0)
          .ifPresent(
              v ->
                  result
                      .setConsecutiveLocalOriginFailure(count(v))
                      .setEnforcingConsecutiveLocalOriginFailure(ENFORCED));
    }
    detection.interval().ifPresent(d -> result.setInterval(Packing.duration(d)));
    detection.baseEjectionTime().ifPresent(d -> result.setBaseEjectionTime(Packing.duration(d)));
    detection
        .maxEjectionPercent()
        .filter(percent -> percent > 0)
        .ifPresent(percent -> result.setMaxEjectionPercent(UInt32Value.of(percent)));
    return result.build();
  }

  private static UInt32Value count(long value) {
    return UInt32Value.of((int) value);
  }

  private static UInt32Value enforcing(long count) {
    return count > 0 ? ENFORCED : OFF;
  }
}
