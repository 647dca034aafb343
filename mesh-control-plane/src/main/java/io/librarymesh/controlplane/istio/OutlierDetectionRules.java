package io.librarymesh.controlplane.istio;

import java.util.List;

/** Rules of {@code outlierDetection}. */
final class OutlierDetectionRules {
  private OutlierDetectionRules() {}

  /**
   * @param policy the message around {@code outlierDetection}
   */
  static void check(OutlierDetection outlier, FieldPath policy, ValueRules rules) {
    FieldPath path = policy.field("outlierDetection");
    rules.duration(path.field("interval"), outlier.interval(), "left out it is 10s");
    rules.duration(
        path.field("baseEjectionTime"), outlier.baseEjectionTime(), "left out it is 30s");
    outlier
        .maxEjectionPercent()
        .ifPresent(percent -> rules.within(path.field("maxEjectionPercent"), percent, 0, 100));
    rules.within(path.field("minHealthPercent"), outlier.minHealthPercent(), 0, 100);
    boolean localOrigin =
        outlier.consecutiveLocalOriginFailures().filter(failures -> failures > 0).isPresent();
    boolean split =
        outlier.splitExternalLocalOriginErrors()
            || rules.report().isRefusedInPart(path.field("splitExternalLocalOriginErrors"));
    if (localOrigin && !split) {
      rules
          .report()
          .invalid(
              path.field("consecutiveLocalOriginFailures"),
              "without splitExternalLocalOriginErrors (expected: splitExternalLocalOriginErrors:"
                  + " true beside it)");
    }
    List<Integer> codes = outlier.outlierDetectionHttpErrorCodes();
    for (int i = 0; i < codes.size(); i++) {
      rules.within(path.field("outlierDetectionHttpErrorCodes").index(i), codes.get(i), 100, 599);
    }
  }
}
