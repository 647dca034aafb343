package io.librarymesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.config.ConfigSource.Update;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.LocalityEndpoints;
import io.librarymesh.testkit.conformance.ConformanceCase;
import io.librarymesh.testkit.conformance.ConformanceCases;
import io.librarymesh.testkit.conformance.ConformanceRunner;
import io.librarymesh.testkit.conformance.Given;
import io.librarymesh.testkit.conformance.IstioCompiler;
import io.librarymesh.testkit.engine.EngineDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes against the script of a case fails it, over every kind of client. */
final class OkHttpDriverTest {
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

  static List<OkHttpDriver> drivers() {
    return List.of(OkHttpDriver.blocking(), OkHttpDriver.async(), OkHttpDriver.http2());
  }

  @ParameterizedTest
  @MethodSource("drivers")
  void attemptThatNobodyWroteAnAnswerForFails(OkHttpDriver driver) {
    fails(
        driver,
        PLAIN + "calls: [{upstream: [503], expect: {status: 503, attempts: 1}}]\n",
        "attempt 2 at a (expected: 1)");
  }

  @ParameterizedTest
  @MethodSource("drivers")
  void answerThatNobodyAskedForFails(OkHttpDriver driver) {
    fails(
        driver,
        PLAIN + "calls: [{upstream: [200, 200], expect: {status: 200, attempts: 1}}]\n",
        "attempts: 1 (expected: 2)");
  }

  @ParameterizedTest
  @MethodSource("drivers")
  void attemptThatHangsWithoutTimeoutFailsInsteadOfHanging(OkHttpDriver driver) {
    fails(
        driver,
        PLAIN + "calls: [{upstream: [hang], expect: {status: 504, attempts: 1}}]\n",
        "waits for ever (expected: a bound)");
  }

  @ParameterizedTest
  @MethodSource("drivers")
  void startedCallThatEndsAtOnceFails(OkHttpDriver driver) {
    fails(
        driver,
        "config: {routes: [{directResponse: {status: 200}}]}\ncalls:\n  - {start: one}\n",
        "ENDED [] (expected: to stand)");
  }

  @ParameterizedTest
  @MethodSource("drivers")
  void startedCallThatWaitsElsewhereFails(OkHttpDriver driver) {
    fails(
        driver,
        PLAIN
            + """
            calls:
              - {start: one, parked: QUEUED, upstream: [200]}
              - {finish: one, expect: {status: 200, attempts: 1}}
            """,
        "parked: SENT (expected: QUEUED)");
  }

  @ParameterizedTest
  @MethodSource("drivers")
  void drawThatNobodyScriptedFails(OkHttpDriver driver) {
    fails(
        driver,
        PLAIN
            + """
            draws: {RETRY_JITTER: [1]}
            calls: [{upstream: [503, 503, 200], expect: {status: 200, attempts: 3}}]
            """,
        "draw RETRY_JITTER with bound 50 (expected: no draw");
  }

  @ParameterizedTest
  @MethodSource("drivers")
  void istioCasesGoThroughTheCompiler(OkHttpDriver driver) {
    List<Given.IstioWorld> worlds = new ArrayList<>();
    IstioCompiler compiler =
        world -> {
          worlds.add(world);
          return Map.of("ratings:8000", new Update.Absent("none"));
        };
    ConformanceCase test =
        only(
            """
            istio: 'kind: VirtualService'
            hosts: {ratings.prod.svc.cluster.local: [x]}
            calls: [{target: 'ratings:8000', expect: {status: 404, hosts: [], flags: [NR]}}]
            """);

    assertThatCode(() -> run(driver.with(compiler), test)).doesNotThrowAnyException();

    assertThat(worlds).hasSize(1);
    assertThat(worlds.get(0).endpoints().get("ratings.prod.svc.cluster.local"))
        .flatExtracting(LocalityEndpoints::endpoints)
        .extracting(Endpoint::address)
        .containsExactly("127.0.0.1");
  }

  @Test
  void whatTheEngineShowsOkHttpShowsButForWhatItsApiHides() {
    for (OkHttpDriver driver : drivers()) {
      Set<String> lacking = new TreeSet<>(EngineDriver.create().features());
      lacking.removeAll(driver.features());

      assertThat(lacking).containsExactly("dns", "tls.origination", "transport.unsent");
    }
  }

  private static void fails(OkHttpDriver driver, String yaml, String message) {
    ConformanceCase test = only(yaml);
    assertThatThrownBy(() -> run(driver, test))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(message)
        .satisfies(OkHttpDriverTest::leavesNothingBehind);
  }

  /** What is left over when a session is closed is told with its failure. */
  private static void leavesNothingBehind(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      assertThat(e.getSuppressed()).isEmpty();
    }
  }

  private static void run(OkHttpDriver driver, ConformanceCase test) {
    new ConformanceRunner(driver, List.of(test)).run(test);
  }

  private static ConformanceCase only(String yaml) {
    return ConformanceCases.parse("case.yaml", HEAD + yaml).get(0);
  }
}
