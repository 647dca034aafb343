package io.librarymesh.fault;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many requests of a mesh have a fault now: from when it was drawn until they are over. Any
 * thread. Source: Envoy's gauge {@code active_faults}.
 */
public final class ActiveFaults {
  private final AtomicInteger count = new AtomicInteger();

  /**
   * Counts a request with a fault.
   *
   * @return false when there are so many already; then it is not counted
   */
  public boolean tryBegin(int max) {
    int current = count.get();
    while (current < max) {
      if (count.compareAndSet(current, current + 1)) {
        return true;
      }
      current = count.get();
    }
    return false;
  }

  /** A request that was counted is over. */
  public void end() {
    count.decrementAndGet();
  }

  /** How many there are. */
  public int count() {
    return count.get();
  }
}
