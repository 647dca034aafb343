package io.librarymesh.config;

/**
 * Bounds how many requests begin in an interval. All of them are available at once when an interval
 * begins, and what is left of them when it ends is gone.
 *
 * @param requests at least 1
 * @param intervalNanos at least one millisecond
 * @param maxWaitNanos how long a request may wait for an interval in which there is room; 0 refuses
 *     at once
 */
public record RateLimit(int requests, long intervalNanos, long maxWaitNanos) {
  /** Lets everything through. */
  public static final RateLimit NONE = new RateLimit(Integer.MAX_VALUE, 1_000_000_000L, 0);

  public RateLimit {
    if (requests < 1) {
      throw new IllegalArgumentException("requests: " + requests + " (expected: >= 1)");
    }
    if (intervalNanos < 1_000_000L) {
      throw new IllegalArgumentException(
          "intervalNanos: " + intervalNanos + " (expected: >= 1 millisecond)");
    }
    Ranges.requireNotNegative("maxWaitNanos", maxWaitNanos);
  }

  /** Whether everything gets through. */
  public boolean isNone() {
    return requests == Integer.MAX_VALUE;
  }
}
