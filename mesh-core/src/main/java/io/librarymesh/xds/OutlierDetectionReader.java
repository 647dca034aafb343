package io.librarymesh.xds;

import com.google.protobuf.UInt32Value;
import io.librarymesh.config.OutlierDetection.Detector;
import io.librarymesh.config.OutlierDetection.Ejection;
import io.librarymesh.proto.envoy.config.cluster.v3.OutlierDetection;
import java.util.concurrent.TimeUnit;

/** Reads when hosts are ejected. Source: Envoy {@code cluster.v3.OutlierDetection}. */
final class OutlierDetectionReader {
  private static final int DEFAULT_THRESHOLD = 5;

  private OutlierDetectionReader() {}

  static io.librarymesh.config.OutlierDetection read(
      OutlierDetection message, FieldPath at, Findings findings) {
    warnOfStatisticalDetectors(message, at, findings);
    Detector consecutive5xx =
        new Threshold(message.hasConsecutive5Xx(), message.getConsecutive5Xx())
            .enforced(
                enforcing(
                    message.hasEnforcingConsecutive5Xx(),
                    message.getEnforcingConsecutive5Xx(),
                    100,
                    at.field("enforcing_consecutive_5xx"),
                    findings));
    Detector gatewayFailure =
        new Threshold(
                message.hasConsecutiveGatewayFailure(), message.getConsecutiveGatewayFailure())
            .enforced(
                enforcing(
                    message.hasEnforcingConsecutiveGatewayFailure(),
                    message.getEnforcingConsecutiveGatewayFailure(),
                    0,
                    at.field("enforcing_consecutive_gateway_failure"),
                    findings));
    Detector localOrigin =
        new Threshold(
                message.hasConsecutiveLocalOriginFailure(),
                message.getConsecutiveLocalOriginFailure())
            .enforced(
                enforcing(
                    message.hasEnforcingConsecutiveLocalOriginFailure(),
                    message.getEnforcingConsecutiveLocalOriginFailure(),
                    100,
                    at.field("enforcing_consecutive_local_origin_failure"),
                    findings));
    return new io.librarymesh.config.OutlierDetection(
        consecutive5xx,
        gatewayFailure,
        localOrigin,
        message.getSplitExternalLocalOriginErrors(),
        ejection(message, at, findings));
  }

  private static Ejection ejection(OutlierDetection message, FieldPath at, Findings findings) {
    Ejection standard = Ejection.DEFAULT;
    long interval =
        message.hasInterval()
            ? DurationReader.positiveNanos(message.getInterval(), at.field("interval"), findings)
            : standard.intervalNanos();
    long base =
        message.hasBaseEjectionTime()
            ? DurationReader.positiveNanos(
                message.getBaseEjectionTime(), at.field("base_ejection_time"), findings)
            : standard.baseNanos();
    long max = Math.max(standard.maxNanos(), base);
    if (message.hasMaxEjectionTime()) {
      max =
          DurationReader.positiveNanos(
              message.getMaxEjectionTime(), at.field("max_ejection_time"), findings);
      if (max < base) {
        findings.error(
            at.field("max_ejection_time"),
            seconds(max) + " (expected: >= base_ejection_time, " + seconds(base) + ")");
        max = base;
      }
    }
    int percent =
        enforcing(
            message.hasMaxEjectionPercent(),
            message.getMaxEjectionPercent(),
            standard.maxPercent(),
            at.field("max_ejection_percent"),
            findings);
    return new Ejection(interval, base, max, percent);
  }

  private static String seconds(long nanos) {
    return nanos / (double) TimeUnit.SECONDS.toNanos(1) + "s";
  }

  private static int enforcing(
      boolean set, UInt32Value value, int otherwise, FieldPath at, Findings findings) {
    if (!set) {
      return otherwise;
    }
    if (Integer.compareUnsigned(value.getValue(), 100) > 0) {
      findings.error(at, Integer.toUnsignedString(value.getValue()) + " (expected: 0..100)");
      return otherwise;
    }
    return value.getValue();
  }

  /** Success rate detection is on when nothing is said about it; failure percentage is off. */
  private static void warnOfStatisticalDetectors(
      OutlierDetection message, FieldPath at, Findings findings) {
    if (!message.hasEnforcingSuccessRate() || message.getEnforcingSuccessRate().getValue() != 0) {
      findings.warn(
          at.field("enforcing_success_rate"),
          "ejection by success rate not carried out (0 says that it is not wanted)");
    }
    boolean localSuccessRate =
        !message.hasEnforcingLocalOriginSuccessRate()
            || message.getEnforcingLocalOriginSuccessRate().getValue() != 0;
    if (message.getSplitExternalLocalOriginErrors() && localSuccessRate) {
      findings.warn(
          at.field("enforcing_local_origin_success_rate"),
          "ejection by success rate not carried out (0 says that it is not wanted)");
    }
    if (message.getEnforcingFailurePercentage().getValue() != 0
        || message.getEnforcingFailurePercentageLocalOrigin().getValue() != 0) {
      findings.warn(
          at.field("enforcing_failure_percentage"), "ejection by percentage not carried out");
    }
  }

  /** A threshold of zero is never reached, since the count is compared after it was raised. */
  private record Threshold(boolean set, UInt32Value value) {
    Detector enforced(int percent) {
      long threshold = set ? Integer.toUnsignedLong(value.getValue()) : DEFAULT_THRESHOLD;
      return threshold == 0
          ? Detector.OFF
          : new Detector((int) Math.min(threshold, Integer.MAX_VALUE), percent);
    }
  }
}
