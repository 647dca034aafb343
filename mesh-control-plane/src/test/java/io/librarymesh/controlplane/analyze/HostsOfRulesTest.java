package io.librarymesh.controlplane.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HostsOfRulesTest {
  private static final String TO = "route: [{destination: {host: reviews}}]";

  private static AnalyzedFiles rules(String hosts, String rule) {
    return AnalyzedFiles.services().rules("r", "hosts: " + hosts + "\nhttp: [{" + rule + "}]\n");
  }

  @Test
  void aMatchOnAPortThatNobodyHasIsNamed() {
    assertThat(rules("[reviews]", "match: [{port: 80}], " + TO).diagnoses(Code.UNKNOWN_MATCH_PORT))
        .singleElement()
        .asString()
        .contains("spec.http[0].match[0].port: 80: no service of [reviews] has this port")
        .contains("one of [9080]");
    assertThat(
            rules("[reviews]", "match: [{port: 9080}], " + TO).diagnoses(Code.UNKNOWN_MATCH_PORT))
        .isEmpty();
    assertThat(
            rules("[a.example]", "match: [{port: 80}], " + TO).diagnoses(Code.UNKNOWN_MATCH_PORT))
        .isEmpty();
  }

  @Test
  void rulesForAnotherProtocolThanIsSpokenAreNamed() {
    assertThat(
            AnalyzedFiles.services()
                .rules("r", "hosts: [reviews]\ntcp: [{" + TO + "}]\n")
                .diagnoses(Code.OTHER_PROTOCOL))
        .singleElement()
        .asString()
        .contains("spec.tcp: these rules are for no call: the ports of [reviews] are [9080 HTTP]");
    assertThat(rules("[reviews]", TO).diagnoses(Code.OTHER_PROTOCOL)).isEmpty();
    assertThat(
            AnalyzedFiles.services()
                .with(
                    """
                    apiVersion: v1
                    kind: Service
                    metadata: {name: db, namespace: prod}
                    spec: {ports: [{name: tcp, port: 5432}]}
                    """)
                .rules("r", "hosts: [db]\nhttp: [{" + TO + "}]\ntcp: [{" + TO + "}]\n")
                .diagnoses(Code.OTHER_PROTOCOL))
        .singleElement()
        .asString()
        .contains("spec.http: these rules are for no call");
  }

  @Test
  void aRuleForAHostThatIsNoServiceIsNamedWithWhatMayBeMeant() { // H4, H6
    assertThat(rules("[reviews.prod]", TO).diagnoses(Code.UNKNOWN_RULE_HOST))
        .containsExactly(
            "2.yaml:1:1: warning: LM0201 UnknownRuleHost: spec.hosts[0]: reviews.prod: no such"
                + " service, so the rules are for calls to its port 80 alone (did you mean"
                + " reviews.prod.svc.cluster.local?)");
    assertThat(rules("[shop]", TO).diagnoses(Code.UNKNOWN_RULE_HOST))
        .singleElement()
        .asString()
        .contains("did you mean shop.web.svc.cluster.local?");
    assertThat(rules("[revews]", TO).diagnoses(Code.UNKNOWN_RULE_HOST))
        .singleElement()
        .asString()
        .contains("warning", "expected: the host of a Service");
    assertThat(rules("[reviews]", TO).diagnoses(Code.UNKNOWN_RULE_HOST)).isEmpty();
  }

  @Test
  void aNameOutsideOfTheClusterMayBeMeant() {
    assertThat(rules("[a.example]", TO).diagnoses(Code.UNKNOWN_RULE_HOST))
        .singleElement()
        .asString()
        .contains(": info: ");
  }

  @Test
  void aHostThatOnlyAWildcardCoversHasRulesForPort80Alone() { // H16
    String entry =
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: w, namespace: prod}
        spec:
          hosts: ["*.example"]
          ports: [{number: 80, name: http, protocol: HTTP}%s]
          resolution: NONE
        """;
    assertThat(
            rules("[a.example]", TO)
                .with(entry.formatted(", {number: 8080, name: http-2, protocol: HTTP}"))
                .diagnoses(Code.UNKNOWN_RULE_HOST))
        .singleElement()
        .asString()
        .contains("since the ports [80, 8080] are those of *.example");
    assertThat(rules("[a.example]", TO).with(entry.formatted("")).diagnoses(Code.UNKNOWN_RULE_HOST))
        .isEmpty();
  }

  @Test
  void aHostThatTheWildcardOfAnotherRuleCoversIsNamed() { // S4
    AnalyzedFiles both =
        rules("[reviews]", TO)
            .rules("wild", "hosts: ['*.prod.svc.cluster.local']\nhttp: [{" + TO + "}]\n");

    assertThat(both.diagnoses(Code.OVERLAPPING_HOSTS))
        .singleElement()
        .asString()
        .startsWith("2.yaml:1:1: info: LM0202 OverlappingHosts: spec.hosts[0]: calls to reviews")
        .contains("none of VirtualService prod/wild for *.prod.svc.cluster.local at 3.yaml:1:1");
  }

  @Test
  void wildcardsThatNobodySeesBesideTheRuleAreLeftAlone() {
    AnalyzedFiles both =
        rules("[reviews]", TO)
            .rules(
                "wild",
                "hosts: ['*.prod.svc.cluster.local']\nexportTo: [other]\nhttp: [{" + TO + "}]\n");

    assertThat(both.diagnoses(Code.OVERLAPPING_HOSTS)).isEmpty();
  }
}
