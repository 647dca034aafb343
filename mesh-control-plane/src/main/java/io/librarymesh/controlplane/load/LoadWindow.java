package io.librarymesh.controlplane.load;

/**
 * Sums of the last minute, by tenths of it: what is older than the window has left it within a
 * tenth. Not safe for threads.
 */
final class LoadWindow {

  /** How far back a sum goes. */
  static final int SECONDS = 60;

  private static final int SLOTS = 6;
  private static final int SECONDS_PER_SLOT = SECONDS / SLOTS;
  private static final long NANOS_PER_SLOT = SECONDS_PER_SLOT * 1_000_000_000L;

  private final long[] sums = new long[SLOTS];
  private long newest;

  /** An empty window. */
  LoadWindow(long nanos) {
    newest = slot(nanos);
  }

  void add(long nanos, long amount) {
    advance(nanos);
    sums[index(newest)] += amount;
  }

  long sum(long nanos) {
    advance(nanos);
    long sum = 0;
    for (long part : sums) {
      sum += part;
    }
    return sum;
  }

  /** Whether nothing of then is in the window any more. */
  static boolean isOver(long then, long nanos) {
    return slot(nanos) - slot(then) >= SLOTS;
  }

  private void advance(long nanos) {
    long now = slot(nanos);
    for (long passed = Math.min(now - newest, SLOTS); passed > 0; passed--) {
      sums[index(now - passed + 1)] = 0;
    }
    newest = Math.max(newest, now);
  }

  private static long slot(long nanos) {
    return Math.floorDiv(nanos, NANOS_PER_SLOT);
  }

  private static int index(long slot) {
    return Math.floorMod(slot, SLOTS);
  }
}
