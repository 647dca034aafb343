package io.librarymesh.controlplane.ca;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * So many at once for each name, and one more each second. Of the names that were not heard of for
 * longest, the oldest is forgotten when there are too many. Any thread.
 */
final class RateLimit {
  private static final int NAMES = 10_000;
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final int burst;
  private final LongSupplier nanoTime;
  private final Map<String, Long> free = new LinkedHashMap<>(16, 0.75f, true);

  RateLimit(int burst, LongSupplier nanoTime) {
    this.burst = burst;
    this.nanoTime = nanoTime;
  }

  /** Whether one more is allowed; it does not count yet. */
  synchronized boolean allows(String name) {
    Long at = free.get(name);
    return at == null || at - nanoTime.getAsLong() <= (burst - 1) * INTERVAL_NANOS;
  }

  /** Counts one. */
  synchronized void count(String name) {
    long now = nanoTime.getAsLong();
    Long at = free.get(name);
    free.put(name, (at == null || at - now < 0 ? now : at) + INTERVAL_NANOS);
    if (free.size() > NAMES) {
      free.remove(free.keySet().iterator().next());
    }
  }
}
