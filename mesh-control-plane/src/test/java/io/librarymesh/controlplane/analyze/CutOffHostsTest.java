package io.librarymesh.controlplane.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CutOffHostsTest {
  private static final String SIDECAR =
      """
      apiVersion: networking.istio.io/v1
      kind: Sidecar
      metadata: {name: s, namespace: web}
      spec: {egress: [{hosts: [%s]}]}
      """;
  private static final String RULE =
      """
      host: reviews.prod.svc.cluster.local
      trafficPolicy: {loadBalancer: {simple: RANDOM}}
      """;

  @Test
  void aHostThatTheNamespaceHasRulesForAndDoesNotImportIsNamed() {
    assertThat(
            AnalyzedFiles.services()
                .with(SIDECAR.formatted("./*"))
                .destinationRule("web", "r", RULE)
                .diagnoses(Code.CUT_OFF_HOST))
        .containsExactly(
            "3.yaml:1:1: warning: LM0206 CutOffHost: spec.host: reviews.prod.svc.cluster.local:"
                + " clients in web cannot call it, since Sidecar web/s at 2.yaml:1:1 does not"
                + " import it (expected: prod/reviews.prod.svc.cluster.local among its"
                + " egress.hosts)");
  }

  @Test
  void whatIsImportedIsNotMentioned() {
    assertThat(
            AnalyzedFiles.services()
                .with(SIDECAR.formatted("./*, prod/reviews.prod.svc.cluster.local"))
                .destinationRule("web", "r", RULE)
                .diagnoses(Code.CUT_OFF_HOST))
        .isEmpty();
    assertThat(
            AnalyzedFiles.services().destinationRule("web", "r", RULE).diagnoses(Code.CUT_OFF_HOST))
        .isEmpty();
  }

  @Test
  void rulesOfAServiceForOtherNamespacesNeedNoImport() {
    assertThat(
            AnalyzedFiles.services()
                .with(SIDECAR.formatted("prod/*"))
                .destinationRule("web", "r", RULE.replace("reviews.prod", "shop.web"))
                .diagnoses(Code.CUT_OFF_HOST))
        .isEmpty();
  }

  @Test
  void routesOfTheGatewayApiForCallersOfTheNamespaceCount() {
    assertThat(
            AnalyzedFiles.services()
                .with(SIDECAR.formatted("./*"))
                .with(
                    """
                    apiVersion: gateway.networking.k8s.io/v1
                    kind: HTTPRoute
                    metadata: {name: h, namespace: web}
                    spec:
                      parentRefs: [{kind: Service, group: "", name: reviews, namespace: prod}]
                      rules: [{backendRefs: [{name: reviews, namespace: prod, port: 9080}]}]
                    """)
                .diagnoses(Code.CUT_OFF_HOST))
        .singleElement()
        .asString()
        .contains("spec.parentRefs[0]: reviews.prod.svc.cluster.local");
  }
}
