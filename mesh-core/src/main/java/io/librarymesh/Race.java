package io.librarymesh;

import io.librarymesh.MeshSnapshot.Bound;
import io.librarymesh.attempt.Limits;
import io.librarymesh.attempt.RetryBudget;
import io.librarymesh.attempt.TimeLimit;
import io.librarymesh.outcome.ResponseHead;
import io.librarymesh.pick.HostState;
import io.librarymesh.pick.PickRequest;
import io.librarymesh.pick.PickResult;
import io.librarymesh.route.OutgoingHead;
import io.librarymesh.telemetry.ResponseFlag;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One answer that several attempts run for, each driven by a call of its own: by that which its
 * caller made, which leads, and by those that were begun beside it. The first answer that is not
 * retried wins; one that would be, but may not, waits for the others and is returned when it is the
 * last. Source: Envoy {@code Filter::onSoftPerTryTimeout}, {@code onUpstreamHeaders}, {@code
 * onUpstreamReset}.
 *
 * <p>Any thread: each of the calls is confined to its own driver, and all that they have in common
 * is here, under one lock. It is held for a few steps of arithmetic or for one pick, and nothing is
 * fired or charged under it. Made for routes that hedge only.
 *
 * <p>Only the newest attempt is retried or hedged, so retries are counted one after another, as
 * they are without hedging.
 */
final class Race {
  /** How an attempt came out. */
  enum Place {
    /** It answers the caller, and the race is over. */
    FIRST,
    /** Others may still do better. */
    LEFT,
    /** The race is over already. */
    OVERTAKEN
  }

  /**
   * What the call that leads is to answer with; one of three.
   *
   * @param by whose it is
   * @param limit what has run out of time
   */
  record Result(
      Racer by,
      @Nullable ResponseHead response,
      Step.@Nullable Reply reply,
      @Nullable TimeLimit limit) {}

  final MeshCall call;
  final Bound bound;
  final ClusterRuntime cluster;
  final long routedNanos;
  final int destination;
  final @Nullable OutgoingHead outgoing;
  final Racer leader = new Racer(this, null);

  /** What the picks of all attempts ask for. What they have tried is guarded by this. */
  final PickRequest picks;

  /** The flags that the call had before. */
  final int flagsBefore;

  private final Limits limits;
  private final Seams seams;
  private final boolean mayHedge;

  /** How long an attempt may take before another begins beside it. */
  final long hedgeNanos;

  // Guarded by this.
  private final Retries retries = new Retries();
  private final List<HedgedAttempt> attempts = new ArrayList<>(2);
  private final List<Racer> running = new ArrayList<>(2);
  private int number;
  private int told;
  private int flags;
  private boolean repeatable = true;
  private boolean over;
  private @Nullable Result result;

  /** A race of one, that of {@code call}, which has a cluster and has made no attempt. */
  Race(MeshCall call, Detour detour, PickRequest picks) {
    this.call = call;
    this.bound = call.bound();
    this.cluster = call.chosen();
    this.routedNanos = detour.routedNanos;
    this.destination = detour.destination;
    this.outgoing = detour.outgoing;
    this.flagsBefore = detour.flags;
    this.limits = call.limits();
    this.seams = call.seams();
    this.picks = picks;
    this.hedgeNanos = call.forward().retryPolicy().hedgeNanos();
    this.mayHedge =
        bound.retryRules.hasConditions()
            && bound.retryRules.concern(call.head)
            && seams.mayRepeat(bound.retryRules, call.head);
    running.add(leader);
  }

  /** The number of the attempt that is about to be made, from 1. */
  synchronized int nextNumber() {
    return ++number;
  }

  /** Picks the host of an attempt, as a retry of all that were made before. */
  synchronized PickResult pick() {
    for (; told < attempts.size(); told++) {
      HostState host = attempts.get(told).host;
      if (host != null) {
        picks.retryAfter(host);
      }
    }
    return cluster.state.pick(seams.random(), picks);
  }

  synchronized void sent(HedgedAttempt attempt) {
    attempts.add(attempt);
  }

  /** A request body that cannot be sent twice has begun to go out. */
  synchronized void unrepeatable() {
    repeatable = false;
  }

  /** Retries so far that back off, hedges included. */
  synchronized int backOffs() {
    return retries.backOffs();
  }

  synchronized void withoutBackOff() {
    retries.withoutBackOff();
  }

  /** Why retries were not made, in bits of {@link ResponseFlag}. */
  synchronized int flags() {
    return flags;
  }

  synchronized boolean isOver() {
    return over;
  }

  /** Whether others run beside {@code racer}. */
  synchronized boolean hasRivals(Racer racer) {
    return running.size() > (running.contains(racer) ? 1 : 0);
  }

  /**
   * An attempt has ended.
   *
   * @return false when that does not matter any more
   */
  synchronized boolean ended(HedgedAttempt attempt, int status, String how, long now) {
    if (!over) {
      attempt.end(status, how, now);
    }
    return !over;
  }

  /** Whether an attempt that has ended is retried, after its condition has been met. */
  synchronized boolean tryRetry(HedgedAttempt ended, long now) {
    return !over && !ended.followed() && tryBegin(now);
  }

  private boolean tryBegin(long now) {
    if (!repeatable) {
      return false;
    }
    RetryBudget budget = seams.isSafe() ? cluster.retryBudget : null;
    int refused = retries.tryBegin(bound.retryRules.numRetries(), limits, budget, now);
    flags |= refused;
    return refused == Retries.ALLOWED;
  }

  /** See {@link HedgedAttempt#hedge}. */
  @Nullable MeshCall hedge(HedgedAttempt attempt) {
    synchronized (this) {
      if (over || !attempt.inFlight() || !attempt.expire()) {
        return null;
      }
    }
    long now = seams.ticker().nanos();
    charge(attempt.host, now);
    Racer rival = new Racer(this, attempt);
    synchronized (this) {
      if (over || !attempt.inFlight() || !mayHedge || !tryBegin(now)) {
        return null;
      }
      attempt.follow(true);
      running.add(rival);
    }
    return new MeshCall(rival);
  }

  /** An attempt was answered; {@code retriable} when it would be retried if it could. */
  Place answered(Racer by, ResponseHead response, boolean retriable) {
    return finish(new Result(by, response, null, null), retriable);
  }

  /** A call has come to an end without an answer from an upstream. */
  Place failed(Racer by, Step.Reply reply) {
    return finish(new Result(by, null, reply, null), true);
  }

  private Place finish(Result came, boolean yields) {
    List<Racer> others;
    synchronized (this) {
      if (over) {
        return Place.OVERTAKEN;
      }
      running.remove(came.by());
      if (yields && !running.isEmpty()) {
        return Place.LEFT;
      }
      others = end(came);
    }
    fire(others);
    return Place.FIRST;
  }

  /**
   * The call's time is up, and hosts that have not been charged with a timeout yet are; or that of
   * one attempt, and the call ends with it.
   *
   * @return false when the race was over before
   */
  boolean timeOut(Racer by, TimeLimit limit, long now) {
    List<HedgedAttempt> late = new ArrayList<>();
    List<Racer> others;
    synchronized (this) {
      if (over) {
        return false;
      }
      for (HedgedAttempt attempt : attempts) {
        if (attempt.inFlight() && !limit.isOfAttempt()) {
          attempt.end(0, "timeout", now);
          if (limit.chargesHost() && attempt.expire()) {
            late.add(attempt);
          }
        }
      }
      running.remove(by);
      others = end(new Result(by, null, null, limit));
    }
    late.forEach(attempt -> charge(attempt.host, now));
    fire(others);
    return true;
  }

  /** A call that was begun beside an attempt, and was never driven, is taken back. */
  synchronized void withdraw(HedgedAttempt beside) {
    beside.follow(false);
    if (!over) {
      retries.release(limits);
    }
  }

  /**
   * The caller gave up.
   *
   * @return the attempt that had won, if one had
   */
  @Nullable HedgedAttempt close() {
    List<Racer> others;
    synchronized (this) {
      if (over) {
        Result won = result;
        return won == null || won.response() == null ? null : won.by().attempt;
      }
      others = end(null);
    }
    fire(others);
    return null;
  }

  /** What the call that leads is to do, now that the race is over. */
  synchronized @Nullable Result result() {
    return result;
  }

  /**
   * The call that leads goes its own way again.
   *
   * @param now when attempts that are still in flight are taken to have ended; they are left out
   *     when the caller gave up
   */
  synchronized void close(Detour detour, long now, boolean gaveUp) {
    detour.attempt = number;
    detour.flags |= flags;
    retries.release(limits);
    for (HedgedAttempt attempt : attempts) {
      if (!gaveUp || !attempt.inFlight()) {
        detour.trace(attempt.told(now));
      }
    }
  }

  /** Under the lock. */
  private List<Racer> end(@Nullable Result with) {
    over = true;
    result = with;
    List<Racer> others = new ArrayList<>(running);
    others.remove(leader);
    if (with != null && !with.by().leads()) {
      // Last, and also when it waits for the others, having failed itself.
      others.add(leader);
    }
    return others;
  }

  private static void fire(List<Racer> overtaken) {
    overtaken.forEach(racer -> racer.overtaken.fire());
  }

  private void charge(@Nullable HostState host, long now) {
    if (host != null) {
      cluster.outlierDetector.onLocalOriginFailure(host, true, now, seams.random());
    }
  }
}
