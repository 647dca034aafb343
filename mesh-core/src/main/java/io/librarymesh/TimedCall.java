package io.librarymesh;

import io.librarymesh.MeshSnapshot.Bound;
import io.librarymesh.attempt.CallTimer;
import io.librarymesh.attempt.TimeLimit;
import io.librarymesh.attempt.TimeoutPlan;
import io.librarymesh.config.RouteAction;
import io.librarymesh.route.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * What is left of the time of a call. Nearly all calls have a route's timeout and that of a try at
 * most, and no {@link CallTimer}.
 */
abstract sealed class TimedCall extends CallState permits CallMessages {
  TimedCall(Target target, RequestHead head) {
    super(target, head);
  }

  /** Null for nearly all calls. */
  final @Nullable CallTimer timer() {
    return detour == null ? null : detour.timer;
  }

  /** Times a call of a route that bounds more than its timeout and that of a try. */
  final void time(Bound route) {
    TimeoutPlan plan = route.timeouts;
    CallTimer timer = plan == null ? null : plan.timer(head, seams().ticker(), startNanos);
    if (timer != null) {
      detour().timer = timer;
    }
  }

  /**
   * An attempt begins that a timer is needed for.
   *
   * @param upstream the cluster's bound of it; 0 means none
   */
  final void timeAttempt(long upstream) {
    CallTimer timer = timer();
    if (timer == null) {
      RouteAction.Forward route = forward();
      timer =
          TimeoutPlan.plain(route.timeouts(), route.retryPolicy())
              .timer(seams().ticker(), startNanos);
      detour().timer = timer;
    }
    timer.attemptBegins(upstream, detour().racer != null);
  }

  /** The attempt has its connection. */
  final void timeConnected() {
    CallTimer timer = timer();
    if (timer != null) {
      timer.connected(seams().ticker().nanos());
    }
  }

  /** The response head is about to be delivered. */
  final void timeReceived(long now) {
    CallTimer timer = timer();
    if (timer != null) {
      timer.received(now);
    }
  }

  /**
   * What bounds a call that has run out of time before its cluster was chosen, which is when the
   * route's timeout begins; null when it has not.
   */
  final @Nullable TimeLimit passedEarly(long now) {
    boolean early = state == State.GUARDED || state == State.DELAYED;
    CallTimer timer = early ? timer() : null;
    return timer != null && timer.ofStream(now) <= 0 ? timer.passedOfCall(now, now) : null;
  }

  /** What is left of the call's time; {@link Long#MAX_VALUE} when it has no bound. */
  final long remaining(long now) {
    CallTimer timer = timer();
    if (timer != null) {
      return timer.ofCall(now, detour().routedNanos);
    }
    return ofRoute(now);
  }

  /** What bounds an attempt or a body that has run out of time. */
  final TimeLimit passed(long now) {
    CallTimer timer = timer();
    if (timer != null) {
      return timer.passed(now, detour().routedNanos, state == State.DELIVERED);
    }
    // The time of a try has not ended the attempt, though it may be over for long.
    boolean hedged = detour != null && detour.racer != null;
    boolean ofCall =
        hedged || forward().retryPolicy().perTryTimeoutNanos() == 0 || ofRoute(now) <= 0;
    return ofCall || state == State.DELIVERED ? TimeLimit.ROUTE : TimeLimit.PER_TRY;
  }

  /** What bounds a call that has run out of time between two attempts. */
  final TimeLimit passedOfCall(long now) {
    CallTimer timer = timer();
    return timer == null ? TimeLimit.ROUTE : timer.passedOfCall(now, detour().routedNanos);
  }

  /** What is left of the route's timeout where nothing takes its place. */
  final long ofRoute(long now) {
    long timeout = forward().timeouts().routeNanos();
    if (timeout == 0) {
      return Long.MAX_VALUE;
    }
    return timeout - (now - (detour == null ? startNanos : detour.routedNanos));
  }

  private String unfinished() {
    return detour == null ? "" : detour.unfinished;
  }

  /**
   * Envoy says 408 of a call as a whole whose request it has not received in full; here the request
   * is the caller's own.
   */
  Step timedOut(TimeLimit limit) {
    flag(LocalReplies.flag(limit));
    String details = cluster == null ? LocalReplies.where(head) : details(unfinished());
    return reply(504, LocalReplies.words(limit), details);
  }
}
