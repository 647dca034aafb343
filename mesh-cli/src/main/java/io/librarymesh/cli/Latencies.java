package io.librarymesh.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Durations of calls, kept whole so that percentiles are exact. Confined to one thread. */
final class Latencies {
  private long[] nanos = new long[1024];
  private int size;

  void add(long durationNanos) {
    if (size == nanos.length) {
      nanos = Arrays.copyOf(nanos, size * 2);
    }
    nanos[size++] = durationNanos;
  }

  /** Milliseconds, rounded to a thousandth: p50, p90, p99, max. Zeros when there were no calls. */
  Map<String, Double> milliseconds() {
    long[] sorted = Arrays.copyOf(nanos, size);
    Arrays.sort(sorted);
    Map<String, Double> result = new LinkedHashMap<>();
    result.put("p50", at(sorted, 0.50));
    result.put("p90", at(sorted, 0.90));
    result.put("p99", at(sorted, 0.99));
    result.put("max", at(sorted, 1.0));
    return result;
  }

  int size() {
    return size;
  }

  /** The smallest duration that at least {@code share} of all do not exceed (nearest rank). */
  private static double at(long[] sorted, double share) {
    if (sorted.length == 0) {
      return 0;
    }
    int rank = (int) Math.ceil(share * sorted.length);
    return millis(sorted[Math.max(0, rank - 1)]);
  }

  private static double millis(long nanos) {
    return Math.round(nanos / 1_000.0) / 1_000.0;
  }
}
