package io.librarymesh.controlplane.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HostCollisionsTest {

  private static String entry(String namespace, String name, String host, int port) {
    return """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: %s, namespace: %s}
        spec:
          hosts: [%s]
          ports: [{number: %d, name: http, protocol: HTTP}]
          resolution: DNS
          endpoints: [{address: x.example}]
        """
        .formatted(name, namespace, host, port);
  }

  @Test
  void aServiceEntryForTheHostOfAServiceIsNamedWithWhoGetsWhich() {
    assertThat(
            AnalyzedFiles.services()
                .with(entry("web", "e", "reviews.prod.svc.cluster.local", 9080))
                .diagnoses(Code.HOST_COLLISION))
        .containsExactly(
            "2.yaml:1:1: warning: LM0205 HostCollision: spec.hosts: reviews.prod.svc.cluster.local"
                + " is declared by Service prod/reviews at 1.yaml:1:1 as well: clients in [prod]"
                + " call Service prod/reviews, clients in [web] call ServiceEntry web/e (expected:"
                + " one declaration; they are not merged)");
  }

  @Test
  void serviceEntriesWithPortsOfTheirOwnGoTogether() {
    assertThat(
            AnalyzedFiles.services()
                .with(entry("prod", "e", "a.example", 80))
                .with(entry("prod", "f", "a.example", 8080))
                .diagnoses(Code.HOST_COLLISION))
        .isEmpty();
    assertThat(
            AnalyzedFiles.services()
                .with(entry("prod", "e", "a.example", 80))
                .with(entry("prod", "f", "A.example", 80))
                .diagnoses(Code.HOST_COLLISION))
        .hasSize(1);
  }

  @Test
  void declarationsThatNobodySeesTogetherDoNotCollide() {
    String first = entry("prod", "e", "a.example", 80).replace("spec:", "spec:\n  exportTo: ['.']");
    String second = entry("web", "f", "a.example", 80).replace("spec:", "spec:\n  exportTo: ['.']");
    assertThat(AnalyzedFiles.services().with(first).with(second).diagnoses(Code.HOST_COLLISION))
        .isEmpty();
  }
}
