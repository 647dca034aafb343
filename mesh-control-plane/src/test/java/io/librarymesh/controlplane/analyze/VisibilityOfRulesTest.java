package io.librarymesh.controlplane.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VisibilityOfRulesTest {
  private static final String TO = "http: [{route: [{destination: {host: reviews}}]}]\n";
  private static final String V1 = "subsets: [{name: v1, labels: {version: v1}}]\n";
  private static final String TO_V1 =
      "hosts: [reviews]\nhttp: [{route: [{destination: {host: reviews, subset: v1}}]}]\n";
  private static final String FULL = "host: reviews.prod.svc.cluster.local\n";

  @Test
  void aRuleForNamespacesWithoutAnythingIsNamed() {
    assertThat(
            AnalyzedFiles.services()
                .rules("r", "hosts: [reviews]\nexportTo: [nowhere]\n" + TO)
                .diagnoses(Code.HIDDEN_RULE))
        .containsExactly(
            "2.yaml:1:1: warning: LM0203 HiddenRule: spec.exportTo: [nowhere]: there is nothing in"
                + " any of these namespaces, so nobody sees this VirtualService (expected:"
                + " namespaces with clients, '.' for prod or '*' for all)");
    assertThat(
            AnalyzedFiles.services()
                .rules("r", "hosts: [reviews]\nexportTo: [web]\n" + TO)
                .diagnoses(Code.HIDDEN_RULE))
        .isEmpty();
  }

  @Test
  void aNamespaceWithAWorkloadMayHaveClients() {
    assertThat(
            AnalyzedFiles.services()
                .rules("r", "hosts: [reviews]\nexportTo: [batch]\n" + TO)
                .with(
                    """
                    apiVersion: networking.istio.io/v1
                    kind: WorkloadEntry
                    metadata: {name: w, namespace: batch}
                    spec: {address: 10.0.0.1}
                    """)
                .diagnoses(Code.HIDDEN_RULE))
        .isEmpty();
  }

  @Test
  void aRuleForAServiceThatItsReadersDoNotSeeIsNamed() {
    assertThat(
            AnalyzedFiles.services()
                .with(
                    """
                    apiVersion: networking.istio.io/v1
                    kind: ServiceEntry
                    metadata: {name: e, namespace: prod}
                    spec:
                      hosts: [a.example]
                      exportTo: ["."]
                      ports: [{number: 80, name: http, protocol: HTTP}]
                      resolution: DNS
                    """)
                .rules("r", "hosts: [a.example]\nexportTo: [web]\n" + TO)
                .diagnoses(Code.HIDDEN_RULE))
        .singleElement()
        .asString()
        .contains("spec.hosts[0]: a.example: none of the namespaces that see these rules, [web]");
  }

  @Test
  void aDestinationRuleForOthersInANamespaceWhereNobodyLooksIsNamed() { // P2
    AnalyzedFiles files =
        AnalyzedFiles.services().destinationRule("web", "r", FULL + "exportTo: [prod]\n" + V1);

    assertThat(files.diagnoses(Code.HIDDEN_RULE))
        .singleElement()
        .asString()
        .contains("clients look for rules in their own namespace, in that of the service, prod");
    assertThat(
            AnalyzedFiles.services()
                .destinationRule("web", "r", FULL + V1)
                .diagnoses(Code.HIDDEN_RULE))
        .isEmpty();
  }

  @Test
  void aDestinationRuleBehindANarrowerOneEverywhereIsNamed() {
    assertThat(
            AnalyzedFiles.services()
                .destinationRule("prod", "wide", "host: '*.prod.svc.cluster.local'\n" + V1)
                .destinationRule("prod", "a", "host: reviews\n" + V1)
                .destinationRule("prod", "b", "host: ratings\n" + V1)
                .diagnoses(Code.HIDDEN_RULE))
        .singleElement()
        .asString()
        .startsWith("2.yaml:1:1")
        .contains("nobody uses this rule");
  }

  @Test
  void aSubsetThatOtherNamespacesDoNotSeeIsNamedWithThem() { // P3
    assertThat(
            AnalyzedFiles.services()
                .destinationRule("prod", "r", "host: reviews\nexportTo: ['.']\n" + V1)
                .rules("v", TO_V1)
                .diagnoses(Code.HIDDEN_DESTINATION))
        .containsExactly(
            "3.yaml:6:33: warning: LM0204 HiddenDestination:"
                + " spec.http[0].route[0].destination.subset: v1: clients in [web] use this rule"
                + " and do not have the subset, so their calls fail with 503: no DestinationRule"
                + " that declares it is exported to them (expected: a DestinationRule with the"
                + " subset that they see, or these rules exported less far)");
  }

  @Test
  void aRuleOfTheClientsHidesTheSubsetsOfTheServices() {
    AnalyzedFiles files =
        AnalyzedFiles.services()
            .destinationRule("prod", "r", "host: reviews\n" + V1)
            .destinationRule("web", "own", FULL + "trafficPolicy: {loadBalancer: {simple: RANDOM}}")
            .rules("v", TO_V1);

    assertThat(files.diagnoses(Code.HIDDEN_DESTINATION))
        .singleElement()
        .asString()
        .contains("the rule in force for them is DestinationRule web/own at 3.yaml:1:1");
  }

  @Test
  void whatEverybodySeesIsNotMentioned() {
    assertThat(
            AnalyzedFiles.services()
                .destinationRule("prod", "r", "host: reviews\n" + V1)
                .rules("v", TO_V1)
                .diagnoses(Code.HIDDEN_DESTINATION))
        .isEmpty();
    assertThat(
            AnalyzedFiles.services()
                .destinationRule("prod", "r", "host: reviews\nexportTo: ['.']\n" + V1)
                .rules("v", "exportTo: ['.']\n" + TO_V1)
                .diagnoses(Code.HIDDEN_DESTINATION))
        .isEmpty();
  }

  @Test
  void aServiceThatOtherNamespacesDoNotSeeIsNamed() {
    assertThat(
            AnalyzedFiles.services()
                .with(
                    """
                    apiVersion: v1
                    kind: Service
                    metadata:
                      name: inner
                      namespace: prod
                      annotations: {networking.istio.io/exportTo: "."}
                    spec: {ports: [{name: http, port: 9080}]}
                    """)
                .rules("v", "hosts: [reviews]\nhttp: [{route: [{destination: {host: inner}}]}]\n")
                .diagnoses(Code.HIDDEN_DESTINATION))
        .singleElement()
        .asString()
        .contains("inner.prod.svc.cluster.local: clients in [web] use this rule");
  }
}
