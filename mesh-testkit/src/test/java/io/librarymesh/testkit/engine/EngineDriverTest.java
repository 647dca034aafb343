package io.librarymesh.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.config.ConfigSource.Update;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.Locality;
import io.librarymesh.config.LocalityEndpoints;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.TargetConfig;
import io.librarymesh.config.VirtualHost;
import io.librarymesh.testkit.conformance.ConformanceCase;
import io.librarymesh.testkit.conformance.ConformanceCases;
import io.librarymesh.testkit.conformance.ConformanceRunner;
import io.librarymesh.testkit.conformance.Given;
import io.librarymesh.testkit.conformance.IstioCompiler;
import io.librarymesh.testkit.conformance.RejectedConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EngineDriverTest {
  private static final String HEAD =
      """
      name: n
      source: s
      features: [retry]
      """;

  private static final String PLAIN =
      """
      config: {routes: [{cluster: c, retryPolicy: {on: 5xx, numRetries: 2}}]}
      hosts: {c: [a]}
      """;

  @Test
  void attemptThatNobodyWroteAnAnswerForFails() {
    fails(
        PLAIN + "calls: [{upstream: [503], expect: {status: 503, attempts: 1}}]\n",
        "attempt 2 at a (expected: 1)");
  }

  @Test
  void answerThatNobodyAskedForFails() {
    fails(
        PLAIN + "calls: [{upstream: [200, 200], expect: {status: 200, attempts: 1}}]\n",
        "attempts: 1 (expected: 2)");
  }

  @Test
  void attemptThatHangsWithoutTimeoutFailsInsteadOfHanging() {
    fails(
        PLAIN + "calls: [{upstream: [hang], expect: {status: 504, attempts: 1}}]\n",
        "waits for ever (expected: a bound)");
  }

  @Test
  void startedCallThatEndsAtOnceFails() {
    fails(
        "config: {routes: [{directResponse: {status: 200}}]}\ncalls:\n  - {start: one}\n",
        "ended at once with");
  }

  @Test
  void startedCallThatWaitsElsewhereFails() {
    fails(
        PLAIN
            + """
            calls:
              - {start: one, parked: QUEUED, upstream: [200]}
              - {finish: one, expect: {status: 200, attempts: 1}}
            """,
        "parked: SENT (expected: QUEUED)");
  }

  @Test
  void istioCasesGoThroughTheCompiler() {
    List<Given.IstioWorld> worlds = new ArrayList<>();
    IstioCompiler compiler =
        world -> {
          worlds.add(world);
          return Map.of("ratings:8000", new Update.Absent("none"));
        };
    ConformanceCase test =
        only(
            """
            client: {namespace: dev}
            mesh: {outboundTrafficPolicy: REGISTRY_ONLY}
            istio: 'kind: VirtualService'
            hosts: {ratings.prod.svc.cluster.local: [x]}
            calls: [{target: 'ratings:8000', expect: {status: 404, hosts: [], flags: [NR]}}]
            """);

    assertThatCode(() -> run(EngineDriver.with(compiler), test)).doesNotThrowAnyException();

    assertThat(worlds).hasSize(1);
    Given.IstioWorld world = worlds.get(0);
    assertThat(world.rules()).isEqualTo("kind: VirtualService");
    assertThat(world.services()).contains("name: ratings");
    assertThat(world.client())
        .isEqualTo(new Given.Client("dev", Map.of("app", "cart"), Locality.NONE));
    assertThat(world.mesh().registryOnly()).isTrue();
    assertThat(world.targets()).containsExactly("ratings:8000");
    assertThat(world.endpoints().get("ratings.prod.svc.cluster.local"))
        .flatExtracting(LocalityEndpoints::endpoints)
        .extracting(Endpoint::address)
        .allMatch(address -> address.startsWith("10.0.0."));
  }

  @Test
  void refusalOfTheCompilerIsRejection() {
    IstioCompiler compiler =
        world -> {
          throw new RejectedConfigException("spec.http[0]: weight 0");
        };
    ConformanceCase test = only("istio: x\nrejected: weight\n");

    assertThatCode(() -> run(EngineDriver.with(compiler), test)).doesNotThrowAnyException();
  }

  @Test
  void refusalOfTheEngineIsRejection() {
    IstioCompiler compiler =
        world -> {
          RouteConfig twice =
              new RouteConfig(
                  "r",
                  List.of(
                      new VirtualHost("v", List.of("*"), List.of(), false),
                      new VirtualHost("w", List.of("*"), List.of(), false)),
                  false);
          return Map.of(
              "reviews:9080",
              new Update.Resolved(new TargetConfig("reviews:9080", twice, Map.of())));
        };
    ConformanceCase test = only("istio: x\nrejected: virtualHosts[1]\n");

    assertThatCode(() -> run(EngineDriver.with(compiler), test)).doesNotThrowAnyException();
  }

  @Test
  void istioFeaturesAreThoseOfTheCompiler() {
    IstioCompiler compiler = world -> Map.of();

    assertThat(EngineDriver.create().features()).doesNotContain("istio", "istio.sidecar");
    assertThat(EngineDriver.with(compiler).features())
        .contains("istio", "time.exact")
        .doesNotContain("istio.sidecar");
  }

  private static void fails(String yaml, String message) {
    ConformanceCase test = only(yaml);
    assertThatThrownBy(() -> run(EngineDriver.create(), test))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(message);
  }

  private static void run(EngineDriver driver, ConformanceCase test) {
    new ConformanceRunner(driver, List.of(test)).run(test);
  }

  private static ConformanceCase only(String yaml) {
    return ConformanceCases.parse("case.yaml", HEAD + yaml).get(0);
  }
}
