package io.librarymesh.guard;

import io.librarymesh.config.StoredResponse;
import io.librarymesh.guard.GuardDecision.Limit;
import io.librarymesh.route.HeaderLookup;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way through a {@link Guard}, and what it holds there until it ends.
 *
 * <p>The order: an equal request's answer first, since a request that is not sent needs no permit;
 * then the rate limit before the bulkhead, so that a request that may not begin yet takes nobody's
 * place; the adaptive bound last, since it goes by how long calls take, and waiting here is not
 * part of that. Confined like the call.
 */
public final class GuardedCall {
  private enum Stage {
    NEW,
    FOLLOWING,
    AWAITING_INTERVAL,
    IN_LINE,
    PASSED,
    OVER
  }

  private final String name;
  private final Guard.Parts parts;
  private final @Nullable Sharing sharing;
  private Stage stage = Stage.NEW;

  /** The end of the wait. */
  private long until;

  private boolean forwarded;
  private boolean answered;
  private BulkheadLine.@Nullable Place place;
  private @Nullable BulkheadLine entered;
  private @Nullable GradientController measuredBy;
  private long began;

  GuardedCall(String name, Guard.Parts parts, @Nullable Sharing sharing) {
    this.name = name;
    this.parts = parts;
    this.sharing = sharing;
  }

  /** Asks for the first time. */
  public GuardDecision enter(long now) {
    return sharing == null ? rate(now) : unlessShared(sharing.join(now), now);
  }

  private GuardDecision unlessShared(@Nullable GuardDecision shared, long now) {
    if (shared == null) {
      return rate(now);
    }
    stage = shared.kind() == GuardDecision.Kind.WAIT ? Stage.FOLLOWING : Stage.OVER;
    return shared;
  }

  private GuardDecision rate(long now) {
    RatePermits rate = parts.rate();
    long wait = rate == null ? 0 : rate.reserve();
    if (wait < 0) {
      return refuse(
          Limit.RATE_LIMIT,
          "rateLimit "
              + parts.rateLimit().requests()
              + " in "
              + parts.rateLimit().intervalNanos() / 1_000_000
              + " ms");
    }
    if (wait > 0) {
      stage = Stage.AWAITING_INTERVAL;
      until = now + wait;
      return new GuardDecision.Wait(wait, null);
    }
    return bulkhead(now);
  }

  /** Asks again after {@link GuardDecision.Wait}. */
  public GuardDecision proceed(long now) {
    if (stage == Stage.FOLLOWING && sharing != null) {
      return unlessShared(sharing.follow(now), now);
    }
    if (stage == Stage.AWAITING_INTERVAL) {
      long left = until - now;
      return left > 0 ? new GuardDecision.Wait(left, null) : bulkhead(now);
    }
    return inLine(now);
  }

  /**
   * Asks what is done about a failure, before the caller sees it. Each way is named once.
   *
   * @param status what the caller would see
   * @param repeatable whether the request can be sent again
   */
  public FallbackDecision fallback(int status, Failure failure, boolean repeatable, long now) {
    FallbackPlan plan = parts.fallback();
    if (answered || !plan.appliesTo(status, failure)) {
      return FallbackDecision.None.INSTANCE;
    }
    FallbackDecision forward = plan.forward();
    if (forward != null && repeatable && !forwarded) {
      forwarded = true;
      return forward;
    }
    answered = true;
    StoredResponse kept = sharing == null ? null : sharing.lastGood(now);
    if (kept != null) {
      return new FallbackDecision.Answer(kept, true);
    }
    FallbackDecision answer = plan.answer();
    return answer == null ? FallbackDecision.None.INSTANCE : answer;
  }

  /**
   * Whether what the caller would get is a failure, for a fallback of its own: as the rule's
   * fallback says, or as one says that is silent about it.
   *
   * @param call null when there is no rule
   */
  public static boolean isFailure(@Nullable GuardedCall call, int status, Failure failure) {
    FallbackPlan plan =
        call == null || call.parts.rule().fallback().isNone()
            ? FallbackPlan.UNSAID
            : call.parts.fallback();
    return plan.appliesTo(status, failure);
  }

  /**
   * How much of the body of an answer that is about to be delivered is wanted at most, in bytes; 0
   * for nothing. What comes of it is for {@link #answered} or {@link #tooLarge}.
   */
  public int wantedBytes(int status, HeaderLookup response) {
    return sharing == null ? 0 : sharing.wantedBytes(status, response);
  }

  /** Whether equal requests wait, or may, for the answer to this call. */
  public boolean isAwaited() {
    return sharing != null && sharing.isAwaited();
  }

  /**
   * The answer to this call is there as a whole.
   *
   * @param local whether the mesh gave it
   * @param flags of the call, for those who share the answer
   */
  public void answered(StoredResponse response, boolean local, int flags, long now) {
    if (sharing != null) {
      sharing.answered(response, local, flags, now);
    }
  }

  /** The answer turned out to be more than {@link #wantedBytes}. */
  public void tooLarge() {
    if (sharing != null) {
      sharing.tooLarge();
    }
  }

  /**
   * The call is over; gives back what it holds. From the second time on this does nothing.
   *
   * @param complete whether the caller got a whole answer, whatever it was
   */
  public void end(boolean complete, long now) {
    stage = Stage.OVER;
    if (sharing != null) {
      sharing.end();
    }
    BulkheadLine line = parts.bulkhead();
    if (place != null && line != null && !line.abandon(place)) {
      entered = line;
    }
    place = null;
    if (entered != null) {
      entered.leave();
      entered = null;
    }
    endMeasured(complete, now);
  }

  private void endMeasured(boolean complete, long now) {
    GradientController gradient = measuredBy;
    measuredBy = null;
    if (gradient != null && complete) {
      gradient.end(began, now);
    } else if (gradient != null) {
      gradient.abandon();
    }
  }

  private GuardDecision bulkhead(long now) {
    BulkheadLine line = parts.bulkhead();
    if (line == null) {
      return concurrency(now);
    }
    if (line.tryEnter()) {
      entered = line;
      return concurrency(now);
    }
    if (parts.bulkheadLimit().maxWaitNanos() == 0) {
      return bulkheadIsFull();
    }
    stage = Stage.IN_LINE;
    until = now + parts.bulkheadLimit().maxWaitNanos();
    place = line.join();
    return inLine(now);
  }

  private GuardDecision inLine(long now) {
    BulkheadLine line = parts.bulkhead();
    BulkheadLine.Place mine = place;
    if (line == null || mine == null) {
      throw new IllegalStateException("stage: " + stage + " (expected: after Wait)");
    }
    long left = until - now;
    if (!mine.admitted() && left > 0) {
      return new GuardDecision.Wait(left, mine.signal);
    }
    place = null;
    if (!mine.admitted() && line.abandon(mine)) {
      return bulkheadIsFull();
    }
    entered = line;
    return concurrency(now);
  }

  private GuardDecision concurrency(long now) {
    GradientController gradient = parts.gradient();
    if (gradient != null) {
      if (!gradient.tryBegin(now)) {
        return refuse(Limit.ADAPTIVE_CONCURRENCY, "limit " + gradient.limit());
      }
      measuredBy = gradient;
      began = now;
    }
    stage = Stage.PASSED;
    return GuardDecision.Pass.INSTANCE;
  }

  private GuardDecision bulkheadIsFull() {
    return refuse(
        Limit.BULKHEAD, "maxConcurrentCalls " + parts.bulkheadLimit().maxConcurrentCalls());
  }

  private GuardDecision refuse(Limit limit, String what) {
    stage = Stage.OVER;
    return new GuardDecision.Refuse(limit, "policy " + name + ": " + what);
  }
}
