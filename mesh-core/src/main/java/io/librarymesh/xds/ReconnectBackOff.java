package io.librarymesh.xds;

import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import java.util.concurrent.TimeUnit;

/**
 * How long to wait before the next try to reach a control plane: a uniform part of an interval that
 * grows by 1.6 from {@code first} to {@code longest}. While an outage is young the interval stays
 * at a second at most, so that a control plane that is only restarted is found again within that
 * time; the jitter keeps the clients of one control plane apart.
 */
final class ReconnectBackOff {
  private static final double MULTIPLIER = 1.6;
  private static final long YOUNG_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long YOUNG_LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

  private final long firstNanos;
  private final long longestNanos;
  private final RandomSource random;
  private long intervalNanos;
  private long outageBegan;
  private boolean inOutage;

  ReconnectBackOff(long firstNanos, long longestNanos, RandomSource random) {
    this.firstNanos = firstNanos;
    this.longestNanos = longestNanos;
    this.random = random;
    intervalNanos = firstNanos;
  }

  /** The interval of which the next wait is a part. */
  long intervalNanos() {
    return intervalNanos;
  }

  /** The next wait, in nanoseconds. */
  long next(long now) {
    if (!inOutage) {
      inOutage = true;
      outageBegan = now;
    }
    long milliseconds = Math.max(1, Math.min(intervalNanos / MILLISECOND, Integer.MAX_VALUE));
    long wait = (1L + random.nextInt((int) milliseconds, Draw.RECONNECT_JITTER)) * MILLISECOND;
    long limit = now - outageBegan < YOUNG_NANOS ? YOUNG_LONGEST_NANOS : longestNanos;
    long grown = (long) (intervalNanos * MULTIPLIER);
    intervalNanos = Math.max(firstNanos, Math.min(grown, Math.min(limit, longestNanos)));
    return wait;
  }

  /** The outage is over. */
  void reset() {
    intervalNanos = firstNanos;
    inOutage = false;
  }
}
