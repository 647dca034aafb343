package io.librarymesh.attempt;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bounds the retries at one destination to a share of the calls to it, so that a destination that
 * fails is not sent a multiple of its load: over the last ten seconds at most one retry for five
 * calls, and ten retries in a second in any case, so that a quiet destination is retried too.
 *
 * <p>It differs from Envoy's {@code retry_budget}, which bounds how many retries are in flight at
 * once and so bounds no storm of quick failures. Source: the idea and the figures are those of
 * Finagle's {@code RetryBudget}; here the ten a second are a floor and are not added to the share.
 *
 * <p>Any thread. A call costs one addition to a striped counter; only retries compare and set.
 */
public final class RetryBudget {
  private static final int SLOTS = 10;
  private static final long SLOT_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int CALLS_FOR_A_RETRY = 5;
  private static final int RETRIES_IN_A_SECOND = 10;

  private final LongAdder calls = new LongAdder();
  private final AtomicReference<Window> window;

  private RetryBudget(long now) {
    window = new AtomicReference<>(Window.startingAt(slot(now)));
  }

  /**
   * A budget with no calls yet.
   *
   * @param now the time of a {@link io.librarymesh.time.Ticker}
   */
  public static RetryBudget startingAt(long now) {
    return new RetryBudget(now);
  }

  /** A call begins; its retries are not calls. */
  public void onCall() {
    calls.increment();
  }

  /**
   * Takes one retry out of the budget, which is not given back.
   *
   * @return whether there was one
   */
  public boolean tryWithdraw(long now) {
    while (true) {
      Window before = requireNonNull(window.get(), "window");
      Window current = before.at(slot(now), calls.sum());
      if (!current.hasRoom()) {
        // Kept all the same, so that calls are counted in the second in which they came.
        window.compareAndSet(before, current);
        return false;
      }
      if (window.compareAndSet(before, current.withRetry())) {
        return true;
      }
    }
  }

  private static long slot(long now) {
    return Math.floorDiv(now, SLOT_NANOS);
  }

  /**
   * The last ten seconds, by the second. Immutable.
   *
   * @param slot the number of the second that is under way
   * @param total calls since the beginning, when the window was looked at last
   * @param calls by second, that of {@code slot} at its remainder
   * @param retries likewise
   */
  // The arrays are copied before they are written to, and compared by nobody.
  @SuppressWarnings("ArrayRecordComponent")
  private record Window(long slot, long total, long[] calls, int[] retries) {
    static Window startingAt(long slot) {
      return new Window(slot, 0, new long[SLOTS], new int[SLOTS]);
    }

    /** The window when it is {@code now}; a clock that another thread read earlier changes none. */
    Window at(long now, long totalNow) {
      long[] callsNow = calls.clone();
      int[] retriesNow = retries.clone();
      long passed = Math.subtractExact(Math.max(now, slot), slot);
      int fresh = (int) Math.min(passed, SLOTS);
      for (int i = 0; i < fresh; i++) {
        int index = index(slot + passed - i);
        callsNow[index] = 0;
        retriesNow[index] = 0;
      }
      spread(callsNow, slot + passed, passed, Math.max(0, totalNow - total));
      return new Window(slot + passed, Math.max(total, totalNow), callsNow, retriesNow);
    }

    /** The calls since the window was looked at last are taken to have come evenly since. */
    private static void spread(long[] calls, long last, long passed, long count) {
      int seconds = (int) Math.max(1, Math.min(passed, SLOTS));
      long each = count / Math.max(1, passed);
      for (int i = 1; i < seconds; i++) {
        calls[index(last - i)] += each;
      }
      calls[index(last)] += passed < SLOTS ? count - each * (seconds - 1) : each;
    }

    boolean hasRoom() {
      if (retries[index(slot)] < RETRIES_IN_A_SECOND) {
        return true;
      }
      long made = 0;
      long allowed = 0;
      for (int i = 0; i < SLOTS; i++) {
        made += retries[i];
        allowed += calls[i];
      }
      return made < allowed / CALLS_FOR_A_RETRY;
    }

    Window withRetry() {
      retries[index(slot)]++;
      return this;
    }

    private static int index(long slot) {
      return (int) Math.floorMod(slot, (long) SLOTS);
    }
  }
}
