package io.librarymesh.xds;

import java.util.concurrent.TimeUnit;

/**
 * How fast responses of one type are refused. The first refusal goes out at once; while refusals
 * follow each other, one goes out after a second, the next after two, at most every 30 s, so that a
 * server that answers each with the same again is not driven round in a loop.
 */
final class NackPace {
  private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);

  private long intervalNanos;
  private long lastNanos;

  /** How long the next refusal has to wait; zero or less when it may go. */
  long waitNanos(long now) {
    return intervalNanos == 0 ? 0 : lastNanos + intervalNanos - now;
  }

  void refused(long now) {
    lastNanos = now;
    intervalNanos = Math.min(LONGEST_NANOS, Math.max(FIRST_NANOS, intervalNanos * 2));
  }

  void accepted() {
    intervalNanos = 0;
  }
}
