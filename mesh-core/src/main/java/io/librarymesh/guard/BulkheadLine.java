package io.librarymesh.guard;

import io.librarymesh.time.Signal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A bulkhead and those who wait for it. First come, first served: a call that ends hands its place
 * to the first in the line, and a newcomer cannot overtake.
 *
 * <p>Any thread. The lock is only taken while somebody waits.
 */
final class BulkheadLine {
  private final BulkheadPermits permits;
  private final Object lock = new Object();

  /** In the order of arrival. Under the lock. */
  private final Set<Place> waiting = new LinkedHashSet<>();

  /** The size of {@link #waiting}, to be read without the lock. */
  private volatile int length;

  BulkheadLine(BulkheadPermits permits) {
    this.permits = permits;
  }

  /** A place in the line; its signal fires when the call it belongs to has been let in. */
  static final class Place {
    final Signal signal = new Signal();
    private volatile boolean admitted;

    /** Whether the call is counted in and must {@link BulkheadLine#leave}. */
    boolean admitted() {
      return admitted;
    }
  }

  boolean tryEnter() {
    return length == 0 && permits.tryAcquire();
  }

  /** Waits behind all others; may be let in at once, because things have changed meanwhile. */
  Place join() {
    Place place = new Place();
    synchronized (lock) {
      waiting.add(place);
      length = waiting.size();
    }
    // Only now is the bulkhead asked again: a call that ended before was seen, and one that ends
    // later sees this place.
    admitDue();
    return place;
  }

  /**
   * Gives a place up.
   *
   * @return false when the call has been let in meanwhile
   */
  boolean abandon(Place place) {
    synchronized (lock) {
      boolean waited = waiting.remove(place);
      length = waiting.size();
      return waited;
    }
  }

  /** A call that was let in is over. */
  void leave() {
    permits.release();
    if (length > 0) {
      admitDue();
    }
  }

  void resize(int maxConcurrentCalls) {
    permits.resize(maxConcurrentCalls);
    admitDue();
  }

  private void admitDue() {
    List<Place> due = new ArrayList<>();
    synchronized (lock) {
      for (Iterator<Place> i = waiting.iterator(); i.hasNext() && permits.tryAcquire(); ) {
        Place place = i.next();
        i.remove();
        place.admitted = true;
        due.add(place);
      }
      length = waiting.size();
    }
    // Not under the lock, because a listener may run its call on.
    due.forEach(place -> place.signal.fire());
  }
}
