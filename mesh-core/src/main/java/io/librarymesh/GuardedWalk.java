package io.librarymesh;

import static java.util.Objects.requireNonNull;

import io.librarymesh.config.Metadata;
import io.librarymesh.config.StoredResponse;
import io.librarymesh.guard.Failure;
import io.librarymesh.guard.FallbackDecision;
import io.librarymesh.guard.Guard;
import io.librarymesh.guard.GuardDecision;
import io.librarymesh.guard.GuardTable;
import io.librarymesh.guard.GuardedCall;
import io.librarymesh.outcome.ResponseHead;
import io.librarymesh.route.HeaderLookup;
import io.librarymesh.route.RequestHead;
import io.librarymesh.telemetry.ResponseFlag;

/**
 * The part of the walk that a policy takes: the guard before the call is made, and what stands in
 * for a failure after it.
 */
abstract sealed class GuardedWalk extends AttemptWalk permits MeshCall {
  GuardedWalk(Target target, RequestHead head) {
    super(target, head);
  }

  /** Goes on behind the guard. */
  abstract Step afterGuard(long now);

  /** The body of a delivered response ended as it should. */
  public abstract void onBodyEnd();

  /** Asks the rule of a request, if there is one. */
  final Step guard(GuardTable guards, long now) {
    Guard guard = guards.find(head);
    if (guard == null) {
      return afterGuard(now);
    }
    GuardedCall guarded = guard.call(head, bound().scope);
    detour().guarded = guarded;
    return guarded(guarded.enter(now), now);
  }

  /** Does what the rule says. */
  final Step guarded(GuardDecision decision, long now) {
    if (decision instanceof GuardDecision.Wait wait) {
      return waitFor(State.GUARDED, wait.nanos(), wait.signal());
    }
    if (decision instanceof GuardDecision.Answer shared) {
      detour().share(shared.flags());
      return answerAsIs(LocalReplies.stored(shared.response(), flagBits()));
    }
    if (decision instanceof GuardDecision.Refuse refuse) {
      boolean rate = refuse.limit() == GuardDecision.Limit.RATE_LIMIT;
      flag(rate ? ResponseFlag.RL : ResponseFlag.UO);
      return end(LocalReplies.refused(refuse, target.authority, flagBits()));
    }
    return afterGuard(now);
  }

  @Override
  final Step end(Step.Reply reply) {
    Step others = others(reply);
    if (others != null) {
      return others;
    }
    FallbackDecision instead = fallbackFor(reply.status());
    return instead.kind() == FallbackDecision.Kind.NONE
        ? answer(GrpcReplies.forCaller(reply, head), reply.status())
        : fallBack(instead, requireNonNull(detour, "detour").now);
  }

  /** What a policy does about what the caller would get; only what can be done is named. */
  final FallbackDecision fallbackFor(int status) {
    if (detour == null || detour.guarded == null) {
      return FallbackDecision.None.INSTANCE;
    }
    boolean repeatable = detour.repeatable() && bound().forward != null;
    Failure failure = LocalReplies.failure(detour.flags);
    FallbackDecision decision = detour.guarded.fallback(status, failure, repeatable, detour.now);
    if (decision instanceof FallbackDecision.Forward forward
        && bound().cluster(forward.cluster()) == null) {
      decision = detour.guarded.fallback(status, failure, false, detour.now);
    }
    return decision;
  }

  /** After the attempt has ended, if there was one. */
  final Step fallBack(FallbackDecision decision, long now) {
    Detour falling = detour();
    if (cluster != null) {
      falling.releaseRetry(limits());
    }
    falling.fallBack();
    // Another cluster does not have its host, and an answer of the policy comes from none.
    falling.leaveSession();
    if (decision instanceof FallbackDecision.Answer fixed) {
      Step.Reply reply = LocalReplies.stored(fixed.response(), flagBits());
      return fixed.kept() ? answerAsIs(reply) : answer(reply, reply.status());
    }
    cluster = bound().cluster(((FallbackDecision.Forward) decision).cluster());
    host = null;
    falling.winner = null;
    // What the route asks for, it asks of its own destinations.
    falling.pickWithin(
        chosen().state.subset(Metadata.EMPTY).orElse(null),
        forward().retryPolicy().hostSelection());
    // Once, and with as much time as the route allows.
    falling.unrepeatable();
    falling.routedNanos = now;
    if (falling.timer != null) {
      falling.timer.beginAnew(now);
    }
    if (falling.outgoing == null && bound().matched.changesMessages()) {
      falling.outgoing = bound().matched.outgoing(0, head, new CallInfo(this, 0));
    }
    return chosen().state.drops(seams().random()) ? dropped() : send(now);
  }

  /**
   * The caller has a fallback of its own, so that {@link Step.Fallback} may come, last of all that
   * can be done about a failure. Before {@link MeshCall#start}.
   */
  public final void offerFallback() {
    expect(State.NEW);
    detour().fallbackOffered = true;
  }

  /**
   * After {@link Step.Fallback}: the caller gets this from its own fallback.
   *
   * @param status of that answer
   */
  public final void onFallback(int status) {
    if (state != State.DELIVERED) {
      expect(State.FALLING_BACK);
    }
    Detour falling = detour();
    if (falling.guarded != null) {
      // The answer is this caller's alone.
      falling.guarded.tooLarge();
    }
    endAttempt(true);
    falling.flag(ResponseFlag.FB);
    falling.answered(status);
    finish(true);
  }

  /**
   * After {@link Step.Fallback}: the caller's own fallback has nothing.
   *
   * @return {@link Step.Reply} or {@link Step.Deliver}, as it would have been
   */
  public final Step onNoFallback() {
    if (state == State.DELIVERED) {
      wantBody(requireNonNull(detour().response, "response"));
      return Step.Deliver.INSTANCE;
    }
    expect(State.FALLING_BACK);
    finish(true);
    return requireNonNull(detour().failure, "failure");
  }

  /**
   * An answer is about to be delivered. One that is slowed down by a fault is this call's alone.
   */
  final void wantBody(ResponseHead response) {
    if (detour == null || detour.guarded == null) {
      return;
    }
    if (detour.pace != null) {
      detour.guarded.tooLarge();
    } else {
      HeaderLookup asDelivered =
          name ->
              name.equals("set-cookie") && givesCookies() ? "of the mesh" : response.header(name);
      detour.wantedBytes = detour.guarded.wantedBytes(response.status(), asDelivered);
    }
  }

  /**
   * After {@link Step.Deliver}: how many bytes of the body the mesh wants to have at most, because
   * others will get the same answer; 0 when it wants nothing, which is nearly always. Then the
   * driver reports {@link #onBodyEnd(StoredResponse)}, or {@link #onBodyTooLarge} and later {@link
   * #onBodyEnd()}. The caller need not wait for any of this.
   */
  public final int wantedBytes() {
    expect(State.DELIVERED);
    return detour == null ? 0 : detour.wantedBytes;
  }

  /**
   * The body of a delivered response ended as it should, and this is the response as the caller got
   * it. Where {@link #wantedBytes} asked for it.
   */
  public final void onBodyEnd(StoredResponse response) {
    if (state == State.DELIVERED) {
      long now = enter();
      if (detour != null && detour.guarded != null) {
        detour.guarded.answered(response, false, flagBits(), now);
      }
      onBodyEnd();
    }
  }

  /** There is more of a body than {@link #wantedBytes}; nobody need wait for the rest. */
  public final void onBodyTooLarge() {
    if (state == State.DELIVERED && detour != null && detour.guarded != null) {
      detour.guarded.tooLarge();
    }
  }
}
