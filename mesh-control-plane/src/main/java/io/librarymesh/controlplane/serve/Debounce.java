package io.librarymesh.controlplane.serve;

/**
 * Decides when changes are pushed: one that comes alone at once, several that come close together
 * when they have stopped for a while, and all after a longest wait. Confined to the state executor;
 * times are nanoseconds of one monotonic clock.
 */
final class Debounce {

  private final long quietNanos;
  private final long maxNanos;
  private boolean pending;
  private boolean any;
  private long lastChange;
  private long firstPending;

  /**
   * A policy.
   *
   * @param quietNanos how long no change must have come for changes to have stopped
   * @param maxNanos how long a change waits at most
   */
  Debounce(long quietNanos, long maxNanos) {
    this.quietNanos = quietNanos;
    this.maxNanos = maxNanos;
  }

  /**
   * Notes a change. Returns how long to wait before asking {@link #remaining}; 0 means push now.
   */
  long changed(long now) {
    boolean alone = !pending && (!any || now - lastChange >= quietNanos);
    any = true;
    lastChange = now;
    if (alone) {
      return 0;
    }
    if (!pending) {
      pending = true;
      firstPending = now;
    }
    return remaining(now);
  }

  /** How long to wait yet; 0 or less means push now. */
  long remaining(long now) {
    return Math.min(quietNanos - (now - lastChange), maxNanos - (now - firstPending));
  }

  /** Whether changes wait. */
  boolean isPending() {
    return pending;
  }

  /** What waited has been pushed. */
  void pushed() {
    pending = false;
  }
}
