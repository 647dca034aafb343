package io.librarymesh.controlplane.conformance;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.ConfigSource.Update;
import io.librarymesh.config.Locality;
import io.librarymesh.config.RouteAction.DirectResponse;
import io.librarymesh.controlplane.conformance.NaiveRules.Client;
import io.librarymesh.controlplane.conformance.NaiveRules.Match;
import io.librarymesh.controlplane.conformance.NaiveRules.Request;
import io.librarymesh.route.RouteDecision;
import io.librarymesh.route.RouteTable;
import io.librarymesh.testkit.conformance.Given;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Over many rules and requests: reader, translation, xDS and engine together decide what the naive
 * rules decide. {@code -Dnaive.pairs=1000000} makes it longer; the seed stays the same.
 */
class NaiveRulesTest {
  private static final int PAIRS = Integer.getInteger("naive.pairs", 20_000);
  private static final int REQUESTS = 200;

  private static final String WEB =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: web, namespace: prod}
      spec:
        clusterIP: 10.96.0.7
        selector: {app: web}
        ports: [{name: http, port: 80}, {name: http-alt, port: 8080}]
      """;

  @Test
  void pipelineDecidesLikeTheNaiveRules() throws Exception {
    RandomRules random = new RandomRules(2026);
    int matched = 0;
    int notTheFirst = 0;
    int pairs = 0;
    while (pairs < PAIRS) {
      List<List<Match>> rules = random.rules();
      Client client = random.client();
      Map<Integer, RouteTable> served = serve(rules, client);
      for (int i = 0; i < REQUESTS; i++, pairs++) {
        int port = i % 2 == 0 ? 80 : 8080;
        Request request = random.request(port);
        int expected = NaiveRules.decide(rules, client, port, request);
        assertThat(decide(requireNonNull(served.get(port)), request))
            .as("%s by %s at %s of %s", request, client, port, RandomRules.yaml(rules))
            .isEqualTo(expected);
        matched += expected >= 0 ? 1 : 0;
        notTheFirst += expected > 0 ? 1 : 0;
      }
    }

    // The comparison must have had something to compare.
    assertThat(matched).isBetween(pairs / 4, pairs - pairs / 10);
    assertThat(notTheFirst).isGreaterThan(pairs / 8);
  }

  /** What the client is served for a port of {@code web}, compiled. */
  private static Map<Integer, RouteTable> serve(List<List<Match>> rules, Client client)
      throws Exception {
    Map<String, Update> updates =
        new ControlPlaneCompiler()
            .compile(
                new Given.IstioWorld(
                    WEB,
                    RandomRules.yaml(rules),
                    Map.of(),
                    new Given.Client(client.namespace(), client.labels(), Locality.NONE),
                    Given.MeshSettings.DEFAULT,
                    List.of("web.prod:80", "web.prod:8080")));
    return Map.of(80, table(updates.get("web.prod:80")), 8080, table(updates.get("web.prod:8080")));
  }

  private static RouteTable table(@Nullable Update update) {
    assertThat(update).isInstanceOf(Update.Resolved.class);
    return RouteTable.compile(((Update.Resolved) requireNonNull(update)).config().routes());
  }

  /** The position of the rule. */
  private static int decide(RouteTable table, Request request) {
    RouteDecision decision = table.decide(request, (bound, draw) -> 0);
    if (!(decision instanceof RouteDecision.Matched matched)) {
      return NaiveRules.NO_RULE;
    }
    return matched.route().action() instanceof DirectResponse rule
        ? rule.status() - 200
        : NaiveRules.DEFAULT_ROUTE;
  }
}
