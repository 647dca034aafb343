package io.librarymesh.xds;

import static io.librarymesh.xds.SampleResources.clusterBuilder;
import static io.librarymesh.xds.SampleResources.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.UInt32Value;
import io.librarymesh.config.OutlierDetection.Detector;
import io.librarymesh.config.OutlierDetection.Ejection;
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
    assertThat(read(consecutiveOnly()))
        .isEqualTo(
            new io.librarymesh.config.OutlierDetection(
                new Detector(5, 100),
                new Detector(5, 0),
                new Detector(5, 100),
                false,
                new Ejection(
                    TimeUnit.SECONDS.toNanos(10),
                    TimeUnit.SECONDS.toNanos(30),
                    TimeUnit.SECONDS.toNanos(300),
                    10)));
  }

  @Test
  void everyField() {
    assertThat(
            read(
                consecutiveOnly()
                    .setConsecutive5Xx(number(1))
                    .setEnforcingConsecutive5Xx(number(0))
                    .setConsecutiveGatewayFailure(number(2))
                    .setEnforcingConsecutiveGatewayFailure(number(100))
                    .setConsecutiveLocalOriginFailure(number(3))
                    .setEnforcingConsecutiveLocalOriginFailure(number(50))
                    .setSplitExternalLocalOriginErrors(true)
                    .setInterval(seconds(1))
                    .setBaseEjectionTime(seconds(180))
                    .setMaxEjectionTime(seconds(200))
                    .setMaxEjectionPercent(number(100))))
        .isEqualTo(
            new io.librarymesh.config.OutlierDetection(
                new Detector(1, 0),
                new Detector(2, 100),
                new Detector(3, 50),
                true,
                new Ejection(
                    TimeUnit.SECONDS.toNanos(1),
                    TimeUnit.SECONDS.toNanos(180),
                    TimeUnit.SECONDS.toNanos(200),
                    100)));
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
    assertThat(read(consecutiveOnly().setConsecutive5Xx(number(0))).consecutive5xx())
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
  void statisticalDetectorsAreNamedUnlessTheyAreSwitchedOff() {
    assertThat(Reading.warnings(ResourceType.CLUSTER, cluster(consecutiveOnly()))).isEmpty();
    assertThat(
            Reading.warnings(
                ResourceType.CLUSTER,
                cluster(
                    OutlierDetection.newBuilder()
                        .setEnforcingFailurePercentage(number(100))
                        .setSplitExternalLocalOriginErrors(true))))
        .containsExactly(
            "outlier_detection.enforcing_success_rate: ejection by success rate not carried out"
                + " (0 says that it is not wanted)",
            "outlier_detection.enforcing_local_origin_success_rate: ejection by success rate not"
                + " carried out (0 says that it is not wanted)",
            "outlier_detection.enforcing_failure_percentage: ejection by percentage not carried"
                + " out");
  }
}
