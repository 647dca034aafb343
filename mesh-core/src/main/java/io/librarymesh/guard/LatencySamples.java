package io.librarymesh.guard;

import java.util.Arrays;

/**
 * Latencies of a window in microseconds, counted in bins: each microsecond has its own up to 255,
 * and above that 128 bins share each doubling, so that what is read is at most 0.8 % below what was
 * put in. Envoy's histogram has 90 bins for each power of ten. Not for several threads.
 */
final class LatencySamples {
  private static final int DIGITS = 7;
  private static final int HALF = 1 << DIGITS;

  /** 2^36 microseconds, which is 19 hours. */
  private static final int LONGEST_SHIFT = 36 - DIGITS;

  private final int[] bins = new int[HALF * (LONGEST_SHIFT + 2)];
  private int count;

  void add(long micros) {
    bins[bin(Math.max(0, micros))]++;
    count++;
  }

  int count() {
    return count;
  }

  void clear() {
    Arrays.fill(bins, 0);
    count = 0;
  }

  /**
   * The smallest latency that so many percent of all do not exceed, in microseconds.
   *
   * @param percent above 0 to 100; there is at least one sample
   */
  long percentile(double percent) {
    long rank = Math.max(1, (long) Math.ceil(count * percent / 100));
    long seen = 0;
    int bin = -1;
    while (seen < rank) {
      bin++;
      seen += bins[bin];
    }
    return lowest(bin);
  }

  private static int bin(long micros) {
    int shift = Math.max(0, 63 - DIGITS - Long.numberOfLeadingZeros(micros | 1));
    return shift > LONGEST_SHIFT
        ? HALF * (LONGEST_SHIFT + 2) - 1
        : shift * HALF + (int) (micros >> shift);
  }

  private static long lowest(int bin) {
    int shift = Math.max(0, bin / HALF - 1);
    return (long) (bin - shift * HALF) << shift;
  }
}
