package io.librarymesh.controlplane.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class UnmatchedSelectorsTest {

  private static AnalyzedFiles selecting(String labels) {
    return AnalyzedFiles.services()
        .destinationRule(
            "prod",
            "r",
            "host: reviews\nworkloadSelector: {matchLabels: "
                + labels
                + "}\ntrafficPolicy: {loadBalancer: {simple: RANDOM}}\n");
  }

  @Test
  void labelsThatNoServiceOfTheNamespaceSelectsAreNamedWithThoseThatAreKnown() {
    assertThat(selecting("{app: reviewz}").diagnoses(Code.UNMATCHED_SELECTOR))
        .containsExactly(
            "2.yaml:1:1: warning: LM0303 UnmatchedSelector: spec.workloadSelector.matchLabels:"
                + " {app=reviewz}: nothing that is known in prod can have these labels, so this is"
                + " for nobody (expected: labels of clients of this namespace; known: [app=reviews,"
                + " app=ratings])");
  }

  @Test
  void labelsThatSomeWorkloadMayHaveAreNotMentioned() {
    assertThat(selecting("{app: reviews, version: v9}").diagnoses(Code.UNMATCHED_SELECTOR))
        .isEmpty();
    assertThat(selecting("{role: batch}").diagnoses(Code.UNMATCHED_SELECTOR)).isEmpty();
  }

  @Test
  void aRegisteredWorkloadHasAllItsLabels() {
    assertThat(
            selecting("{app: reviews, role: batch}")
                .workload("prod", "10.0.0.1", Map.of("app", "reviews", "role", "batch"))
                .diagnoses(Code.UNMATCHED_SELECTOR))
        .isEmpty();
  }

  @Test
  void whereNothingIsKnownNothingIsSaid() {
    assertThat(
            AnalyzedFiles.none()
                .destinationRule(
                    "batch",
                    "r",
                    """
                    host: reviews
                    workloadSelector: {matchLabels: {app: x}}
                    trafficPolicy: {loadBalancer: {simple: RANDOM}}
                    """)
                .diagnoses(Code.UNMATCHED_SELECTOR))
        .isEmpty();
  }

  @Test
  void sourceLabelsOfRulesForOneNamespaceAreSelectorsToo() {
    String rule =
        """
        hosts: [reviews]
        http:
          - match: [{sourceLabels: {app: shopp}%s}]
            route: [{destination: {host: reviews}}]
        """;
    assertThat(
            AnalyzedFiles.services()
                .rules("r", rule.formatted(", sourceNamespace: prod"))
                .diagnoses(Code.UNMATCHED_SELECTOR))
        .singleElement()
        .asString()
        .contains("2.yaml:7:15: warning", "spec.http[0].match[0].sourceLabels: {app=shopp}");
    assertThat(
            AnalyzedFiles.services()
                .rules("r", rule.formatted(""))
                .diagnoses(Code.UNMATCHED_SELECTOR))
        .isEmpty();
  }

  @Test
  void aServiceEntrySelectsWorkloadEntries() {
    String files =
        """
        apiVersion: networking.istio.io/v1
        kind: WorkloadEntry
        metadata: {name: w, namespace: vm}
        spec: {address: 10.0.0.1, labels: {app: db}}
        ---
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: e, namespace: vm}
        spec:
          hosts: [db.example]
          ports: [{number: 80, name: http, protocol: HTTP}]
          resolution: STATIC
          workloadSelector: {labels: {app: %s}}
        """;
    assertThat(AnalyzedFiles.none().with(files.formatted("dbb")).diagnoses(Code.UNMATCHED_SELECTOR))
        .hasSize(1);
    assertThat(AnalyzedFiles.none().with(files.formatted("db")).diagnoses(Code.UNMATCHED_SELECTOR))
        .isEmpty();
  }
}
