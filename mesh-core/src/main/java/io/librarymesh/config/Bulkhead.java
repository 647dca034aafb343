package io.librarymesh.config;

/**
 * Bounds how many calls run at once, from when they begin to the end of their responses; retries
 * belong to their call.
 *
 * @param maxConcurrentCalls at least 1
 * @param maxWaitNanos how long a request may wait for another call to end; 0 refuses at once
 */
public record Bulkhead(int maxConcurrentCalls, long maxWaitNanos) {
  /** Lets everything through. */
  public static final Bulkhead NONE = new Bulkhead(Integer.MAX_VALUE, 0);

  public Bulkhead {
    if (maxConcurrentCalls < 1) {
      throw new IllegalArgumentException(
          "maxConcurrentCalls: " + maxConcurrentCalls + " (expected: >= 1)");
    }
    Ranges.requireNotNegative("maxWaitNanos", maxWaitNanos);
  }

  /** Whether everything gets through. */
  public boolean isNone() {
    return maxConcurrentCalls == Integer.MAX_VALUE;
  }
}
