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
}
