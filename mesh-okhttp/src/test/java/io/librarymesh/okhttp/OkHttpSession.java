package io.librarymesh.okhttp;

import io.librarymesh.Mesh;
import io.librarymesh.okhttp.ScriptedCall.Place;
import io.librarymesh.okhttp.upstream.Exchange;
import io.librarymesh.okhttp.upstream.Upstreams;
import io.librarymesh.testkit.DirectConfigSource;
import io.librarymesh.testkit.RecordingObserver;
import io.librarymesh.testkit.ScriptedDraws;
import io.librarymesh.testkit.conformance.Answer;
import io.librarymesh.testkit.conformance.CallOutcome;
import io.librarymesh.testkit.conformance.CallScript;
import io.librarymesh.testkit.conformance.CaseConfiguration;
import io.librarymesh.testkit.conformance.CaseSession;
import io.librarymesh.testkit.conformance.CaseStep.Parked;
import io.librarymesh.testkit.conformance.ConformanceCase;
import io.librarymesh.testkit.conformance.Given;
import io.librarymesh.testkit.conformance.HostBinding;
import io.librarymesh.testkit.conformance.IstioCompiler;
import io.librarymesh.testkit.conformance.UpstreamScript;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** One case over one client. */
final class OkHttpSession implements CaseSession {
  private final CaseClock clock = new CaseClock();
  private final Standstill standstill = new Standstill();
  private final RecordingObserver observer = new RecordingObserver();
  private final Upstreams upstreams;
  private final Mesh mesh;
  private final CaseConfiguration configuration;
  private final CaseClient client;
  private final CallRecords records;
  private final Map<String, ScriptedCall> started = new LinkedHashMap<>();

  private OkHttpSession(
      CaseClient.Style style,
      ConformanceCase test,
      ScriptedDraws draws,
      Optional<IstioCompiler> compiler)
      throws IOException {
    DirectConfigSource source = new DirectConfigSource(clock.time());
    List<String> hosts = HostBinding.hostsOf(test);
    boolean http2 = style == CaseClient.Style.HTTP_2 || test.features().contains("transport.http2");
    upstreams =
        http2 ? Upstreams.http2(hosts, this::arrived) : Upstreams.http1(hosts, this::arrived);
    mesh =
        Mesh.builder(source)
            .ticker(clock.time())
            .wallClock(
                () -> ConformanceCase.BEGINS_AT_MILLIS + TimeUnit.NANOSECONDS.toMillis(clock.now()))
            .scheduler(clock.time())
            .random(draws)
            .observer(observer)
            .semantics(test.semantics())
            .build();
    HostBinding binding = upstreams.binding();
    configuration = new CaseConfiguration(binding, compiler, source, mesh);
    records = new CallRecords(observer, binding);
    client =
        CaseClient.open(
            style,
            http2,
            mesh,
            call -> clock.timersOf(scripted(call)),
            upstreams,
            call -> events(scripted(call)));
    standstill.watch(client::hedgesInFlight);
  }

  static OkHttpSession open(
      CaseClient.Style style,
      ConformanceCase test,
      ScriptedDraws draws,
      Optional<IstioCompiler> compiler)
      throws Exception {
    OkHttpSession session = new OkHttpSession(style, test, draws, compiler);
    try {
      session.update(test.given());
    } catch (Exception | AssertionError refused) {
      session.close();
      throw refused;
    }
    return session;
  }

  @Override
  public HostBinding binding() {
    return upstreams.binding();
  }

  @Override
  public CallOutcome call(CallScript script) throws Exception {
    return end(begin(script));
  }

  @Override
  public Parked start(CallScript script) throws Exception {
    if (started.containsKey(script.id())) {
      throw new AssertionError("start: " + script.id() + " (expected: another id)");
    }
    ScriptedCall call = begin(script);
    started.put(script.id(), call);
    return switch (call.place()) {
      case WAITING -> Parked.QUEUED;
      case SENT, CONNECTING -> Parked.SENT;
      default -> throw new AssertionError(call + " (expected: to stand)");
    };
  }

  @Override
  public Optional<CallOutcome> release(String id) throws Exception {
    ScriptedCall call = find(id);
    if (call.place() == Place.ENDED) {
      throw new AssertionError("release after the end: " + call);
    }
    goOn(call);
    return call.place() == Place.ENDED ? Optional.of(outcome(call)) : Optional.empty();
  }

  @Override
  public CallOutcome finish(String id) throws Exception {
    return end(find(id));
  }

  @Override
  public CallOutcome cancel(String id) throws Exception {
    ScriptedCall call = find(id);
    call.cancel();
    standstill.await();
    return outcome(call);
  }

  @Override
  public void advance(long nanos) throws Exception {
    long target = clock.now() + nanos;
    while (clock.now() < target) {
      move(target);
    }
  }

  @Override
  public void update(Given given) throws Exception {
    configuration.apply(given);
    clock.runDue();
    // A call may have waited for this.
    standstill.await();
  }

  @Override
  public void close() {
    standstill.calls().stream()
        .filter(call -> call.place() != Place.ENDED)
        .forEach(ScriptedCall::cancel);
    mesh.close();
    Fixture.await("no connection in use", () -> client.connectionsInUse() == 0);
    client.evictIdleConnections();
    upstreams.close();
    // A timer that outlives its mesh would keep it and run on it.
    clock.time().assertNoMoreTasks();
  }

  private ScriptedCall begin(CallScript script) throws Exception {
    ScriptedCall call = new ScriptedCall(standstill, clock, script);
    standstill.add(call);
    if (upstreams.refuses(call.script().upstream())) {
      // An upstream ends them, too, but a connection of HTTP/2 may hear of that too late.
      client.evictIdleConnections();
    }
    expectNext(call);
    client.begin(call, CaseRequest.of(call, standstill.calls().size()), standstill);
    settle(call);
    return call;
  }

  private CallOutcome end(ScriptedCall call) throws Exception {
    while (call.place() != Place.ENDED) {
      goOn(call);
    }
    if (call.script().upstream() instanceof UpstreamScript.ByAttempt byAttempt
        && byAttempt.answers().size() > call.attempts().size()) {
      throw new AssertionError(
          "attempts: "
              + call.attempts().size()
              + " (expected: "
              + byAttempt.answers().size()
              + ")");
    }
    return outcome(call);
  }

  /** One move: the upstream's answer, the end of its body, or the end of a wait. */
  private void goOn(ScriptedCall call) throws Exception {
    if (call.lanes().isPresent() && call.place() != Place.READING) {
      goOnBeside(call);
      settle(call);
      return;
    }
    switch (call.place()) {
      case SENT, CONNECTING -> answer(call, call.attempts().size());
      case READING -> endBody(call);
      case WAITING -> moveWhile(call, Place.WAITING, Long.MAX_VALUE);
      default -> throw new AssertionError("goes on: " + call);
    }
    settle(call);
  }

  private void answer(ScriptedCall call, int attempt) throws Exception {
    Answer answer = call.answer();
    Place place = call.place();
    moveWhile(call, place, CaseClock.later(call.since(), answer.afterNanos()));
    if (call.attempts().size() > attempt || call.place() != place) {
      return;
    }
    if (place == Place.CONNECTING) {
      call.move();
      upstreams.accept(call.attempts().get(attempt - 1).host());
      standstill.await();
    }
    Exchange exchange = call.exchange();
    expectNext(call);
    if (answer instanceof Answer.Respond respond) {
      call.answering(respond);
      exchange.respond(respond);
    } else if (answer instanceof Answer.Fail fail) {
      call.move();
      exchange.fail(fail.failure());
    } else {
      throw new AssertionError("answer: " + answer);
    }
  }

  /** The same where attempts run beside each other: whatever is due first. */
  private void goOnBeside(ScriptedCall call) throws Exception {
    Optional<Lanes.Flight> next = call.nextFlight();
    long due = next.map(Lanes.Flight::due).orElse(Long.MAX_VALUE);
    int before = call.changes();
    while (call.place() != Place.ENDED && call.changes() == before && clock.now() < due) {
      if (due == Long.MAX_VALUE && !call.hasTimers()) {
        throw new AssertionError(call + " waits for ever (expected: a bound)");
      }
      move(due);
    }
    if (next.isEmpty() || call.changes() != before || call.place() == Place.ENDED) {
      return;
    }
    expectNext(call);
    Lanes.Flight flight = next.get();
    call.answering(flight);
    if (flight.answer() instanceof Answer.Respond respond) {
      flight.exchange().respond(respond);
    } else if (flight.answer() instanceof Answer.Fail fail) {
      flight.exchange().fail(fail.failure());
    }
  }

  private void endBody(ScriptedCall call) throws Exception {
    Answer.Body body = ((Answer.Respond) call.answer()).body();
    moveWhile(call, Place.READING, CaseClock.later(call.since(), body.pieceAfterNanos()));
    if (call.place() != Place.READING) {
      return;
    }
    if (call.sendsPiece(body)) {
      call.exchange().sendPiece();
    } else {
      call.exchange().endBody();
    }
  }

  /** Waits until everything stands still; delays of a known length pass by themselves. */
  private void settle(ScriptedCall call) throws Exception {
    standstill.await();
    while (call.isDelayed()) {
      move(Long.MAX_VALUE);
    }
  }

  /** Lets time pass until a call leaves its place, or until {@code limit}. */
  private void moveWhile(ScriptedCall call, Place place, long limit) throws Exception {
    long since = call.since();
    while (call.place() == place && call.since() == since && clock.now() < limit) {
      if (limit == Long.MAX_VALUE && !call.hasTimers()) {
        throw new AssertionError(call + " waits for ever (expected: a bound)");
      }
      move(limit);
    }
  }

  /** Lets time pass until something happens. */
  private void move(long limit) throws Exception {
    clock.move(limit);
    standstill.await();
    for (CaseClock.Alarm alarm = clock.nextDue(); alarm != null; alarm = clock.nextDue()) {
      expectNext(alarm.call);
      alarm.run();
      standstill.await();
    }
  }

  private void expectNext(ScriptedCall call) {
    Set<String> connecting =
        standstill.calls().stream()
            .filter(other -> other.place() == Place.CONNECTING)
            .map(other -> other.attempts().get(other.attempts().size() - 1).host())
            .collect(Collectors.toSet());
    try {
      upstreams.expect(call.script().upstream(), call.attempts().size() + 1, connecting);
    } catch (IOException e) {
      standstill.fail(e);
    }
  }

  private CaseEvents events(ScriptedCall call) {
    return new CaseEvents(call, upstreams, () -> expectNext(call));
  }

  private void arrived(String host, Exchange exchange) {
    String number = exchange.headers().getOrDefault(CaseRequest.CALL_HEADER, List.of("0")).get(0);
    ScriptedCall call = standstill.calls().get(Integer.parseInt(number) - 1);
    Answer toCopies = call.script().mirrors().get(host);
    if (toCopies == null) {
      call.arrived(host, exchange);
    } else {
      call.mirrored(host, exchange.headers());
      answerCopy(exchange, toCopies);
    }
  }

  /** At once: the caller does not wait for it, so nobody could let it go. */
  private void answerCopy(Exchange exchange, Answer answer) {
    try {
      if (answer instanceof Answer.Respond respond) {
        exchange.respond(respond);
      } else if (answer instanceof Answer.Fail fail) {
        exchange.fail(fail.failure());
      }
    } catch (IOException e) {
      standstill.fail(e);
    }
  }

  private CallOutcome outcome(ScriptedCall call) {
    Fixture.await("no copy on its way", () -> client.mirrorsInFlight() == 0);
    Fixture.await("no attempt beside others", () -> standstill.lanesOf(call) == 1);
    standstill.throwFailure();
    return records.outcome(call);
  }

  private ScriptedCall find(String id) {
    return Optional.ofNullable(started.get(id))
        .orElseThrow(() -> new AssertionError("no started call: " + id));
  }

  private static ScriptedCall scripted(okhttp3.Call call) {
    return Optional.ofNullable(call.request().tag(ScriptedCall.class)).orElseThrow();
  }
}
