package io.librarymesh.controlplane.istio;

import java.util.Optional;

/** Reads {@code outlierDetection}. */
final class OutlierDetectionBinder {
  private OutlierDetectionBinder() {}

  static OutlierDetection bind(Fields fields) {
    Optional<Long> gateway = fields.uint32("consecutiveGatewayErrors");
    Optional<Long> serverErrors = fields.uint32("consecutive5xxErrors");
    Optional<Long> old = consecutiveErrors(fields, gateway.isPresent() || serverErrors.isPresent());
    return new OutlierDetection(
        fields.flag("splitExternalLocalOriginErrors"),
        fields.uint32("consecutiveLocalOriginFailures"),
        gateway.or(() -> old),
        serverErrors.or(() -> old.map(errors -> 0L)),
        fields.duration("interval"),
        fields.duration("baseEjectionTime"),
        fields.count("maxEjectionPercent"),
        fields.int32("minHealthPercent").orElse(0),
        fields.uint32s("outlierDetectionHttpErrorCodes").stream().map(Long::intValue).toList());
  }

  /**
   * The limit of Istio up to 1.2. Its releases counted 502, 503 and 504 with it and switched the
   * detector of all 5xx off; Istio of today ignores it, which leaves the default detector on. Its
   * authors meant the former, so that is what it does, and the warning spells it out.
   */
  private static Optional<Long> consecutiveErrors(Fields fields, boolean besideNewer) {
    Optional<Integer> written = fields.int32("consecutiveErrors");
    if (written.isEmpty()) {
      return Optional.empty();
    }
    if (besideNewer || written.get() <= 0) {
      fields.warn(
          "consecutiveErrors",
          "old spelling, ignored "
              + (besideNewer ? "beside its successors" : "unless it is above 0")
              + "; leave it out");
      return Optional.empty();
    }
    fields.warn(
        "consecutiveErrors",
        "old spelling, counts answers 502, 503 and 504; write consecutiveGatewayErrors: "
            + written.get()
            + " and consecutive5xxErrors: 0");
    return written.map(Integer::longValue);
  }
}
