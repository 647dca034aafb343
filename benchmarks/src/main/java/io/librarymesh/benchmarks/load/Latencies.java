package io.librarymesh.benchmarks.load;

import java.util.Arrays;

/** Counts times in steps of 100 µs, up to 30 s. Confined to one thread while it counts. */
final class Latencies {

  private static final long STEP_NANOS = 100_000;
  private static final int STEPS = 300_000;
  private static final double STEPS_PER_MILLI = 10;

  private final int[] counts = new int[STEPS];
  private long count;

  void add(long nanos) {
    int step = (int) Math.min(STEPS - 1, Math.max(0, nanos) / STEP_NANOS);
    counts[step]++;
    count++;
  }

  long count() {
    return count;
  }

  void clear() {
    Arrays.fill(counts, 0);
    count = 0;
  }

  /** In milliseconds, the time that so large a part of all did not exceed. */
  double quantile(double part) {
    long rank = (long) Math.ceil(part * count);
    long seen = 0;
    for (int step = 0; step < STEPS; step++) {
      seen += counts[step];
      if (seen >= rank) {
        return (step + 1) / STEPS_PER_MILLI;
      }
    }
    return Double.NaN;
  }
}
