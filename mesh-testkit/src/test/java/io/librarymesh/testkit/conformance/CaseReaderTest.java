package io.librarymesh.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.HealthStatus;
import io.librarymesh.config.RouteAction;
import io.librarymesh.config.WeightedCluster;
import io.librarymesh.random.Draw;
import io.librarymesh.testkit.conformance.CaseStep.Parked;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CaseReaderTest {
  private static final String HEAD =
      """
      name: n
      source: s
      features: [retry]
      """;

  private static final String CONFIG =
      """
      config: {routes: [{cluster: c}]}
      hosts: {c: [a, b]}
      """;

  @Test
  void readsTheShortFormOfStyleGuide() {
    ConformanceCase test =
        one(
            """
            name: host name match ignores case
            source: RFC 9110 4.2.3
            features: [route.host]
            config: {virtualHosts: [{name: v, domains: [Reviews.local], routes: [{match: {prefix: /}, cluster: reviews}]}]}
            hosts: {reviews: [a, b]}
            draws: {ROUND_ROBIN_START: [0]}
            calls:
              - {authority: REVIEWS.local, path: /x, upstream: [200], expect: {status: 200, hosts: [a], flags: []}}
              - {authority: other.local, path: /x, expect: {status: 404, hosts: [], flags: [NR]}}
            """);

    assertThat(test.name()).isEqualTo("host name match ignores case");
    assertThat(test.location()).isEqualTo("case.yaml:1");
    assertThat(test.features()).containsExactlyInAnyOrder("route.host", "draws.scripted");
    assertThat(test.steps()).hasSize(2);
    CallScript first = ((CaseStep.Call) test.steps().get(0)).script();
    assertThat(first.head().authority()).isEqualTo("REVIEWS.local");
    assertThat(first.location()).isEqualTo("case.yaml:8");
    assertThat(HostBinding.hostsOf(test)).containsExactly("a", "b");
  }

  @Test
  void readsClustersHostsAndWeights() {
    ConformanceCase test =
        one(
            HEAD
                + """
                config:
                  routes:
                    - clusters: [{cluster: c, weight: 20}, {cluster: d, weight: 80}]
                      timeout: 1500ms
                  clusters: {c: {lbPolicy: LEAST_REQUEST, panicThresholdPercent: 0}}
                hosts:
                  c: [a, {host: u, count: 2, health: UNHEALTHY, priority: 1, weight: 3}]
                  d: [e]
                calls: [{upstream: 200, expect: {status: 200, attempts: 1}}]
                """);

    var config = ((Given.Direct) test.given()).config();
    var route = config.routes().virtualHosts().get(0).routes().get(0);
    RouteAction.Forward forward = (RouteAction.Forward) route.action();
    assertThat(forward.clusters())
        .containsExactly(new WeightedCluster("c", 20), new WeightedCluster("d", 80));
    assertThat(forward.timeouts().routeNanos()).isEqualTo(1_500_000_000L);
    ClusterConfig c = Objects.requireNonNull(config.clusters().get("c"));
    assertThat(c.cluster().loadBalancing().panicThresholdPercent()).isZero();
    assertThat(c.localities()).hasSize(2);
    assertThat(c.localities().get(1).priority()).isEqualTo(1);
    assertThat(c.localities().get(1).endpoints())
        .containsExactly(
            new Endpoint("u1", 80, 3, HealthStatus.UNHEALTHY, Map.of()),
            new Endpoint("u2", 80, 3, HealthStatus.UNHEALTHY, Map.of()));
    assertThat(config.clusters()).containsOnlyKeys("c", "d");
  }

  @Test
  void sweepMakesOneCallForEachCombinationOfDraws() {
    ConformanceCase test =
        one(
            HEAD
                + CONFIG
                + """
                calls:
                  - sweep: {P2C_FIRST: 2, P2C_SECOND: 2}
                    upstream: 200
                    expect: {status: 200, hostCounts: {a: 1, b: 3}}
                """);

    CallScript script = ((CaseStep.Call) test.steps().get(0)).script();
    assertThat(script.rounds())
        .containsExactly(
            Map.of(Draw.P2C_FIRST, List.of(0), Draw.P2C_SECOND, List.of(0)),
            Map.of(Draw.P2C_FIRST, List.of(0), Draw.P2C_SECOND, List.of(1)),
            Map.of(Draw.P2C_FIRST, List.of(1), Draw.P2C_SECOND, List.of(0)),
            Map.of(Draw.P2C_FIRST, List.of(1), Draw.P2C_SECOND, List.of(1)));
  }

  @Test
  void readsHeldCallsTimeAndUpdates() {
    ConformanceCase test =
        one(
            HEAD
                + CONFIG
                + """
                calls:
                  - {start: one, parked: QUEUED, upstream: [refused, {status: 200, connecting: true}]}
                  - {release: one}
                  - {advance: 10s}
                  - {update: {config: {routes: [{cluster: c}]}, hosts: {c: [z]}}}
                  - {finish: one, expect: {status: 200, hosts: [a, b]}}
                """);

    assertThat(test.features())
        .containsExactlyInAnyOrder(
            "retry", "calls.held", "time.exact", "config.update", "transport.connecting");
    CaseStep.Start start = (CaseStep.Start) test.steps().get(0);
    assertThat(start.parked()).isEqualTo(Parked.QUEUED);
    assertThat(((CaseStep.Release) test.steps().get(1)).expect()).isEmpty();
    assertThat(((CaseStep.Advance) test.steps().get(2)).nanos()).isEqualTo(10_000_000_000L);
    Given.Direct updated = (Given.Direct) ((CaseStep.Update) test.steps().get(3)).given();
    ClusterConfig c = Objects.requireNonNull(updated.config().clusters().get("c"));
    assertThat(c.localities().get(0).endpoints()).containsExactly(Endpoint.of("z", 80));
    assertThat(HostBinding.hostsOf(test)).containsExactly("a", "b", "z");
  }

  @Test
  void severalDocumentsAreSeveralCases() {
    String one = HEAD + CONFIG + "calls: [{upstream: 200, expect: {status: 200, attempts: 1}}]\n";

    List<ConformanceCase> cases = ConformanceCases.parse("f.yaml", one + "---\n" + one);

    assertThat(cases).extracting(ConformanceCase::location).containsExactly("f.yaml:1", "f.yaml:8");
  }

  @Test
  void mistakesAreNamedWithFileAndLine() {
    refused(
        HEAD + CONFIG + "calls: []\nspeed: fast\n", "case.yaml:7: speed: unknown field in case");
    refused(
        HEAD + CONFIG + "calls: [{upstream: 200, expekt: {}}]\n",
        "case.yaml:6: expect: missing (expected: a value)");
    refused(
        HEAD + CONFIG + "calls:\n  - upstream: 200\n    expect: {status: 200}\n",
        "case.yaml:8: hosts: missing (expected: where the attempts went)");
    refused(
        HEAD + CONFIG + "calls:\n  - upstream: teapot\n    expect: {status: 200, hosts: []}\n",
        "case.yaml:7: upstream: teapot (expected: a status, or one of [refused, disconnect, reset,"
            + " refused-stream, garbage, hang])");
    refused(
        HEAD + CONFIG + "calls:\n  - advance: soon\n",
        "case.yaml:7: advance: soon (expected: a number with ns, us, ms, s, m or h)");
    refused(
        HEAD + CONFIG + "draws: {DICE: 1}\ncalls: [{upstream: 200, expect: {}}]\n",
        "case.yaml:6: DICE: no such draw");
    refused(HEAD + CONFIG, "case.yaml:1: calls: 0 (expected: calls, or else rejected)");
  }

  @Test
  void valueThatRecordsRefuseIsMistakeUnlessRejectionIsExpected() {
    String config = "config: {routes: [{clusters: [{cluster: c, weight: 0}]}]}\n";

    refused(
        HEAD + config + "calls: [{upstream: 200, expect: {status: 200, attempts: 1}}]\n",
        "case.yaml:4: sum of weights: 0 (expected: 1..2147483647)");
    ConformanceCase rejected = one(HEAD + config + "rejected: sum of weights\n");

    assertThat(rejected.given())
        .isEqualTo(new Given.Refused("sum of weights: 0 (expected: 1..2147483647)"));
  }

  @Test
  void mistakeInCaseIsNotTakenForRejection() {
    refused(
        HEAD + "config: {routes: [{klusters: []}]}\nrejected: route\n",
        "case.yaml:4: route: no action (expected: cluster or the like)");
  }

  private static ConformanceCase one(String yaml) {
    List<ConformanceCase> cases = ConformanceCases.parse("case.yaml", yaml);
    assertThat(cases).hasSize(1);
    return cases.get(0);
  }

  private static void refused(String yaml, String message) {
    assertThatThrownBy(() -> ConformanceCases.parse("case.yaml", yaml))
        .isInstanceOf(CaseSyntaxException.class)
        .hasMessageStartingWith(message);
  }
}
