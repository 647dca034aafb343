package io.librarymesh.testkit.engine;

import io.librarymesh.HedgedAttempt;
import io.librarymesh.MeshCall;
import io.librarymesh.Step;
import io.librarymesh.config.Body;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.StoredResponse;
import io.librarymesh.fault.ResponsePace;
import io.librarymesh.outcome.TransportFailure;
import io.librarymesh.telemetry.CallRecord;
import io.librarymesh.testkit.FakeTime;
import io.librarymesh.testkit.RecordingObserver;
import io.librarymesh.testkit.conformance.Answer;
import io.librarymesh.testkit.conformance.CallOutcome;
import io.librarymesh.testkit.conformance.CallOutcome.Answered;
import io.librarymesh.testkit.conformance.CallOutcome.Attempted;
import io.librarymesh.testkit.conformance.CallScript;
import io.librarymesh.testkit.conformance.CaseStep.Parked;
import io.librarymesh.testkit.conformance.ConformanceCase;
import io.librarymesh.testkit.conformance.UpstreamScript;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Drives one call. It stands still at an upstream, or in a queue, until it is told to go on, gets
 * its turn or runs out of time; waits of a known length pass by themselves. Calls that are begun
 * beside it take turns with it, whichever is due first.
 */
final class EngineCall {
  /** Finds the logical host of an address. */
  @FunctionalInterface
  interface Naming {
    String host(String address, int port);
  }

  private final MeshCall call;
  private final CallScript script;
  private final FakeTime time;
  private final Naming naming;
  private final long startedAt;
  private final List<Attempted> attempts;
  private final List<Long> waits = new ArrayList<>();
  private final IdentityHashMap<MeshCall, EngineCall> beside = new IdentityHashMap<>();
  private final List<EngineCall> copies = new ArrayList<>();

  /** This call and those begun beside it, whose attempts are counted as one call's. */
  private final List<EngineCall> lanes;

  private Optional<RecordingObserver> observer = Optional.empty();
  private Optional<CallOutcome> outcome = Optional.empty();
  private @Nullable Step step;
  private @Nullable HedgedAttempt hedged;
  private Answer answer = new Answer.Hang();
  private Map<String, List<String>> delivered = Map.of();

  /** When the attempt was sent, or its answer or the last piece of its body delivered. */
  private long sentAt;

  private int pieces;

  /** When the attempt, the body or the wait in the queue runs out of time, silence aside. */
  private long deadline;

  /** When connecting has taken too long. */
  private long connectDeadline = Long.MAX_VALUE;

  /** When another call is begun beside the attempt. */
  private long expiry = Long.MAX_VALUE;

  EngineCall(MeshCall call, CallScript script, FakeTime time, Naming naming) {
    this(call, script, time, naming, new ArrayList<>(), new ArrayList<>());
  }

  private EngineCall(
      MeshCall call,
      CallScript script,
      FakeTime time,
      Naming naming,
      List<Attempted> attempts,
      List<EngineCall> lanes) {
    this.call = call;
    this.script = script;
    this.time = time;
    this.naming = naming;
    this.startedAt = time.elapsedNanos();
    this.attempts = attempts;
    this.lanes = lanes;
    lanes.add(this);
  }

  /** What the mesh tells this observer must agree with what the call saw. */
  void observedBy(RecordingObserver told) {
    observer = Optional.of(told);
  }

  void begin() {
    go(call.start());
  }

  Parked parked() {
    if (outcome.isPresent()) {
      throw new AssertionError("ended at once with " + outcome.get() + " (expected: to stand)");
    }
    return step instanceof Step.Wait ? Parked.QUEUED : Parked.SENT;
  }

  /** When something happens to this call by itself; {@link Long#MAX_VALUE} when nothing does. */
  long deadline() {
    return outcome.isPresent() ? Long.MAX_VALUE : first(EngineCall::ownDue).ownDue();
  }

  /** When the attempt, the body or the wait in the queue is over by itself. */
  private long limit() {
    return Math.min(Math.min(deadline, connectDeadline), endOfSilence());
  }

  /** When the attempt or the body has been silent for too long. */
  private long endOfSilence() {
    return step instanceof Step.Wait
        ? Long.MAX_VALUE
        : later(time.elapsedNanos(), call.silenceNanos());
  }

  /** Does what happens by itself: its turn in the queue, or a timeout. */
  void settle() {
    while (outcome.isEmpty() && (hasItsTurn() || deadline() <= time.elapsedNanos())) {
      goOn(hasItsTurn() ? this : first(EngineCall::ownDue));
    }
  }

  Optional<CallOutcome> release() {
    if (outcome.isPresent()) {
      throw new AssertionError("release after " + outcome.get());
    }
    goOn();
    return outcome;
  }

  CallOutcome finish() {
    while (outcome.isEmpty()) {
      goOn();
    }
    if (script.upstream() instanceof UpstreamScript.ByAttempt byAttempt
        && byAttempt.answers().size() > attempts.size()) {
      throw new AssertionError(
          "attempts: " + attempts.size() + " (expected: " + byAttempt.answers().size() + ")");
    }
    return outcome.get();
  }

  CallOutcome cancel() {
    call.cancel();
    breakOff();
    end(Answered.NOTHING);
    return outcome.orElseThrow();
  }

  private void goOn() {
    goOn(first(EngineCall::due));
  }

  private void goOn(EngineCall lane) {
    lane.move();
    breakOff();
  }

  private EngineCall first(ToLongFunction<EngineCall> due) {
    return lanes.stream().min(Comparator.comparingLong(due)).orElseThrow();
  }

  /** Attempts that were overtaken end at once. */
  private void breakOff() {
    for (EngineCall lane : List.copyOf(lanes)) {
      if (lanes.contains(lane) && lane.isOvertaken()) {
        lane.go(lane.call.proceed());
      }
    }
  }

  private boolean isOvertaken() {
    if (step instanceof Step.Send) {
      return hedged != null && hedged.overtaken().fired();
    }
    return lanes.get(0) != this && hasItsTurn();
  }

  /** When this one moves by itself. */
  private long ownDue() {
    return Math.min(limit(), expiry);
  }

  /** When this one moves, if its upstream answers when it is due. */
  private long due() {
    if (step instanceof Step.Send) {
      long answered = Math.max(later(sentAt, answer.afterNanos()), time.elapsedNanos());
      return Math.min(answered, ownDue());
    }
    return step instanceof Step.Wait && !hasItsTurn() ? deadline : time.elapsedNanos();
  }

  /** One move: the upstream's answer, the end of its body, or the end of a wait. */
  private void move() {
    if (step instanceof Step.Send && expiry == due() && expiry < limit()) {
      hedge();
    } else if (step instanceof Step.Send) {
      go(answered());
    } else if (step instanceof Step.Wait) {
      waitForTurn();
      go(call.proceed());
    } else {
      endOfBody((Answer.Respond) answer);
    }
  }

  /** Follows the steps of the call until it stands still. */
  private void go(Step next) {
    step = next;
    connectDeadline = Long.MAX_VALUE;
    if (step instanceof Step.Wait wait) {
      waiting(wait);
    } else if (step instanceof Step.Send send) {
      sent(send);
    } else if (step instanceof Step.Leave) {
      leave();
    } else if (step instanceof Step.Reply reply) {
      end(new Answered(reply.status(), reply.headers(), reply.body().text(), true));
    } else if (lanes.get(0) != this) {
      leave();
    } else {
      answer = winner().answer;
      delivered((Answer.Respond) answer);
    }
  }

  /** Whoever made the first call has the answer of this one, or no use for it. */
  private void leave() {
    lanes.remove(this);
  }

  private EngineCall winner() {
    MeshCall winner = call.winner();
    return winner == null ? this : Objects.requireNonNull(beside.get(winner), "winner");
  }

  /** The attempt has taken its time, and gets another beside it. */
  private void hedge() {
    passUntil(expiry);
    expiry = Long.MAX_VALUE;
    MeshCall rival = Objects.requireNonNull(hedged, "hedged").hedge();
    if (rival != null) {
      EngineCall lane = new EngineCall(rival, script, time, naming, attempts, lanes);
      lanes.get(0).beside.put(rival, lane);
      lane.begin();
    }
  }

  private void waiting(Step.Wait wait) {
    deadline = later(time.elapsedNanos(), wait.nanos());
    if (wait.signal() == null) {
      waits.add(wait.nanos());
      passUntil(deadline);
      go(call.proceed());
    } else if (hasItsTurn()) {
      go(call.proceed());
    }
  }

  private void sent(Step.Send send) {
    Endpoint endpoint = send.endpoint();
    String host =
        endpoint == null
            ? ConformanceCase.ORIGINAL_DESTINATION
            : naming.host(endpoint.address(), endpoint.port());
    LineSink headers = new LineSink(script.head().headers());
    headers.set(":authority", call.authority());
    headers.set(":path", call.path());
    call.requestHeaders(headers);
    attempts.add(new Attempted(host, headers.lines()));
    answer = script.upstream().answer(attempts.size(), host);
    sentAt = time.elapsedNanos();
    deadline = later(sentAt, call.attemptTimeoutNanos());
    hedged = call.hedged();
    expiry = Long.MAX_VALUE;
    if (script.head().body() != CallScript.RequestBody.STREAMED) {
      call.mirrors().forEach(this::mirror);
    }
    if (answer.connectsAtOnce()) {
      connected();
    } else {
      connectDeadline = later(sentAt, send.connectTimeoutNanos());
    }
  }

  /** A copy goes out beside the call; it comes to its end when the call has come to its own. */
  private void mirror(MeshCall copy) {
    CallScript copied =
        new CallScript(
            script.id(),
            script.head(),
            new UpstreamScript.ByHost(script.mirrors()),
            Map.of(),
            script.rounds(),
            script.location());
    EngineCall begun = new EngineCall(copy, copied, time, naming);
    copies.add(begun);
    begun.begin();
  }

  private void connected() {
    boolean begun = true;
    if (answer instanceof Answer.Fail fail) {
      if (fail.failure() == TransportFailure.CONNECT_FAILURE) {
        return;
      }
      begun = fail.requestSent();
    }
    call.onConnected();
    if (script.head().body() != CallScript.RequestBody.NONE) {
      call.onBytesSent();
    }
    deadline = Math.min(deadline, later(time.elapsedNanos(), call.perTryTimeoutNanos()));
    if (hedged != null) {
      expiry = later(time.elapsedNanos(), hedged.hedgeNanos());
    }
    if (begun && script.head().body() == CallScript.RequestBody.STREAMED) {
      call.onUnrepeatableBody();
    }
  }

  private Step answered() {
    long due = later(sentAt, answer.afterNanos());
    long limit = limit();
    if (limit <= Math.max(due, time.elapsedNanos())) {
      passUntil(limit);
      return limit == connectDeadline && limit < deadline
          ? call.onFailure(TransportFailure.CONNECT_FAILURE, false, "connect timeout")
          : call.onTimeout();
    }
    connectDeadline = Long.MAX_VALUE;
    passUntil(due);
    if (!answer.connectsAtOnce()) {
      connected();
    }
    if (answer instanceof Answer.Respond respond) {
      return call.onResponse(new ScriptedResponse(respond));
    }
    if (answer instanceof Answer.Fail fail) {
      return call.onFailure(fail.failure(), fail.requestSent(), "scripted");
    }
    throw new AssertionError(
        "attempt " + attempts.size() + " hangs for ever (expected: a timeout to end it)");
  }

  private void delivered(Answer.Respond respond) {
    LineSink headers = new LineSink(new ScriptedResponse(respond).lines());
    call.responseHeaders(headers);
    delivered = headers.lines();
    sentAt = time.elapsedNanos();
    pieces = 0;
    deadline = later(sentAt, call.bodyTimeoutNanos());
    expiry = Long.MAX_VALUE;
    if (call.wantedBytes() < Body.ofText(respond.body().text()).size()) {
      call.onBodyTooLarge();
    }
    if (respond.body().endsAfterNanos() == 0) {
      endOfBody(respond);
    }
  }

  private void endOfBody(Answer.Respond respond) {
    Answer.Body body = respond.body();
    long due = Math.max(later(sentAt, body.pieceAfterNanos()), time.elapsedNanos());
    long limit = limit();
    passUntil(Math.min(due, limit));
    if (due <= limit && ++pieces < body.pieces()) {
      sentAt = time.elapsedNanos();
      call.onBytesReceived();
      return;
    }
    boolean late = due > limit || (!body.breaks() && !passesAtItsPace(body));
    boolean complete = !late && !body.breaks();
    if (late) {
      call.onBodyTimeout();
    } else if (body.breaks()) {
      call.onBodyFailure(TransportFailure.CONNECTION_TERMINATION);
    } else if (call.wantedBytes() < Body.ofText(body.text()).size() || call.wantedBytes() == 0) {
      call.onBodyEnd();
    } else {
      call.onBodyEnd(new StoredResponse(respond.status(), delivered, Body.ofText(body.text())));
    }
    end(new Answered(respond.status(), delivered, complete ? body.text() : "", complete));
  }

  /**
   * Gives the caller a body that is there, slice by slice. Returns whether there is time for it.
   */
  private boolean passesAtItsPace(Answer.Body body) {
    Optional<ResponsePace> pace = call.bodyPace();
    long left = pace.isEmpty() ? 0 : Body.ofText(body.text()).size();
    while (left > 0) {
      long now = Math.min(left, pace.get().available());
      pace.get().read(now);
      call.onBytesReceived();
      left -= now;
      long next = later(time.elapsedNanos(), left == 0 ? 0 : pace.get().nanosToNext());
      long limit = limit();
      passUntil(Math.min(next, limit));
      if (next > limit) {
        return false;
      }
    }
    return true;
  }

  private void end(Answered answered) {
    CallOutcome ended =
        new CallOutcome(
            answered,
            call.clusterName(),
            call.flags(),
            attempts,
            copies.stream().flatMap(copy -> copy.attempts.stream()).toList(),
            waits,
            time.elapsedNanos() - startedAt);
    outcome = Optional.of(ended);
    breakOff();
    require("calls beside", lanes.size() - 1, 0);
    observer.ifPresent(told -> compare(told.last(), ended));
    copies.forEach(EngineCall::finish);
  }

  /** An observer sees the same call as its driver. */
  private void compare(CallRecord told, CallOutcome seen) {
    require("status", told.status(), seen.answer().status());
    require("flags", told.flags(), seen.flags());
    require("cluster", told.cluster(), seen.cluster());
    require("durationNanos", told.durationNanos(), seen.elapsedNanos());
    if (!seen.answer().equals(Answered.NOTHING)) {
      require("attempts", told.attempts().size(), seen.attempts().size());
    }
  }

  private static void require(String field, Object told, Object seen) {
    if (!told.equals(seen)) {
      throw new AssertionError(
          "observer was told " + field + " " + told + " (expected: " + seen + ")");
    }
  }

  /** Passes time, task by task, until the signal fires or the wait is over. */
  private void waitForTurn() {
    time.runDue();
    while (!hasItsTurn() && time.elapsedNanos() < deadline) {
      if (deadline == Long.MAX_VALUE) {
        throw new AssertionError("waits for ever (expected: a turn or a timeout)");
      }
      long next = time.nextDueNanos().orElse(Long.MAX_VALUE);
      passUntil(Math.min(deadline, later(time.elapsedNanos(), next)));
    }
  }

  private boolean hasItsTurn() {
    return step instanceof Step.Wait wait && wait.signal() != null && wait.signal().fired();
  }

  private void passUntil(long elapsed) {
    if (elapsed == Long.MAX_VALUE) {
      throw new AssertionError("waits for ever (expected: a bound)");
    }
    time.advanceNanos(Math.max(0, elapsed - time.elapsedNanos()));
  }

  private static long later(long elapsed, long nanos) {
    return nanos > Long.MAX_VALUE - elapsed ? Long.MAX_VALUE : elapsed + nanos;
  }
}
