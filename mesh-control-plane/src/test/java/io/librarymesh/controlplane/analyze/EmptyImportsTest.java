package io.librarymesh.controlplane.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class EmptyImportsTest {

  private static List<String> importing(String host) {
    return sidecar("web", host).diagnoses(Code.EMPTY_IMPORT);
  }

  private static AnalyzedFiles sidecar(String namespace, String host) {
    return AnalyzedFiles.services()
        .with(
            """
            apiVersion: networking.istio.io/v1
            kind: Sidecar
            metadata: {name: default, namespace: %s}
            spec: {egress: [{hosts: ['./shop.web.svc.cluster.local', '%s']}]}
            """
                .formatted(namespace, host));
  }

  @Test
  void aNamespaceWithoutServicesAndRulesIsNamed() {
    assertThat(importing("prodd/*"))
        .containsExactly(
            "2.yaml:4:17: warning: LM0207 EmptyImport: spec.egress[0].hosts[1]: prodd/*: prodd has"
                + " neither services nor rules, so this imports nothing; did you mean 'prod'?"
                + " (expected: a namespace that has some)");
  }

  @Test
  void whatMayHaveSomethingOrIsMeantToHaveNothingIsNotMentioned() {
    for (String host : List.of("prod/*", "./*", "*/*", "~/*", "istio-system/*")) {
      assertThat(importing(host)).as(host).isEmpty();
    }
    assertThat(sidecar("lonely", "lonely/*").diagnoses(Code.EMPTY_IMPORT)).isEmpty();
  }

  @Test
  void rulesAloneAreSomethingToImport() {
    assertThat(
            sidecar("web", "team/*")
                .with(
                    """
                    apiVersion: networking.istio.io/v1
                    kind: VirtualService
                    metadata: {name: r, namespace: team}
                    spec: {hosts: [reviews.prod.svc.cluster.local], http: [{timeout: 1s, route: [{destination: {host: reviews.prod.svc.cluster.local}}]}]}
                    """)
                .diagnoses(Code.EMPTY_IMPORT))
        .isEmpty();
  }

  @Test
  void hostsOfAnEmptyNamespaceAreAmongTheReferences() {
    assertThat(importing("prodd/reviews.prodd.svc.cluster.local")).isEmpty();
  }
}
