package io.librarymesh;

import static java.util.Objects.requireNonNull;

import io.librarymesh.attempt.Admission;
import io.librarymesh.attempt.BackOff;
import io.librarymesh.attempt.RateLimitedBackOff;
import io.librarymesh.attempt.TimeLimit;
import io.librarymesh.config.RetryPolicy;
import io.librarymesh.outcome.ResponseHead;
import io.librarymesh.pick.PickRequest;
import io.librarymesh.route.RequestHead;
import io.librarymesh.telemetry.ResponseFlag;
import io.librarymesh.time.Scheduler;
import io.librarymesh.time.Signal;
import org.jspecify.annotations.Nullable;

/**
 * The part of the walk that leads from one attempt to the next: one after the other with a back-off
 * between them, or one beside the other, where it is not always this call's attempt that answers.
 */
abstract sealed class RacedWalk extends CallMessages permits AttemptWalk {
  RacedWalk(Target target, RequestHead head) {
    super(target, head);
  }

  /** Gives the caller a response, or a fallback that is better. */
  abstract Step deliver(ResponseHead response, long now);

  /** Makes an attempt at the cluster chosen. */
  abstract Step send(long now);

  /** As long as the answer asks for, if it does. */
  final Step backOff(ResponseHead response, long now) {
    if (bound().retryRules.retriesAtOnce(head, response)) {
      detour().withoutBackOff();
      return backOffFor(0, now);
    }
    RetryPolicy.RateLimitedBackOff asked = forward().retryPolicy().headers().rateLimited();
    if (asked.resetHeaders().isEmpty()) {
      return backOff(now);
    }
    long nanos =
        RateLimitedBackOff.intervalNanos(
            asked, response::header, seams().wallClock().millis(), seams().random());
    if (nanos == RateLimitedBackOff.NONE) {
      return backOff(now);
    }
    detour().withoutBackOff();
    return backOffFor(nanos, now);
  }

  final Step backOff(long now) {
    RetryPolicy.BackOff backOff = forward().retryPolicy().backOff();
    return backOffFor(BackOff.intervalNanos(backOff, detour().backOffs(), seams().random()), now);
  }

  private Step backOffFor(long interval, long now) {
    state = State.BACKING_OFF;
    long nanos = Math.min(interval, remaining(now));
    return nanos > 0 ? new Step.Wait(nanos, overtaken()) : send(now);
  }

  /** From here on attempts may run beside each other. */
  final void enterRace() {
    Detour racing = detour();
    if (racing.racer == null && racing.repeatable()) {
      RetryPolicy.HostSelection selection = forward().retryPolicy().hostSelection();
      PickRequest picks = racing.ownPicks(selection);
      racing.racer = new Race((MeshCall) this, racing, picks).leader;
    }
  }

  /** Whether nothing that comes of this call's attempt matters any more. */
  final boolean isOvertaken() {
    return detour != null && detour.racer != null && detour.racer.race.isOver();
  }

  /** The same, after its attempt has ended. */
  final boolean isOvertaken(int code, String how, long now) {
    Racer racer = racer();
    return racer != null && !racer.race.ended(attempt(racer), code, how, now);
  }

  /** An attempt goes out. */
  final void sent(Detour sent) {
    sent.attemptSent();
    if (sent.racer != null) {
      sent.racer.attempt = new HedgedAttempt(sent.racer, host, sent.now);
      sent.racer.race.sent(sent.racer.attempt);
    }
  }

  /**
   * The attempt was answered, by what is not retried or not any more.
   *
   * @return null when this call delivers it
   */
  final @Nullable Step outrun(ResponseHead response, boolean retriable, long now) {
    Racer racer = racer();
    if (racer == null) {
      return null;
    }
    connected();
    Race.Place place = racer.race.answered(racer, response, retriable);
    if (place == Race.Place.OVERTAKEN) {
      return overtaken(now);
    }
    if (place == Race.Place.LEFT) {
      endAttempt(true);
      return leave(racer, now);
    }
    if (racer.leads()) {
      leaveRace(now, false);
      return null;
    }
    // The attempt goes over to the call that leads, with all that it holds.
    state = State.ENDED;
    return Step.Deliver.INSTANCE;
  }

  /**
   * The call would be answered by the mesh itself.
   *
   * @return null when it is
   */
  final @Nullable Step others(Step.Reply reply) {
    Racer racer = racer();
    if (racer == null) {
      return null;
    }
    long now = detour().now;
    // Whatever attempt there was has been given back.
    state = State.AWAITING_RIVALS;
    Race.Place place = racer.race.failed(racer, reply);
    if (place == Race.Place.OVERTAKEN) {
      return overtaken(now);
    }
    if (place == Race.Place.LEFT || !racer.leads()) {
      return leave(racer, now);
    }
    leaveRace(now, false);
    return null;
  }

  private Step leave(Racer racer, long now) {
    if (!racer.leads()) {
      state = State.ENDED;
      return Step.Leave.INSTANCE;
    }
    // A failure that nobody gets to see is no reason for anything.
    detour().flags = racer.race.flagsBefore;
    return waitFor(State.AWAITING_RIVALS, remaining(now), racer.overtaken);
  }

  /** Goes on waiting for the others. */
  final Step awaitRivals(long now) {
    Racer racer = requireNonNull(racer(), "racer");
    long left = remaining(now);
    return left > 0
        ? waitFor(State.AWAITING_RIVALS, left, racer.overtaken)
        : timedOut(passedOfCall(now));
  }

  /** Gives back what the call holds, and does what the race has come to. */
  final Step overtaken(long now) {
    Racer racer = requireNonNull(racer(), "racer");
    abandonPlace();
    endAttempt(false);
    if (!racer.leads()) {
      state = State.ENDED;
      return Step.Leave.INSTANCE;
    }
    Race.Result result = requireNonNull(racer.race.result(), "result");
    leaveRace(now, false);
    state = State.AWAITING_RIVALS;
    HedgedAttempt theirs = result.by().attempt;
    host = theirs == null ? null : theirs.host;
    if (result.response() != null) {
      return takeOver(result.by(), result.response(), now);
    }
    return result.reply() == null
        ? timedOut(requireNonNull(result.limit(), "limit"))
        : end(asOwn(result.reply()));
  }

  private Step takeOver(Racer by, ResponseHead response, long now) {
    MeshCall winner = requireNonNull(by.call, "call");
    detour().winner = winner;
    // Its attempt has a connection and a silence of its own.
    detour().timer = winner.timer();
    detour().answered(response.status());
    state = State.SENT;
    return deliver(response, now);
  }

  private Step.Reply asOwn(Step.Reply reply) {
    for (ResponseFlag flag : reply.flags()) {
      flag(flag);
    }
    return new Step.Reply(
        reply.status(), reply.body(), reply.headers(), LocalReplies.flagSet(flagBits()));
  }

  @Override
  final Step timedOut(TimeLimit limit) {
    Racer racer = racer();
    if (racer != null) {
      long now = detour().now;
      if (!racer.race.timeOut(racer, limit, now) || !racer.leads()) {
        return overtaken(now);
      }
      abandonPlace();
      endAttempt(false);
      leaveRace(now, false);
    }
    return super.timedOut(limit);
  }

  /** The call is given up. */
  final void scratch(Racer racer) {
    Race race = racer.race;
    if (racer.leads()) {
      HedgedAttempt won = race.close();
      leaveRace(detour().now, true);
      if (won != null && won.host != null) {
        limits().end(won.host, Admission.ADMITTED, false);
      }
      return;
    }
    if (state == State.NEW) {
      race.withdraw(requireNonNull(racer.beside, "beside"));
    }
    flag(ResponseFlag.UR);
    Race.Place unused =
        race.failed(racer, LocalReplies.of(503, "", details("given up"), flagBits()));
  }

  private void leaveRace(long now, boolean gaveUp) {
    Detour racing = detour();
    Racer racer = requireNonNull(racing.racer, "racer");
    racing.racer = null;
    racer.race.close(racing, now, gaveUp);
  }

  /** What ends a wait before its time; null when nothing can. */
  final @Nullable Signal overtaken() {
    Racer racer = racer();
    return racer == null || !racer.race.hasRivals(racer) ? null : racer.overtaken;
  }

  /** Fires when {@code turn} does or the call is overtaken. */
  final Signal orOvertaken(Signal turn) {
    Racer racer = racer();
    if (racer == null) {
      return turn;
    }
    Signal either = new Signal();
    Scheduler.Cancellable unused = turn.subscribe(either::fire);
    unused = racer.overtaken.subscribe(either::fire);
    return either;
  }

  final void abandonPlace() {
    if (detour != null && detour.queued != null) {
      detour.queued.abandon();
      detour.queued = null;
    }
  }

  final @Nullable Racer racer() {
    return detour == null ? null : detour.racer;
  }

  private static HedgedAttempt attempt(Racer racer) {
    return requireNonNull(racer.attempt, "attempt");
  }
}
