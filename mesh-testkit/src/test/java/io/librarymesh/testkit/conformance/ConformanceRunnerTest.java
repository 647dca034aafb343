package io.librarymesh.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.random.Draw;
import io.librarymesh.telemetry.ResponseFlag;
import io.librarymesh.testkit.ScriptedDraws;
import io.librarymesh.testkit.conformance.CallOutcome.Answered;
import io.librarymesh.testkit.conformance.CallOutcome.Attempted;
import io.librarymesh.testkit.conformance.CaseStep.Parked;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class ConformanceRunnerTest {
  private static final String CASE =
      """
      name: first host answers
      source: none
      features: [lb]
      config: {routes: [{cluster: c}]}
      hosts: {c: [a, b]}
      calls: [{upstream: 200, expect: {status: 200, hosts: [a], elapsed: 0ms..5ms}}]
      """;

  @Test
  void caseThatComesOutAsExpectedPasses() {
    FixedDriver driver = new FixedDriver("a");

    assertThatCode(() -> runner(driver, CASE).run(only(CASE))).doesNotThrowAnyException();
    assertThat(driver.calls).isEqualTo(1);
  }

  @Test
  void mismatchNamesCaseSourceStepAndBothValues() {
    assertThatThrownBy(() -> runner(new FixedDriver("b"), CASE).run(only(CASE)))
        .isInstanceOf(AssertionError.class)
        .hasMessage(
            "case.yaml:1: first host answers [none]: java.lang.AssertionError: step 1: hosts: [b]"
                + " (expected: [a])");
  }

  @Test
  void flagThatNobodyExpectedIsMismatch() {
    FixedDriver driver = new FixedDriver("a");
    driver.flags = Set.of(ResponseFlag.UF);

    assertThatThrownBy(() -> runner(driver, CASE).run(only(CASE)))
        .hasMessageContaining("flags: [UF] (expected: [])");
  }

  @Test
  void timesAreComparedOnlyWhenTheDriverHasExactTime() {
    FixedDriver driver = new FixedDriver("a");
    driver.elapsed = 1_000_000_000L;

    assertThatCode(() -> runner(driver, CASE).run(only(CASE))).doesNotThrowAnyException();
    driver.features = Set.of("lb", "time.exact");
    assertThatThrownBy(() -> runner(driver, CASE).run(only(CASE)))
        .hasMessageContaining("elapsed: 1000000000 (expected: 0..5000000)");
  }

  @Test
  void caseWithFeatureThatTheDriverLacksIsSkippedByName() {
    FixedDriver driver = new FixedDriver("a");
    driver.features = Set.of("retry");

    assertThatThrownBy(() -> runner(driver, CASE).run(only(CASE)))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("first host answers: fixed lacks [lb]");
    assertThat(driver.calls).isZero();
  }

  @Test
  void knownFailureIsSkippedAndItsPassFails() {
    FixedDriver failing = new FixedDriver("b");
    failing.knownFailures = Map.of("first host answers", "starts at the second");
    FixedDriver passing = new FixedDriver("a");
    passing.knownFailures = failing.knownFailures;

    assertThatThrownBy(() -> runner(failing, CASE).run(only(CASE)))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("known failure: starts at the second");
    assertThatThrownBy(() -> runner(passing, CASE).run(only(CASE)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(
            "passed (expected: to fail, since fixed has a known failure: starts at the second)");
  }

  @Test
  void caseThatLacksOnlyAwaitedFeaturesIsRunAndMustFail() {
    FixedDriver failing = new FixedDriver("b");
    failing.features = Set.of("retry");
    failing.awaited = Set.of("lb");
    FixedDriver passing = new FixedDriver("a");
    passing.features = failing.features;
    passing.awaited = failing.awaited;

    assertThatThrownBy(() -> runner(failing, CASE).run(only(CASE)))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("first host answers: fixed lacks [lb]");
    assertThat(failing.calls).isEqualTo(1);
    assertThatThrownBy(() -> runner(passing, CASE).run(only(CASE)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("passed (expected: to fail, since fixed lacks [lb])");
  }

  @Test
  void caseThatLacksMoreThanAwaitedFeaturesIsNotRun() {
    String both = CASE.replace("[lb]", "[lb, fault]");
    FixedDriver driver = new FixedDriver("a");
    driver.features = Set.of("retry");
    driver.awaited = Set.of("lb");

    assertThatThrownBy(() -> runner(driver, both).run(only(both)))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("fixed lacks [fault, lb]");
    assertThat(driver.calls).isZero();
  }

  @Test
  void headersAreComparedAsLinesAsValuesAndAsAbsent() {
    FixedDriver driver = new FixedDriver("a");
    driver.sent = Map.of("x", List.of("1", "2"), "y", List.of("3"), "w", List.of("a; b; c"));

    for (String well :
        List.of(
            "x: [1, 2]",
            "x: '1,2'",
            "y: '3'",
            "z: []",
            "x: {starts: '1'}",
            "x: {ends: '1'}",
            "w: {starts: a;, ends: ; c}",
            "")) {
      String test = expectingSent(well);
      assertThatCode(() -> runner(driver, test).run(only(test))).doesNotThrowAnyException();
    }
    for (String amiss :
        List.of(
            "x: ['1,2']",
            "x: '1'",
            "x: []",
            "y: [3, 3]",
            "z: ''",
            "y: '3,'",
            "x: {starts: '2'}",
            "x: {ends: '2'}",
            "w: {starts: a;, ends: b}",
            "w: {starts: a; b;, ends: b; c}",
            "z: {starts: '', ends: ''}")) {
      String test = expectingSent(amiss);
      assertThatThrownBy(() -> runner(driver, test).run(only(test)))
          .hasMessageContaining("step 1: sent: ");
    }
  }

  private static String expectingSent(String headers) {
    return CASE.replace("hosts: [a],", "hosts: [a], sent: [{" + headers + "}],");
  }

  @Test
  void scriptedDrawThatNeverHappensFails() {
    String scripted = CASE + "draws: {FAULT_ABORT: [1]}\n";
    FixedDriver driver = new FixedDriver("a");
    driver.features = Set.of("lb", "draws.scripted");

    assertThatThrownBy(() -> runner(driver, scripted).run(only(scripted)))
        .hasMessageContaining("scripted draws left: [FAULT_ABORT [1]]");
  }

  @Test
  void countsAreTakenOverAllCallsOfSweep() {
    String sweep =
        CASE.replaceAll(
            "calls:.*",
            "calls: [{sweep: {PRIORITY: 4}, upstream: 200,"
                + " expect: {status: 200, hostCounts: {a: 3, b: 1, a b: 4}}}]");
    FixedDriver driver = new FixedDriver("a");
    driver.features = Set.of("lb", "draws.scripted");
    driver.secondHostAt = 3;

    assertThatCode(() -> runner(driver, sweep).run(only(sweep))).doesNotThrowAnyException();
    driver.secondHostAt = 4;
    assertThatThrownBy(() -> runner(driver, sweep).run(only(sweep)))
        .hasMessageContaining("hostCounts of a: 4 (expected: 3); hostCounts of b: 0 (expected: 1)");
  }

  @Test
  void flagsOfSeveralStatusesAreCounted() {
    String burst =
        CASE.replaceAll(
            "calls:.*",
            "calls: [{repeat: 3, upstream: 200,"
                + " expect: {statusCounts: {'200': 3}, flagCounts: {UF: 3, UC: 0}, attempts: 1}}]");
    FixedDriver driver = new FixedDriver("a");
    driver.flags = Set.of(ResponseFlag.UF);

    assertThatCode(() -> runner(driver, burst).run(only(burst))).doesNotThrowAnyException();
    driver.flags = Set.of(ResponseFlag.UC);
    assertThatThrownBy(() -> runner(driver, burst).run(only(burst)))
        .hasMessageContaining(
            "flagCounts of UF: 0 (expected: 3); flagCounts of UC: 3 (expected: 0)");
  }

  @Test
  void hostsThatGotAnyAttemptAreCountedOnce() {
    String sweep =
        CASE.replaceAll(
            "calls:.*",
            "calls: [{sweep: {PRIORITY: 4}, upstream: 200, expect: {status: 200, distinctHosts:"
                + " 2}}]");
    FixedDriver driver = new FixedDriver("a");
    driver.features = Set.of("lb", "draws.scripted");
    driver.secondHostAt = 3;

    assertThatCode(() -> runner(driver, sweep).run(only(sweep))).doesNotThrowAnyException();
    driver.secondHostAt = 4;
    assertThatThrownBy(() -> runner(driver, sweep).run(only(sweep)))
        .hasMessageContaining("distinctHosts: 1 (expected: 2)");
  }

  @Test
  void rejectionIsComparedWithTheMessage() {
    String rejected = CASE.replaceAll("calls:.*", "rejected: no such thing");
    FixedDriver driver = new FixedDriver("a");

    assertThatThrownBy(() -> runner(driver, rejected).run(only(rejected)))
        .hasMessageContaining("configuration accepted (expected: no such thing)");
    driver.rejection = Optional.of("routes[0]: no such thing");
    assertThatCode(() -> runner(driver, rejected).run(only(rejected))).doesNotThrowAnyException();
    driver.rejection = Optional.of("something else");
    assertThatThrownBy(() -> runner(driver, rejected).run(only(rejected)))
        .hasMessageContaining("rejected: something else (expected: with no such thing)");
  }

  @Test
  void driverThatCanRunNothingFailsItsDeclarations() {
    FixedDriver driver = new FixedDriver("a");
    driver.features = Set.of("retry");

    assertThatThrownBy(() -> declarations(driver))
        .hasMessageContaining("cases that fixed can run: 0");
    driver.features = Set.of("lb", "magic");
    assertThatThrownBy(() -> declarations(driver)).hasMessageContaining("[magic]");
    driver.features = Set.of("lb");
    driver.awaited = Set.of("lb", "magic", "retry");
    assertThatThrownBy(() -> declarations(driver)).hasMessageContaining("awaited: [lb, magic]");
    driver.awaited = Set.of("retry");
    driver.knownFailures = Map.of("gone", "renamed");
    assertThatThrownBy(() -> declarations(driver)).hasMessageContaining("[gone]");
  }

  private static void declarations(FixedDriver driver) throws Throwable {
    DynamicNode first = runner(driver, CASE).tests().findFirst().orElseThrow();
    ((DynamicTest) first).getExecutable().execute();
  }

  private static ConformanceRunner runner(ConformanceDriver driver, String yaml) {
    return new ConformanceRunner(driver, List.of(only(yaml)));
  }

  private static ConformanceCase only(String yaml) {
    return ConformanceCases.parse("case.yaml", yaml).get(0);
  }

  /** Answers 200 from one host; draws a priority for each call when chance is scripted. */
  private static final class FixedDriver implements ConformanceDriver, CaseSession {
    private final String host;
    private Set<String> features = Set.of("lb");
    private Set<String> awaited = Set.of();
    private Map<String, String> knownFailures = Map.of();
    private Set<ResponseFlag> flags = Set.of();
    private Map<String, List<String>> sent = Map.of();
    private Optional<String> rejection = Optional.empty();
    private Optional<ScriptedDraws> draws = Optional.empty();
    private int secondHostAt = Integer.MAX_VALUE;
    private long elapsed;
    private int calls;

    FixedDriver(String host) {
      this.host = host;
    }

    @Override
    public String name() {
      return "fixed";
    }

    @Override
    public Set<String> features() {
      return features;
    }

    @Override
    public Set<String> awaitedFeatures() {
      return awaited;
    }

    @Override
    public Map<String, String> knownFailures() {
      return knownFailures;
    }

    @Override
    public CaseSession open(ConformanceCase test, ScriptedDraws scripted) throws Exception {
      if (rejection.isPresent()) {
        throw new RejectedConfigException(rejection.get());
      }
      draws = Optional.of(scripted);
      return this;
    }

    @Override
    public HostBinding binding() {
      return HostBinding.of(Map.of());
    }

    @Override
    public CallOutcome call(CallScript script) {
      calls++;
      int drawn = draws.orElseThrow().nextInt(4, Draw.PRIORITY);
      String at = drawn >= secondHostAt ? "b" : host;
      return new CallOutcome(
          new Answered(200, Map.of(), "", true),
          "c",
          flags,
          List.of(new Attempted(at, sent)),
          List.of(),
          List.of(),
          elapsed);
    }

    @Override
    public Parked start(CallScript script) {
      return Parked.SENT;
    }

    @Override
    public Optional<CallOutcome> release(String id) {
      return Optional.empty();
    }

    @Override
    public CallOutcome finish(String id) {
      throw new AssertionError(id);
    }

    @Override
    public CallOutcome cancel(String id) {
      throw new AssertionError(id);
    }

    @Override
    public void advance(long nanos) {}

    @Override
    public void update(Given given) {}

    @Override
    public void close() {}
  }
}
