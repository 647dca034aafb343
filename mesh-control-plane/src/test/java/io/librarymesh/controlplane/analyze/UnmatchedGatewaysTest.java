package io.librarymesh.controlplane.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class UnmatchedGatewaysTest {

  private static AnalyzedFiles gateway(AnalyzedFiles files, String selector) {
    return files.with(
        """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {name: gw, namespace: web}
        spec:
          selector: %s
          servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ['*']}]
        """
            .formatted(selector));
  }

  /** A proxy at the edge as the Service in front of it has it. */
  private static AnalyzedFiles edge(String selector) {
    return AnalyzedFiles.services()
        .with(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: edge, namespace: istio-system}
            spec: {selector: %s, ports: [{name: http, port: 80}]}
            """
                .formatted(selector));
  }

  @Test
  void selectorThatNoKnownProxyHasIsNamed() {
    assertThat(
            gateway(edge("{istio: ingressgateway}"), "{istio: ingresgateway}")
                .diagnoses(Code.UNMATCHED_SELECTOR))
        .containsExactly(
            "3.yaml:1:1: warning: LM0303 UnmatchedSelector: spec.selector: {istio=ingresgateway}:"
                + " none of the proxies at the edge that are known has these labels, so nothing"
                + " listens for this Gateway (expected: labels of one of them; known:"
                + " [{istio=ingressgateway}])");
  }

  @Test
  void proxyThatAnotherGatewaySelectsIsKnownAsSuch() {
    AnalyzedFiles files = gateway(edge("{app: front}"), "{app: front}");

    assertThat(gateway(files, "{app: frnt}").diagnoses(Code.UNMATCHED_SELECTOR))
        .singleElement()
        .asString()
        .contains("{app=frnt}: none of the proxies", "known: [{app=front}]");
  }

  @Test
  void proxyOfAnyNamespaceWillDoAndMayHaveMoreLabels() {
    assertThat(
            gateway(edge("{istio: ingressgateway, app: x}"), "{istio: ingressgateway}")
                .diagnoses(Code.UNMATCHED_SELECTOR))
        .isEmpty();
    assertThat(
            gateway(
                    edge("{istio: egressgateway}")
                        .workload("prod", "10.0.0.1", Map.of("istio", "own", "app", "reviews")),
                    "{istio: own}")
                .diagnoses(Code.UNMATCHED_SELECTOR))
        .isEmpty();
  }

  @Test
  void whereNoProxyIsKnownThatCouldBeMeantNothingIsSaid() {
    assertThat(gateway(AnalyzedFiles.services(), "{app: front}").diagnoses(Code.UNMATCHED_SELECTOR))
        .isEmpty();
    assertThat(
            gateway(AnalyzedFiles.services(), "{istio: ingressgateway}")
                .diagnoses(Code.UNMATCHED_SELECTOR))
        .isEmpty();
    assertThat(
            gateway(edge("{app: front, istio: ingress}"), "{role: edge}")
                .diagnoses(Code.UNMATCHED_SELECTOR))
        .isEmpty();
  }
}
