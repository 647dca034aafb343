package io.librarymesh.xds;

import static io.librarymesh.xds.SampleResources.clusterBuilder;
import static io.librarymesh.xds.SampleResources.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.BoolValue;
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
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.cluster.v3.OutlierDetection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OutlierDetectionReaderTest {
  /** As Istio says it: consecutive errors only. */
  private static OutlierDetection.Builder consecutiveOnly() {
    return OutlierDetection.newBuilder().setEnforcingSuccessRate(number(0));
  }

  private static UInt32Value number(int value) {
    return UInt32Value.of(value);
  }

  private static Cluster cluster(OutlierDetection.Builder detection) {
    return clusterBuilder("c").setOutlierDetection(detection).build();
  }

  private static io.librarymesh.config.OutlierDetection read(OutlierDetection.Builder detection) {
    return Reading.value(ResourceType.CLUSTER, cluster(detection)).cluster().outlierDetection();
  }

  private static List<String> errors(OutlierDetection.Builder detection) {
    return Reading.errors(ResourceType.CLUSTER, cluster(detection));
  }

  @Test
  void emptyMessageSwitchesTheDefaultsOn() {
    assertThat(read(OutlierDetection.newBuilder()))
        .isEqualTo(
            new io.librarymesh.config.OutlierDetection(
                new Consecutive(new Detector(5, 100), new Detector(5, 0), new Detector(5, 100)),
                new SuccessRate(new Enforcing(100, 100), new Sample(5, 100), 1_900),
                new FailurePercentage(new Enforcing(0, 0), new Sample(5, 50), 85),
                false,
                StatusCodes.SERVER_ERRORS,
                new Ejection(
                    TimeUnit.SECONDS.toNanos(10),
                    TimeUnit.SECONDS.toNanos(30),
                    TimeUnit.SECONDS.toNanos(300),
                    0,
                    new Share(10, false))));
    assertThat(read(consecutiveOnly()).countsRates()).isFalse();
  }

  @Test
  void everyField() {
    assertThat(
            read(
                OutlierDetection.newBuilder()
                    .setConsecutive5Xx(number(1))
                    .setEnforcingConsecutive5Xx(number(0))
                    .setConsecutiveGatewayFailure(number(2))
                    .setEnforcingConsecutiveGatewayFailure(number(100))
                    .setConsecutiveLocalOriginFailure(number(3))
                    .setEnforcingConsecutiveLocalOriginFailure(number(50))
                    .setEnforcingSuccessRate(number(4))
                    .setEnforcingLocalOriginSuccessRate(number(5))
                    .setSuccessRateMinimumHosts(number(6))
                    .setSuccessRateRequestVolume(number(7))
                    .setSuccessRateStdevFactor(number(8))
                    .setEnforcingFailurePercentage(number(9))
                    .setEnforcingFailurePercentageLocalOrigin(number(10))
                    .setFailurePercentageMinimumHosts(number(11))
                    .setFailurePercentageRequestVolume(number(12))
                    .setFailurePercentageThreshold(number(13))
                    .setSplitExternalLocalOriginErrors(true)
                    .setInterval(seconds(1))
                    .setBaseEjectionTime(seconds(180))
                    .setMaxEjectionTime(seconds(200))
                    .setMaxEjectionTimeJitter(seconds(7))
                    .setMaxEjectionPercent(number(100))
                    .setAlwaysEjectOneHost(BoolValue.of(true))))
        .isEqualTo(
            new io.librarymesh.config.OutlierDetection(
                new Consecutive(new Detector(1, 0), new Detector(2, 100), new Detector(3, 50)),
                new SuccessRate(new Enforcing(4, 5), new Sample(6, 7), 8),
                new FailurePercentage(new Enforcing(9, 10), new Sample(11, 12), 13),
                true,
                StatusCodes.SERVER_ERRORS,
                new Ejection(
                    TimeUnit.SECONDS.toNanos(1),
                    TimeUnit.SECONDS.toNanos(180),
                    TimeUnit.SECONDS.toNanos(200),
                    TimeUnit.SECONDS.toNanos(7),
                    new Share(100, true))));
  }

  @Test
  void longestEjectionIsAtLeastTheBase() {
    assertThat(read(consecutiveOnly().setBaseEjectionTime(seconds(400))).ejection().maxNanos())
        .isEqualTo(TimeUnit.SECONDS.toNanos(400));
    assertThat(errors(consecutiveOnly().setMaxEjectionTime(seconds(29))))
        .containsExactly(
            "outlier_detection.max_ejection_time: 29.0s (expected: >= base_ejection_time, 30.0s)");
  }

  @Test
  void thresholdOfZeroIsNeverReached() {
    assertThat(read(consecutiveOnly().setConsecutive5Xx(number(0))).consecutive().fiveXx())
        .isEqualTo(Detector.OFF);
  }

  @Test
  void valuesAreChecked() {
    assertThat(
            errors(
                consecutiveOnly()
                    .setEnforcingConsecutive5Xx(number(101))
                    .setInterval(seconds(0))
                    .setBaseEjectionTime(seconds(-1))
                    .setMaxEjectionPercent(number(-1))))
        .containsExactly(
            "outlier_detection.enforcing_consecutive_5xx: 101 (expected: 0..100)",
            "outlier_detection.interval: 0s (expected: > 0s)",
            "outlier_detection.base_ejection_time: -1s (expected: >= 0s)",
            "outlier_detection.max_ejection_percent: 4294967295 (expected: 0..100)");
  }

  @Test
  void nothingIsLeftToWarnOf() {
    OutlierDetection.Builder detection =
        OutlierDetection.newBuilder()
            .setEnforcingFailurePercentage(number(100))
            .setMaxEjectionTimeJitter(seconds(1))
            .setAlwaysEjectOneHost(BoolValue.of(true))
            .setSplitExternalLocalOriginErrors(true);

    assertThat(Reading.warnings(ResourceType.CLUSTER, cluster(detection))).isEmpty();
  }
}
