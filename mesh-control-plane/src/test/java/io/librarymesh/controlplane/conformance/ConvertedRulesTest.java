package io.librarymesh.controlplane.conformance;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.ConfigSource.Update;
import io.librarymesh.config.Locality;
import io.librarymesh.config.RouteAction.Forward;
import io.librarymesh.controlplane.conformance.NaiveRules.Match;
import io.librarymesh.controlplane.conformance.NaiveRules.Request;
import io.librarymesh.controlplane.convert.Conversion;
import io.librarymesh.route.RouteDecision;
import io.librarymesh.route.RouteTable;
import io.librarymesh.testkit.conformance.Given;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Over many rules and requests: what becomes of a VirtualService as an HTTPRoute, and of that one
 * as a VirtualService again, sends every request where the first one sent it.
 */
class ConvertedRulesTest {
  private static final int RULES = 1_500;
  private static final int REQUESTS = 40;
  private static final String TARGET = "web.prod:80";

  private static final String WEB =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: web, namespace: prod}
      spec: {clusterIP: 10.96.0.7, selector: {app: web}, ports: [{name: http, port: 80}]}
      """;

  @Test
  void everyFormSendsRequestsToTheSamePlace() throws Exception {
    RandomRules random = new RandomRules(12);
    int converted = 0;
    int matched = 0;
    int others = 0;
    for (int i = 0; i < RULES; i++) {
      String rules = forwarding(random.rules());
      Optional<String> route = convert(rules, Conversion.Form.GATEWAY_API);
      if (route.isEmpty()) {
        continue;
      }
      converted++;
      String back = convert(route.get(), Conversion.Form.ISTIO).orElseThrow();
      RouteTable first = serve(rules);
      RouteTable second = serve(route.get());
      RouteTable third = serve(back);
      for (int j = 0; j < REQUESTS; j++) {
        Request request = random.request(80);
        String expected = decide(first, request);
        assertThat(decide(second, request))
            .as("%s %s %s", request, rules, route.get())
            .isEqualTo(expected);
        assertThat(decide(third, request))
            .as("%s %s %s", request, route.get(), back)
            .isEqualTo(expected);
        matched += expected.isEmpty() ? 0 : 1;
        others += expected.isEmpty() || expected.contains("d0") ? 0 : 1;
      }
    }

    // The comparison must have had something to compare.
    assertThat(converted).isGreaterThan(RULES / 15);
    assertThat(matched).isGreaterThan(converted * REQUESTS / 4);
    assertThat(others).isGreaterThan(converted * REQUESTS / 20);
  }

  /** At most three rules, of what both forms can say, each of which sends to a host of its own. */
  private static String forwarding(List<List<Match>> rules) {
    List<List<Match>> few = new ArrayList<>();
    for (List<Match> matches : rules.subList(0, Math.min(3, rules.size()))) {
      few.add(matches.stream().map(ConvertedRulesTest::sayable).toList());
    }
    return RandomRules.yaml(few)
        .replaceAll(
            "directResponse: \\{status: 20([0-9])}",
            "route: [{destination: {host: d$1, port: {number: 80}}}]");
  }

  private static Match sayable(Match match) {
    return new Match(
        match.uri(),
        match.ignoreUriCase(),
        match.method().filter(m -> m.form() == NaiveRules.Form.EXACT && !m.value().equals("get")),
        Optional.empty(),
        Optional.empty(),
        match.headers(),
        Map.of(),
        match.queryParams(),
        0,
        Map.of(),
        "");
  }

  private static Optional<String> convert(String rules, Conversion.Form form) {
    return Conversion.of(List.of(source("web.yaml", WEB), source("rules.yaml", rules)), form)
        .get(1)
        .text();
  }

  private static Conversion.Source source(String name, String text) {
    return new Conversion.Source(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private static RouteTable serve(String rules) throws Exception {
    Update update =
        requireNonNull(
            new ControlPlaneCompiler()
                .compile(
                    new Given.IstioWorld(
                        WEB,
                        rules,
                        Map.of(),
                        new Given.Client("prod", Map.of(), Locality.NONE),
                        Given.MeshSettings.DEFAULT,
                        List.of(TARGET)))
                .get(TARGET));
    return RouteTable.compile(((Update.Resolved) update).config().routes());
  }

  /** The cluster that a request goes to; empty when no rule is for it. */
  private static String decide(RouteTable table, Request request) {
    RouteDecision decision = table.decide(request, (bound, draw) -> 0);
    return decision instanceof RouteDecision.Matched matched
            && matched.route().action() instanceof Forward forward
        ? forward.clusters().get(0).cluster()
        : "";
  }
}
