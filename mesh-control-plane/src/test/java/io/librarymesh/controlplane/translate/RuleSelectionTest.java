package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.proto.envoy.config.route.v3.Route;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which VirtualService and which of its rules apply: examples S1 to S11 and M17, M20. */
class RuleSelectionTest {

  private static String rules(String metadata, String spec) {
    return """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {%s}
        spec: {%s}
        """
        .formatted(metadata, spec);
  }

  private static String to(String name) {
    return "http: [{name: " + name + ", route: [{destination: {host: ratings}}]}]";
  }

  private static List<String> names(List<Route> routes) {
    return routes.stream().map(Route::getName).toList();
  }

  @Test
  void olderOfTwoForOneHostWins() { // S1
    World.Client client =
        World.standard()
            .with(
                rules(
                    "name: a-new, namespace: prod, creationTimestamp: 2024-02-01T00:00:00Z",
                    "hosts: [reviews], " + to("new")))
            .with(
                rules(
                    "name: b-old, namespace: prod, creationTimestamp: 2024-01-01T00:00:00Z",
                    "hosts: [reviews], " + to("old")))
            .client();

    assertThat(names(client.routes("reviews:9080"))).containsExactly("old");
  }

  @Test
  void withoutAgesTheNameDecides() {
    World.Client client =
        World.standard()
            .with(rules("name: b, namespace: prod", "hosts: [reviews], " + to("b")))
            .with(rules("name: a, namespace: prod", "hosts: [reviews], " + to("a")))
            .client();

    assertThat(names(client.routes("reviews:9080"))).containsExactly("a");
  }

  @Test
  void olderPublicRulesOfAnotherNamespaceWin() { // S2
    World.Client client =
        World.standard()
            .with(
                rules(
                    "name: v, namespace: prod, creationTimestamp: 2024-02-01T00:00:00Z",
                    "hosts: [reviews.prod.svc.cluster.local], " + to("own")))
            .with(
                rules(
                    "name: v, namespace: a, creationTimestamp: 2024-01-01T00:00:00Z",
                    "hosts: [reviews.prod.svc.cluster.local], " + to("foreign")))
            .client();

    assertThat(names(client.routes("reviews:9080"))).containsExactly("foreign");
  }

  @Test
  void privateRulesOfTheClientsNamespaceBeatOlderPublicOnes() { // 2.3
    World.Client client =
        World.standard()
            .with(
                rules(
                    "name: v, namespace: prod, creationTimestamp: 2024-02-01T00:00:00Z",
                    "hosts: [reviews], exportTo: ['.'], " + to("private")))
            .with(
                rules(
                    "name: v, namespace: a, creationTimestamp: 2024-01-01T00:00:00Z",
                    "hosts: [reviews.prod.svc.cluster.local], " + to("public")))
            .client();

    assertThat(names(client.routes("reviews:9080"))).containsExactly("private");
    World.Client dev = new World.Client(client.context(), view("dev", Map.of()));
    assertThat(names(dev.routes("reviews.prod:9080"))).containsExactly("public");
  }

  @Test
  void moreSpecificHostWinsWhateverItsAge() { // S4
    World.Client client =
        World.standard()
            .with(
                rules(
                    "name: wild, namespace: prod, creationTimestamp: 2024-01-01T00:00:00Z",
                    "hosts: ['*.cluster.local'], " + to("wild")))
            .with(
                rules(
                    "name: exact, namespace: prod, creationTimestamp: 2024-02-01T00:00:00Z",
                    "hosts: [reviews], " + to("explicit")))
            .client();

    assertThat(names(client.routes("reviews:9080"))).containsExactly("explicit");
    assertThat(names(client.routes("ratings:8000"))).containsExactly("wild");
    assertThat(names(client.routes("web:8080"))).containsExactly("wild");
  }

  @Test
  void rulesOfAGatewayAloneAreNotTheMeshs() { // S5
    World.Client gateway =
        World.standard()
            .with(
                rules(
                    "name: v, namespace: prod", "hosts: [reviews], gateways: [gw], " + to("rule")))
            .client();
    World.Client both =
        World.standard()
            .with(
                rules(
                    "name: v, namespace: prod",
                    "hosts: [reviews], gateways: [gw, mesh], " + to("rule")))
            .client();

    assertThat(names(gateway.routes("reviews:9080"))).containsExactly("default");
    assertThat(names(both.routes("reviews:9080"))).containsExactly("rule");
  }

  @Test
  void rulesForOtherSourcesOnlyLeaveTheDefaultRoute() { // S8
    World.Client client =
        World.standard()
            .with(
                rules(
                    "name: v, namespace: prod",
                    """
                    hosts: [reviews],
                      http: [{name: other, match: [{sourceLabels: {app: other}}],
                              route: [{destination: {host: ratings}}]}]
                    """))
            .client();

    assertThat(names(client.routes("reviews:9080"))).containsExactly("default");
    World.Client other =
        new World.Client(client.context(), view("prod", Map.of("app", "other", "x", "y")));
    assertThat(names(other.routes("reviews:9080"))).containsExactly("other");
  }

  @Test
  void oneRuleThatAppliesLeavesNoDefaultRoute() { // S9: what it does not match is answered 404
    World.Client client =
        World.standard()
            .with(
                rules(
                    "name: v, namespace: prod",
                    """
                    hosts: [reviews],
                      http: [{name: other, match: [{sourceLabels: {app: other}}],
                              route: [{destination: {host: ratings}}]},
                             {name: x, match: [{uri: {prefix: /x}}],
                              route: [{destination: {host: ratings}}]}]
                    """))
            .client();

    Route only = client.onlyRoute("reviews:9080");
    assertThat(only.getName()).isEqualTo("x");
    assertThat(only.getMatch().getPrefix()).isEqualTo("/x");
  }

  @Test
  void rulesForTcpOnlyLeaveTheDefaultRoute() { // S11
    World.Client client =
        World.standard()
            .with(
                rules(
                    "name: v, namespace: prod",
                    "hosts: [reviews], tcp: [{route: [{destination: {host: ratings}}]}]"))
            .client();

    assertThat(names(client.routes("reviews:9080"))).containsExactly("default");
  }

  @Test
  void nothingBehindACatchAllIsSent() { // M17
    World.Client client =
        World.standard()
            .with(
                rules(
                    "name: v, namespace: prod",
                    """
                    hosts: [reviews],
                      http: [{name: all, route: [{destination: {host: ratings}}]},
                             {name: x, match: [{uri: {prefix: /x}}],
                              route: [{destination: {host: ratings}}]}]
                    """))
            .client();

    assertThat(names(client.routes("reviews:9080"))).containsExactly("all");
  }

  @Test
  void portIsDecidedBeforehand() { // M20
    World.Client client =
        World.standard()
            .with(
                rules(
                    "name: v, namespace: prod",
                    """
                    hosts: [web],
                      http: [{name: alt, match: [{port: 8080}],
                              route: [{destination: {host: web}}]}]
                    """))
            .client();

    assertThat(names(client.routes("web:80"))).containsExactly("default");
    Route alt = client.onlyRoute("web:8080");
    assertThat(alt.getName()).isEqualTo("alt");
    assertThat(alt.getMatch()).isEqualTo(MatchTranslation.ANYTHING);
  }

  @Test
  void sourceNamespaceIsDecidedBeforehandUnlessGatewaysAreNamed() { // 3.4
    String spec =
        """
        hosts: [reviews.prod.svc.cluster.local],
          http: [{name: dev, match: [{sourceNamespace: dev}],
                  route: [{destination: {host: ratings}}]},
                 {name: mesh, match: [{sourceNamespace: dev, gateways: [mesh]}],
                  route: [{destination: {host: ratings}}]}]
        """;
    World.Client prod = World.standard().with(rules("name: v, namespace: prod", spec)).client();
    World.Client dev = new World.Client(prod.context(), view("dev", Map.of()));

    assertThat(names(prod.routes("reviews:9080"))).containsExactly("mesh");
    assertThat(names(dev.routes("reviews.prod:9080"))).containsExactly("dev");
  }

  @Test
  void clientsDifferOnlyInLabelsThatRulesAskFor() {
    World.Client client =
        World.standard()
            .with(
                rules(
                    "name: v, namespace: prod",
                    """
                    hosts: [reviews],
                      http: [{match: [{sourceLabels: {app: other}}],
                              route: [{destination: {host: ratings}}]}]
                    """))
            .client();

    assertThat(client.context().canonical(view("prod", Map.of("app", "cart", "pod", "1"))))
        .isEqualTo(view("prod", Map.of("app", "cart")));
  }

  private static ClientView view(String namespace, Map<String, String> labels) {
    return new ClientView(namespace, labels, "", Dialect.LIBRARY);
  }
}
