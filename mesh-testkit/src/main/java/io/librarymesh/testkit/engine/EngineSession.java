package io.librarymesh.testkit.engine;

import io.librarymesh.Mesh;
import io.librarymesh.Semantics;
import io.librarymesh.dns.NameResolver.Answer;
import io.librarymesh.testkit.DirectConfigSource;
import io.librarymesh.testkit.FakeTime;
import io.librarymesh.testkit.RecordingObserver;
import io.librarymesh.testkit.ScriptedDraws;
import io.librarymesh.testkit.ScriptedNames;
import io.librarymesh.testkit.conformance.CallOutcome;
import io.librarymesh.testkit.conformance.CallScript;
import io.librarymesh.testkit.conformance.CaseConfiguration;
import io.librarymesh.testkit.conformance.CaseSession;
import io.librarymesh.testkit.conformance.CaseStep.Parked;
import io.librarymesh.testkit.conformance.ConformanceCase;
import io.librarymesh.testkit.conformance.Given;
import io.librarymesh.testkit.conformance.HostBinding;
import io.librarymesh.testkit.conformance.IstioCompiler;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One case on one mesh. */
final class EngineSession implements CaseSession {
  /**
   * Shortly before the clock wraps, so that comparing readings instead of subtracting them shows.
   */
  private static final long START = Long.MAX_VALUE - 1_000_000_000L;

  private final FakeTime time = FakeTime.startingAt(START);
  private final DirectConfigSource source = new DirectConfigSource(time);
  private final RecordingObserver observer = new RecordingObserver();
  private final ScriptedNames names = new ScriptedNames();
  private final HostBinding binding;
  private final Mesh mesh;
  private final CaseConfiguration configuration;
  private final Map<String, EngineCall> started = new LinkedHashMap<>();

  private EngineSession(
      HostBinding binding,
      Semantics semantics,
      ScriptedDraws draws,
      Optional<IstioCompiler> compiler) {
    this.binding = binding;
    this.mesh =
        Mesh.builder(source)
            .ticker(time)
            .wallClock(
                () ->
                    ConformanceCase.BEGINS_AT_MILLIS
                        + TimeUnit.NANOSECONDS.toMillis(time.elapsedNanos()))
            .scheduler(time)
            .names(names)
            .random(draws)
            .observer(observer)
            .semantics(semantics)
            .build();
    this.configuration = new CaseConfiguration(binding, compiler, source, mesh);
  }

  static EngineSession open(
      ConformanceCase test, ScriptedDraws draws, Optional<IstioCompiler> compiler)
      throws Exception {
    EngineSession session = new EngineSession(bindingOf(test), test.semantics(), draws, compiler);
    session.update(test.given());
    return session;
  }

  @Override
  public HostBinding binding() {
    return binding;
  }

  @Override
  public CallOutcome call(CallScript script) {
    return settled(begin(script).finish());
  }

  @Override
  public Parked start(CallScript script) {
    EngineCall call = begin(script);
    if (started.put(script.id(), call) != null) {
      throw new AssertionError("start: " + script.id() + " (expected: another id)");
    }
    return call.parked();
  }

  @Override
  public Optional<CallOutcome> release(String id) {
    return settled(find(id).release());
  }

  @Override
  public CallOutcome finish(String id) {
    return settled(find(id).finish());
  }

  @Override
  public CallOutcome cancel(String id) {
    return settled(find(id).cancel());
  }

  @Override
  public void advance(long nanos) {
    long target = time.elapsedNanos() + nanos;
    for (long next = deadline(); next <= target; next = deadline()) {
      time.advanceNanos(Math.max(0, next - time.elapsedNanos()));
      settle();
    }
    time.advanceNanos(target - time.elapsedNanos());
    settle();
  }

  @Override
  public void names(Map<String, Answer> answers) {
    answers.forEach((name, answer) -> names.answer(name, binding.bind(answer)));
    time.runDue();
    settle();
  }

  @Override
  public void update(Given given) throws Exception {
    configuration.apply(given);
    time.runDue();
    settle();
  }

  @Override
  public void close() {
    mesh.close();
    // A timer that outlives its mesh would keep it and run on it.
    time.assertNoMoreTasks();
  }

  /** What one call did may be what another one waited for. */
  private <T> T settled(T result) {
    settle();
    return result;
  }

  private void settle() {
    started.values().forEach(EngineCall::settle);
  }

  private long deadline() {
    return started.values().stream().mapToLong(EngineCall::deadline).min().orElse(Long.MAX_VALUE);
  }

  private EngineCall begin(CallScript script) {
    CallScript.Head head = script.head();
    int colon = head.target().lastIndexOf(':');
    String host = head.target().substring(0, colon);
    int port = Integer.parseInt(head.target().substring(colon + 1));
    EngineCall call =
        new EngineCall(mesh.call(host, port, new ScriptedHead(head)), script, time, this::name);
    call.observedBy(observer);
    call.begin();
    return call;
  }

  private String name(String address, int port) {
    return binding.host(address, port);
  }

  private EngineCall find(String id) {
    return Optional.ofNullable(started.get(id))
        .orElseThrow(() -> new AssertionError("no started call: " + id));
  }

  private static HostBinding bindingOf(ConformanceCase test) {
    List<String> hosts = HostBinding.hostsOf(test);
    Map<String, HostBinding.Address> addresses = new LinkedHashMap<>();
    for (int i = 0; i < hosts.size(); i++) {
      String address = "10.0." + (i + 1) / 256 + "." + (i + 1) % 256;
      addresses.put(hosts.get(i), new HostBinding.Address(address, 80));
    }
    return HostBinding.of(addresses);
  }
}
