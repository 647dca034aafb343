package io.librarymesh.controlplane.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EjectionsTest {

  private static List<String> found(int endpoints, String detection) {
    AnalyzedFiles files =
        AnalyzedFiles.services()
            .destinationRule(
                "prod", "r", "host: reviews\ntrafficPolicy: {outlierDetection: " + detection + "}");
    for (int i = 1; i <= endpoints; i++) {
      String version = i == 1 ? "v1" : "v2";
      files.workload("prod", "10.0.0." + i, Map.of("app", "reviews", "version", version));
    }
    return files.diagnoses(Code.EJECTS_NOBODY);
  }

  @Test
  void tenPercentOfThreeAreNone() { // P10
    assertThat(found(3, "{}"))
        .containsExactly(
            "2.yaml:6:18: warning: LM0401 EjectsNobody: spec.trafficPolicy.outlierDetection: never"
                + " ejects: maxEjectionPercent 10, the default, of 3 endpoints is less than one"
                + " (expected: maxEjectionPercent of at least 34)");
    assertThat(found(3, "{maxEjectionPercent: 33}")).hasSize(1);
    assertThat(found(3, "{maxEjectionPercent: 34}")).isEmpty();
    assertThat(found(10, "{}")).isEmpty();
  }

  @Test
  void whileNoEndpointIsKnownASmallShareIsAnInformation() {
    assertThat(found(0, "{maxEjectionPercent: 20}"))
        .singleElement()
        .asString()
        .contains(": info: ", "while there are fewer than 5 endpoints");
    assertThat(found(0, "{maxEjectionPercent: 100}")).isEmpty();
  }

  @Test
  void detectionWithoutCountsIsNamed() { // P14
    assertThat(found(10, "{consecutive5xxErrors: 0}"))
        .singleElement()
        .asString()
        .contains("counts no failures, so nothing is ejected");
    assertThat(found(10, "{consecutive5xxErrors: 0, consecutiveGatewayErrors: 3}")).isEmpty();
    assertThat(found(10, "{consecutive5xxErrors: 0, splitExternalLocalOriginErrors: true}"))
        .isEmpty();
  }

  @Test
  void ejectedEndpointsAreUsedBelowTheMinimumOfHealth() { // P16
    assertThat(found(2, "{maxEjectionPercent: 50, minHealthPercent: 60}"))
        .singleElement()
        .asString()
        .contains("with one of 2 endpoints ejected fewer than minHealthPercent 60 are left")
        .contains("at most 50");
    assertThat(found(2, "{maxEjectionPercent: 50, minHealthPercent: 50}")).isEmpty();
  }

  @Test
  void aSubsetHasItsOwnNumberOfEndpoints() {
    AnalyzedFiles files =
        AnalyzedFiles.services()
            .destinationRule(
                "prod",
                "r",
                """
                host: reviews
                subsets:
                  - name: v1
                    labels: {version: v1}
                    trafficPolicy: {outlierDetection: {maxEjectionPercent: 50}}
                """)
            .workload("prod", "10.0.0.1", Map.of("app", "reviews", "version", "v1"))
            .workload("prod", "10.0.0.2", Map.of("app", "reviews", "version", "v2"));

    assertThat(files.diagnoses(Code.EJECTS_NOBODY))
        .singleElement()
        .asString()
        .contains("spec.subsets[0].trafficPolicy.outlierDetection", "50 of 1 endpoint is less");
  }

  @Test
  void thePolicyOfAPortIsForThatPort() {
    AnalyzedFiles files =
        AnalyzedFiles.services()
            .destinationRule(
                "prod",
                "r",
                """
                host: reviews
                trafficPolicy:
                  outlierDetection: {maxEjectionPercent: 100}
                  portLevelSettings: [{port: {number: 9080}, outlierDetection: {}}]
                """)
            .workload("prod", "10.0.0.1", Map.of("app", "reviews"));

    assertThat(files.diagnoses(Code.EJECTS_NOBODY))
        .singleElement()
        .asString()
        .contains("spec.trafficPolicy.portLevelSettings[0].outlierDetection: never ejects");
  }
}
