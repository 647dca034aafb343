package io.librarymesh.guard;

import io.librarymesh.guard.GuardDecision.Limit;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way through a {@link Guard}, and what it holds there until it ends.
 *
 * <p>The order: the rate limit before the bulkhead, so that a request that may not begin yet takes
 * nobody's place. Confined like the call.
 */
public final class GuardedCall {
  private enum Stage {
    NEW,
    AWAITING_INTERVAL,
    IN_LINE,
    PASSED,
    OVER
  }

  private final Guard guard;
  private final Guard.Limiters limiters;
  private Stage stage = Stage.NEW;

  /** The end of the wait. */
  private long until;

  private BulkheadLine.@Nullable Place place;
  private @Nullable BulkheadLine entered;

  GuardedCall(Guard guard) {
    this.guard = guard;
    this.limiters = guard.limiters();
  }

  /** Asks for the first time. */
  public GuardDecision enter(long now) {
    RatePermits rate = limiters.rate();
    long wait = rate == null ? 0 : rate.reserve();
    if (wait < 0) {
      return refuse(
          Limit.RATE_LIMIT,
          "rateLimit "
              + limiters.rateLimit().requests()
              + " in "
              + limiters.rateLimit().intervalNanos() / 1_000_000
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
    if (stage == Stage.AWAITING_INTERVAL) {
      long left = until - now;
      return left > 0 ? new GuardDecision.Wait(left, null) : bulkhead(now);
    }
    return inLine(now);
  }

  /**
   * The call is over, whatever became of it; gives back what it holds. From the second time on this
   * does nothing.
   */
  public void end() {
    stage = Stage.OVER;
    BulkheadLine line = limiters.bulkhead();
    if (place != null && line != null && !line.abandon(place)) {
      entered = line;
    }
    place = null;
    if (entered != null) {
      entered.leave();
      entered = null;
    }
  }

  private GuardDecision bulkhead(long now) {
    BulkheadLine line = limiters.bulkhead();
    if (line == null) {
      return pass();
    }
    if (line.tryEnter()) {
      entered = line;
      return pass();
    }
    if (limiters.bulkheadLimit().maxWaitNanos() == 0) {
      return bulkheadIsFull();
    }
    stage = Stage.IN_LINE;
    until = now + limiters.bulkheadLimit().maxWaitNanos();
    place = line.join();
    return inLine(now);
  }

  private GuardDecision inLine(long now) {
    BulkheadLine line = limiters.bulkhead();
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
    return pass();
  }

  private GuardDecision pass() {
    stage = Stage.PASSED;
    return GuardDecision.Pass.INSTANCE;
  }

  private GuardDecision bulkheadIsFull() {
    return refuse(
        Limit.BULKHEAD, "maxConcurrentCalls " + limiters.bulkheadLimit().maxConcurrentCalls());
  }

  private GuardDecision refuse(Limit limit, String what) {
    stage = Stage.OVER;
    return new GuardDecision.Refuse(limit, "policy " + guard.name() + ": " + what);
  }
}
