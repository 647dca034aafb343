package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.istio.Finding;
import java.util.List;
import org.junit.jupiter.api.Test;

class IngressFindingsTest {

  private static final String GATEWAY =
      """
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: {name: gw, namespace: prod}
      spec:
        selector: {istio: gw}
        servers: [{port: {number: 81, name: http, protocol: HTTP}, hosts: ['*.a.b', dev/c.d]}]
      """;

  private static List<Finding> findings(String... yaml) {
    World world = World.standard();
    for (String file : yaml) {
      world.with(file);
    }
    return ReferenceFindings.of(world.context());
  }

  private static String rules(String hosts, String gateways, String destination) {
    return """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: v, namespace: prod}
        spec:
          hosts: %s
          gateways: %s
          http: [{route: [{destination: {%s}}]}]
        """
        .formatted(hosts, gateways, destination);
  }

  @Test
  void whatHasItsPlaceIsNotMentioned() {
    assertThat(findings(GATEWAY, rules("[x.a.b]", "[gw]", "host: reviews"))).isEmpty();
    assertThat(findings(GATEWAY, rules("['*']", "[gw]", "host: reviews"))).isEmpty();
  }

  @Test
  void missingGatewayIsNamed() {
    assertThat(findings(GATEWAY, rules("[x.a.b]", "[gw, dev/gw]", "host: reviews")))
        .singleElement()
        .hasToString(
            "3.yaml:1:1: warning: spec.gateways[1]: dev/gw: no such Gateway"
                + " (expected: one of [prod/gw])");
  }

  @Test
  void hostThatNoServerTakesIsNamed() {
    assertThat(findings(GATEWAY, rules("[x.a.b, c.d]", "[gw]", "host: reviews")))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.fieldPath()).isEqualTo("spec.hosts[1]");
              assertThat(finding.message())
                  .contains("c.d: no server of its Gateways", "namespace prod", "*.a.b");
            });
  }

  @Test
  void hostForClientsOfTheMeshMayBeNoneOfTheGateways() {
    assertThat(findings(GATEWAY, rules("[x.a.b, reviews]", "[gw, mesh]", "host: reviews")))
        .isEmpty();
  }

  @Test
  void destinationsOfGatewaysAreChecked() {
    assertThat(findings(GATEWAY, rules("[x.a.b]", "[gw]", "host: nobody")))
        .singleElement()
        .satisfies(finding -> assertThat(finding.message()).contains("no such service"));
    assertThat(findings(GATEWAY, rules("[x.a.b]", "[gw]", "host: web")))
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.message())
                    .contains("that of the Gateway is taken", "does not have port 81"));
    assertThat(findings(GATEWAY, rules("[x.a.b]", "[gw]", "host: web, port: {number: 80}")))
        .isEmpty();
  }

  @Test
  void rulesOfTwoForOneHostAreNoConflictAtAGateway() {
    String rules = rules("[x.a.b]", "[gw]", "host: reviews");

    assertThat(findings(GATEWAY, rules, rules.replace("name: v,", "name: w,"))).isEmpty();
  }

  @Test
  void serverWithoutAPlaceIsNamed() {
    String second =
        GATEWAY.replace("name: gw,", "name: second,").replace("protocol: HTTP}", "protocol: TCP}");
    String partial =
        """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {name: partial, namespace: prod}
        spec:
          selector: {istio: other}
          servers:
            - port: {number: 443, name: tls, protocol: TLS}
              hosts: ['*-x.a.b']
              tls: {mode: PASSTHROUGH}
        """;

    assertThat(findings(GATEWAY, second))
        .singleElement()
        .hasToString(
            "3.yaml:6:13: warning: spec.servers[0]: nothing listens for it: port 81 is one of HTTP"
                + " by the Gateway prod/gw");
    assertThat(findings(partial))
        .singleElement()
        .satisfies(finding -> assertThat(finding.message()).contains("*-x.a.b is no server name"));
  }
}
