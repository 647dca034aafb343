package io.librarymesh.controlplane.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class UnknownLocalitiesTest {

  private static AnalyzedFiles setting(String where, String setting) {
    return AnalyzedFiles.services()
        .destinationRule(
            "prod",
            "r",
            """
            host: reviews
            %s
            """
                .formatted(
                    where.formatted("loadBalancer: {localityLbSetting: {" + setting + "}}")));
  }

  private static AnalyzedFiles at(AnalyzedFiles files, String locality) {
    return files.with(
        """
        apiVersion: networking.istio.io/v1
        kind: WorkloadEntry
        metadata: {name: w, namespace: prod}
        spec: {address: 10.0.0.1, labels: {app: reviews}, locality: %s}
        """
            .formatted(locality));
  }

  @Test
  void regionOfClientsInWhichNothingIsKnownIsAnInformation() {
    AnalyzedFiles files =
        setting("trafficPolicy: {%s}", "distribute: [{from: west/*, to: {west/*: 100}}]");

    assertThat(at(files, "wast/a").diagnoses(Code.UNKNOWN_LOCALITY))
        .containsExactly(
            "2.yaml:1:1: info: LM0305 UnknownLocality:"
                + " spec.trafficPolicy.loadBalancer.localityLbSetting.distribute[0].from: west/*:"
                + " nothing that is known is in the region west; did you mean 'wast'? (expected:"
                + " where clients are; known: [wast])");
  }

  @Test
  void failoverAndSettingsOfPortsAndSubsetsAreLookedAt() {
    AnalyzedFiles files =
        setting(
            "subsets: [{name: s, labels: {}, trafficPolicy: {portLevelSettings: [{port: {number:"
                + " 9080}, %s}]}}]",
            "failover: [{from: north, to: south}]");

    assertThat(at(files, "south").diagnoses(Code.UNKNOWN_LOCALITY))
        .singleElement()
        .asString()
        .contains(
            "spec.subsets[0].trafficPolicy.portLevelSettings[0].loadBalancer.localityLbSetting"
                + ".failover[0].from: north: ");
  }

  @Test
  void knownRegionsAndEveryOneAreNotMentioned() {
    for (String from : new String[] {"west/*", "west/b/c", "'*'"}) {
      AnalyzedFiles files =
          setting("trafficPolicy: {%s}", "distribute: [{from: " + from + ", to: {west/*: 100}}]");
      assertThat(at(files, "west/a").diagnoses(Code.UNKNOWN_LOCALITY)).as(from).isEmpty();
    }
  }

  @Test
  void whereNoLocalityIsKnownNothingIsSaid() {
    AnalyzedFiles files =
        setting("trafficPolicy: {%s}", "distribute: [{from: west/*, to: {west/*: 100}}]");

    assertThat(files.workload("prod", "10.0.0.1", Map.of("app", "reviews")).diagnoses())
        .noneMatch(diagnosis -> diagnosis.code() == Code.UNKNOWN_LOCALITY);
  }
}
