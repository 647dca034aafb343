package io.librarymesh.attempt;

import io.librarymesh.config.RetryPolicy;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;

/**
 * How long to wait before a retry: exponential, capped, fully jittered. Source: Envoy {@code
 * JitteredExponentialBackOffStrategy}.
 */
public final class BackOff {
  private static final long NANOS_PER_MILLI = 1_000_000L;

  private BackOff() {}

  /**
   * A whole number of milliseconds, in nanoseconds, uniform below {@code min(max, base * 2^(retry -
   * 1))}.
   *
   * @param retry 1 for the first retry of a call
   */
  public static long intervalNanos(RetryPolicy.BackOff backOff, int retry, RandomSource random) {
    long max = backOff.maxNanos() / NANOS_PER_MILLI;
    long interval = backOff.baseNanos() / NANOS_PER_MILLI;
    for (int i = 1; i < retry && interval < max; i++) {
      interval = interval < max / 2 ? interval * 2 : max;
    }
    int bound = (int) Math.min(interval, Integer.MAX_VALUE);
    return random.nextInt(bound, Draw.RETRY_JITTER) * NANOS_PER_MILLI;
  }
}
