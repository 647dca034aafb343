package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.istio.Finding;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReferenceFindingsTest {

  private static List<Finding> findings(String yaml) {
    return ReferenceFindings.of(World.standard().with(yaml).context());
  }

  private static String rules(String destination) {
    return """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: v, namespace: prod}
        spec:
          hosts: [reviews]
          http:
            - route:
                - destination: %s
        """
        .formatted(destination);
  }

  @Test
  void whatLeadsSomewhereIsNotMentioned() {
    assertThat(findings(rules("{host: reviews}"))).isEmpty();
  }

  @Test
  void unknownHostIsNamedWithItsPlace() {
    assertThat(findings(rules("{host: revews}")))
        .singleElement()
        .hasToString(
            "2.yaml:8:24: warning: spec.http[0].route[0].destination.host:"
                + " revews.prod.svc.cluster.local: no such service, calls fail with 503"
                + " (expected: the host of a Service or of a ServiceEntry)");
  }

  @Test
  void nameWithADotGetsAHint() { // H6
    assertThat(findings(rules("{host: ratings.prod}")))
        .singleElement()
        .matches(f -> f.message().endsWith("did you mean ratings.prod.svc.cluster.local?"));
  }

  @Test
  void undeclaredSubsetIsNamed() { // D8
    assertThat(findings(rules("{host: reviews, subset: v3}")))
        .singleElement()
        .matches(f -> f.fieldPath().equals("spec.http[0].route[0].destination.subset"))
        .matches(f -> f.message().startsWith("v3: not declared"));
  }

  @Test
  void missingPortIsNamed() { // 4.1
    assertThat(findings(rules("{host: ratings, port: {number: 81}}")))
        .singleElement()
        .matches(f -> f.message().contains("81: ratings.prod.svc.cluster.local has no such port"))
        .matches(f -> f.message().endsWith("(expected: one of [8000])"));
    assertThat(findings(rules("{host: ratings}")))
        .singleElement()
        .matches(f -> f.message().startsWith("no port is written"))
        .matches(f -> f.message().contains("does not have port 9080"));
  }

  @Test
  void rulesThatLoseAgainstOthersAreNamed() { // 2.3
    List<Finding> findings =
        findings(
            rules("{host: reviews}")
                + "---\n"
                + rules("{host: reviews}").replace("name: v", "name: w"));

    assertThat(findings)
        .singleElement()
        .matches(f -> f.fieldPath().equals("spec.hosts[0]"))
        .matches(f -> f.message().contains("VirtualService prod/v at 2.yaml:1:1 come first"));
  }

  @Test
  void ruleForNoServiceIsNamed() {
    assertThat(
            findings(
                """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: r, namespace: dev}
                spec: {host: reviews, trafficPolicy: {outlierDetection: {}}}
                """))
        .singleElement()
        .matches(f -> f.message().startsWith("reviews.dev.svc.cluster.local: no such service"));
  }

  @Test
  void destinationsOfRulesForTlsAndTcpAreLookedAtToo() {
    String yaml =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: db, namespace: prod}
        spec: {ports: [{name: tcp, port: 5432}, {name: https, port: 443}]}
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: v, namespace: prod}
        spec:
          hosts: [db]
          tcp:
            - route: [{destination: {host: dbb}}]
          tls:
            - match: [{sniHosts: [db]}]
              route: [{destination: {host: db, subset: v1}}]
        """;
    assertThat(findings(yaml))
        .extracting(Finding::fieldPath)
        .containsExactly(
            "spec.tls[0].route[0].destination.subset", "spec.tcp[0].route[0].destination.host");
    assertThat(findings(yaml.replace("dbb", "db").replace(", subset: v1", ""))).isEmpty();
  }

  @Test
  void aMirrorIsNamedWhereItStandsAndCostsNoCall() { // D20
    String rules = rules("{host: reviews}") + "      mirror: {host: nope}\n";
    assertThat(findings(rules))
        .singleElement()
        .matches(f -> f.fieldPath().equals("spec.http[0].mirror.host"))
        .matches(f -> f.message().contains("no such service, copies are dropped"));
    assertThat(
            findings(
                rules.replace("mirror: {host: nope}", "mirrors: [{destination: {host: nope}}]")))
        .extracting(Finding::fieldPath)
        .containsExactly("spec.http[0].mirrors[0].destination.host");
  }

  @Test
  void aServiceThatIsNotExportedIsCalledThat() { // A.3
    String hidden =
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: e, namespace: dev}
        spec:
          hosts: [a.example]
          exportTo: ["."]
          ports: [{number: 9080, name: http, protocol: HTTP}]
          resolution: DNS
        ---
        """;
    assertThat(findings(hidden + rules("{host: a.example}")))
        .singleElement()
        .matches(f -> f.message().startsWith("a.example: not exported to namespace prod by dev/e"))
        .matches(f -> f.message().contains("exportTo with prod or '*', found [.]"));
  }

  @Test
  void theRuleThatDeclaresTheSubsetForOthersIsNamed() {
    String hidden =
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: d, namespace: dev}
        spec:
          host: reviews.prod.svc.cluster.local
          exportTo: ["."]
          subsets: [{name: v1, labels: {version: v1}}]
        ---
        """;
    assertThat(findings(hidden + rules("{host: reviews, subset: v1}")))
        .singleElement()
        .matches(f -> f.message().contains("DestinationRule dev/d at 2.yaml:1:1 declares it"))
        .matches(f -> f.message().endsWith("not exported to namespace prod (exportTo: [.])"));
    String own = hidden.replace("namespace: dev", "namespace: prod").replace("name: d", "name: o");
    assertThat(
            findings(
                hidden.replace("exportTo: [\".\"]", "exportTo: [\"*\"]")
                    + own.replace("name: v1", "name: v2")
                    + rules("{host: reviews, subset: v1}")))
        .singleElement()
        .matches(f -> f.message().contains("(expected: one of [v2])"))
        .matches(f -> f.message().endsWith("not in force there, DestinationRule prod/o is"));
  }

  @Test
  void aHostThatIsResolvedWhenCalledHasNoSubsets() { // 7.3
    String dynamic =
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: e, namespace: prod}
        spec:
          hosts: ["*.example.com"]
          ports: [{number: 9080, name: http, protocol: HTTP}]
          resolution: DYNAMIC_DNS
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: d, namespace: prod}
        spec:
          host: "*.example.com"
          subsets: [{name: v1, labels: {version: v1}}]
        ---
        """;
    assertThat(findings(dynamic + rules("{host: '*.example.com', subset: v1}")))
        .singleElement()
        .matches(f -> f.message().contains("with resolution DYNAMIC_DNS has no subsets"));
  }

  @Test
  void rulesForOtherPortsOrClientsLeaveCallsToTheNext() { // 2.5, rule 9
    String catchAll = rules("{host: web}").replace("hosts: [reviews]", "hosts: [web]");
    String next = "---\n" + catchAll.replace("name: v", "name: w");
    String before = catchAll.replace("    - route:", "    - match: [%s]\n      route:");

    assertThat(findings(before.formatted("{port: 8080}") + next)).isEmpty();
    assertThat(findings(before.formatted("{sourceNamespace: dev}") + next)).isEmpty();
    assertThat(findings(before.formatted("{sourceLabels: {app: a}}") + next)).isEmpty();
    assertThat(findings(before.formatted("{port: 8080}, {port: 80}") + next)).hasSize(1);
    assertThat(findings(before.formatted("{uri: {prefix: /a}}") + next)).hasSize(1);
  }
}
