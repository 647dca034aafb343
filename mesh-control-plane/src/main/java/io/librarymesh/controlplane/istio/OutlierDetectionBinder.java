package io.librarymesh.controlplane.istio;

import java.util.Optional;

/** Reads {@code outlierDetection}. */
final class OutlierDetectionBinder {
  private OutlierDetectionBinder() {}

  static OutlierDetection bind(Fields fields) {
    Optional<Long> gateway = fields.uint32("consecutiveGatewayErrors");
    Optional<Long> serverErrors = fields.uint32("consecutive5xxErrors");
    consecutiveErrors(fields, gateway.isPresent() || serverErrors.isPresent());
    return new OutlierDetection(
        fields.flag("splitExternalLocalOriginErrors"),
        fields.uint32("consecutiveLocalOriginFailures"),
        gateway,
        serverErrors,
        fields.duration("interval"),
        fields.duration("baseEjectionTime"),
        fields.count("maxEjectionPercent"),
        fields.int32("minHealthPercent").orElse(0),
        fields.uint32s("outlierDetectionHttpErrorCodes").stream().map(Long::intValue).toList());
  }

  /**
   * The limit of Istio up to 1.2, which counted 502, 503 and 504 with it. Istio of today ignores
   * it, and so does this mesh: the same file would otherwise eject others here than there.
   */
  private static void consecutiveErrors(Fields fields, boolean besideNewer) {
    fields
        .int32("consecutiveErrors")
        .ifPresent(
            written ->
                fields.warn(
                    "consecutiveErrors",
                    besideNewer || written <= 0
                        ? "no longer looked at; leave it out"
                        : "no longer looked at, so that 5 answers of 5xx in a row eject; write"
                            + " consecutive5xxErrors: "
                            + written
                            + " to count all of them, or consecutiveGatewayErrors: "
                            + written
                            + " with consecutive5xxErrors: 0 for 502, 503 and 504 alone, as it"
                            + " once did"));
  }
}
