package io.librarymesh.config;

import java.util.Set;

/**
 * Whether and how attempts are repeated. Source: Envoy {@code route.v3.RetryPolicy}.
 *
 * @param on the conditions; empty means that nothing is retried
 * @param retriableStatusCodes the codes that {@link RetryOn#RETRIABLE_STATUS_CODES} stands for
 * @param numRetries attempts after the first
 * @param perTryTimeoutNanos the bound of one attempt; 0 means none but the route's
 * @param backOff how long to wait before a retry
 * @param hostSelection how a retry avoids hosts that were tried
 */
public record RetryPolicy(
    Set<RetryOn> on,
    Set<Integer> retriableStatusCodes,
    int numRetries,
    long perTryTimeoutNanos,
    BackOff backOff,
    HostSelection hostSelection) {
  /** Never retries. */
  public static final RetryPolicy NONE =
      new RetryPolicy(Set.of(), Set.of(), 0, 0, BackOff.DEFAULT, HostSelection.ANY);

  public RetryPolicy {
    on = Set.copyOf(on);
    retriableStatusCodes = Set.copyOf(retriableStatusCodes);
    Ranges.requireNotNegative("numRetries", numRetries);
    Ranges.requireNotNegative("perTryTimeoutNanos", perTryTimeoutNanos);
  }

  /**
   * The n-th retry waits a uniform number of milliseconds in {@code [0, min(max, base * 2^(n-1)))}.
   *
   * @param baseNanos at least one millisecond; Envoy's default is 25 ms
   * @param maxNanos at least the base; Envoy's default is ten times the base
   */
  public record BackOff(long baseNanos, long maxNanos) {
    /** 25 ms, at most 250 ms. */
    public static final BackOff DEFAULT = new BackOff(25_000_000L, 250_000_000L);

    public BackOff {
      if (baseNanos < 1_000_000L) {
        throw new IllegalArgumentException(
            "baseNanos: " + baseNanos + " (expected: >= 1 millisecond)");
      }
      if (maxNanos < baseNanos) {
        throw new IllegalArgumentException(
            "maxNanos: " + maxNanos + " (expected: >= baseNanos " + baseNanos + ")");
      }
    }
  }

  /**
   * How often a pick is repeated to find a host that this call has not tried. Source: {@code
   * retry_host_predicate} and {@code host_selection_retry_max_attempts}.
   *
   * @param avoidPreviousHosts whether tried hosts are avoided at all
   * @param maxPicks extra picks before a tried host is taken after all
   */
  public record HostSelection(boolean avoidPreviousHosts, int maxPicks) {
    /** Takes whatever host comes. */
    public static final HostSelection ANY = new HostSelection(false, 0);

    public HostSelection {
      Ranges.requireNotNegative("maxPicks", maxPicks);
    }
  }
}
