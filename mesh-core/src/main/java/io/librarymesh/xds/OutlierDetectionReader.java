package io.librarymesh.xds;

import com.google.protobuf.UInt32Value;
import io.librarymesh.config.OutlierDetection.Consecutive;
import io.librarymesh.config.OutlierDetection.Detector;
import io.librarymesh.config.OutlierDetection.Ejection;
import io.librarymesh.config.OutlierDetection.Enforcing;
import io.librarymesh.config.OutlierDetection.FailurePercentage;
import io.librarymesh.config.OutlierDetection.Sample;
import io.librarymesh.config.OutlierDetection.Share;
import io.librarymesh.config.OutlierDetection.SuccessRate;
import io.librarymesh.config.StatusCodes;
import io.librarymesh.proto.envoy.config.cluster.v3.OutlierDetection;
import java.util.concurrent.TimeUnit;

/**
 * Reads when hosts are ejected. What is left out has Envoy's default, under which detection by
 * success rate is on. Source: Envoy {@code cluster.v3.OutlierDetection}.
 */
final class OutlierDetectionReader {
  private static final int DEFAULT_THRESHOLD = 5;

  private final OutlierDetection message;
  private final FieldPath root;
  private final Findings findings;

  private OutlierDetectionReader(OutlierDetection message, FieldPath root, Findings findings) {
    this.message = message;
    this.root = root;
    this.findings = findings;
  }

  /**
   * @param failures which answers are failures, which is said elsewhere
   */
  static io.librarymesh.config.OutlierDetection read(
      OutlierDetection message, StatusCodes failures, FieldPath at, Findings findings) {
    return new OutlierDetectionReader(message, at, findings).read(failures);
  }

  private io.librarymesh.config.OutlierDetection read(StatusCodes failures) {
    return new io.librarymesh.config.OutlierDetection(
        consecutive(),
        successRate(),
        failurePercentage(),
        message.getSplitExternalLocalOriginErrors(),
        failures,
        ejection());
  }

  private Consecutive consecutive() {
    return new Consecutive(
        detector(
            message.hasConsecutive5Xx(),
            message.getConsecutive5Xx(),
            percent(
                message.hasEnforcingConsecutive5Xx(),
                message.getEnforcingConsecutive5Xx(),
                100,
                "enforcing_consecutive_5xx")),
        detector(
            message.hasConsecutiveGatewayFailure(),
            message.getConsecutiveGatewayFailure(),
            percent(
                message.hasEnforcingConsecutiveGatewayFailure(),
                message.getEnforcingConsecutiveGatewayFailure(),
                0,
                "enforcing_consecutive_gateway_failure")),
        detector(
            message.hasConsecutiveLocalOriginFailure(),
            message.getConsecutiveLocalOriginFailure(),
            percent(
                message.hasEnforcingConsecutiveLocalOriginFailure(),
                message.getEnforcingConsecutiveLocalOriginFailure(),
                100,
                "enforcing_consecutive_local_origin_failure")));
  }

  /** A threshold of zero is never reached, since the count is compared after it was raised. */
  private static Detector detector(boolean set, UInt32Value threshold, int enforcing) {
    int value = count(set, threshold, DEFAULT_THRESHOLD);
    return value == 0 ? Detector.OFF : new Detector(value, enforcing);
  }

  private SuccessRate successRate() {
    Enforcing enforcing =
        new Enforcing(
            percent(
                message.hasEnforcingSuccessRate(),
                message.getEnforcingSuccessRate(),
                100,
                "enforcing_success_rate"),
            percent(
                message.hasEnforcingLocalOriginSuccessRate(),
                message.getEnforcingLocalOriginSuccessRate(),
                100,
                "enforcing_local_origin_success_rate"));
    Sample sample =
        new Sample(
            count(message.hasSuccessRateMinimumHosts(), message.getSuccessRateMinimumHosts(), 5),
            count(
                message.hasSuccessRateRequestVolume(), message.getSuccessRateRequestVolume(), 100));
    return new SuccessRate(
        enforcing,
        sample,
        count(message.hasSuccessRateStdevFactor(), message.getSuccessRateStdevFactor(), 1_900));
  }

  private FailurePercentage failurePercentage() {
    Enforcing enforcing =
        new Enforcing(
            percent(
                message.hasEnforcingFailurePercentage(),
                message.getEnforcingFailurePercentage(),
                0,
                "enforcing_failure_percentage"),
            percent(
                message.hasEnforcingFailurePercentageLocalOrigin(),
                message.getEnforcingFailurePercentageLocalOrigin(),
                0,
                "enforcing_failure_percentage_local_origin"));
    Sample sample =
        new Sample(
            count(
                message.hasFailurePercentageMinimumHosts(),
                message.getFailurePercentageMinimumHosts(),
                5),
            count(
                message.hasFailurePercentageRequestVolume(),
                message.getFailurePercentageRequestVolume(),
                50));
    return new FailurePercentage(
        enforcing,
        sample,
        percent(
            message.hasFailurePercentageThreshold(),
            message.getFailurePercentageThreshold(),
            85,
            "failure_percentage_threshold"));
  }

  private Ejection ejection() {
    Ejection standard = Ejection.DEFAULT;
    long interval =
        message.hasInterval()
            ? DurationReader.positiveNanos(message.getInterval(), root.field("interval"), findings)
            : standard.intervalNanos();
    long base =
        message.hasBaseEjectionTime()
            ? DurationReader.positiveNanos(
                message.getBaseEjectionTime(), root.field("base_ejection_time"), findings)
            : standard.baseNanos();
    long jitter =
        DurationReader.nanos(
            message.getMaxEjectionTimeJitter(), root.field("max_ejection_time_jitter"), findings);
    Share share =
        new Share(
            percent(
                message.hasMaxEjectionPercent(),
                message.getMaxEjectionPercent(),
                standard.share().maxPercent(),
                "max_ejection_percent"),
            message.getAlwaysEjectOneHost().getValue());
    return new Ejection(interval, base, longest(base), jitter, share);
  }

  private long longest(long base) {
    if (!message.hasMaxEjectionTime()) {
      return Math.max(Ejection.DEFAULT.maxNanos(), base);
    }
    FieldPath at = root.field("max_ejection_time");
    long max = DurationReader.positiveNanos(message.getMaxEjectionTime(), at, findings);
    if (max < base) {
      findings.error(
          at, seconds(max) + " (expected: >= base_ejection_time, " + seconds(base) + ")");
    }
    return Math.max(max, base);
  }

  private static String seconds(long nanos) {
    return nanos / (double) TimeUnit.SECONDS.toNanos(1) + "s";
  }

  private int percent(boolean set, UInt32Value value, int otherwise, String field) {
    if (!set) {
      return otherwise;
    }
    if (Integer.compareUnsigned(value.getValue(), 100) > 0) {
      findings.error(
          root.field(field), Integer.toUnsignedString(value.getValue()) + " (expected: 0..100)");
      return otherwise;
    }
    return value.getValue();
  }

  private static int count(boolean set, UInt32Value value, int otherwise) {
    return set
        ? (int) Math.min(Integer.toUnsignedLong(value.getValue()), Integer.MAX_VALUE)
        : otherwise;
  }
}
