package io.librarymesh.attempt;

import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.CircuitBreakers.Thresholds;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Attempts in flight and attempts that wait for a connection, in one word: an attempt that needs
 * room in both is admitted or refused in one step, and never seen half counted by another. Any
 * thread.
 */
final class InFlight {
  private static final long REQUEST = 1L << 32;

  /** Requests in the high half, pending in the low half. */
  private final AtomicLong counts = new AtomicLong();

  int requests() {
    return requests(counts.get());
  }

  int pending() {
    return pending(counts.get());
  }

  /**
   * Counts an attempt in.
   *
   * @param hasConnection whether it need not count as pending
   */
  Admission tryBegin(Thresholds breakers, boolean hasConnection) {
    if (hasConnection && breakers.maxRequests() == CircuitBreakers.UNLIMITED) {
      counts.getAndAdd(REQUEST);
      return Admission.ADMITTED;
    }
    while (true) {
      long current = counts.get();
      // Pending first: an attempt gets a connection before it becomes a request.
      if (!hasConnection && pending(current) >= breakers.maxPendingRequests()) {
        return Admission.OVERFLOW_PENDING;
      }
      if (requests(current) >= breakers.maxRequests()) {
        return Admission.OVERFLOW_REQUESTS;
      }
      if (counts.compareAndSet(current, current + REQUEST + (hasConnection ? 0 : 1))) {
        return hasConnection ? Admission.ADMITTED : Admission.CONNECTING;
      }
    }
  }

  void end(boolean pending) {
    counts.getAndAdd(pending ? -REQUEST - 1 : -REQUEST);
  }

  /** Counts an attempt as waiting and not yet in flight. */
  boolean tryBeginPending(int maxPendingRequests) {
    while (true) {
      long current = counts.get();
      if (pending(current) >= maxPendingRequests) {
        return false;
      }
      if (counts.compareAndSet(current, current + 1)) {
        return true;
      }
    }
  }

  void endPending() {
    counts.getAndDecrement();
  }

  /** Counts in an attempt that has waited; it goes on counting as pending. */
  boolean tryBeginWaited(int maxRequests) {
    while (true) {
      long current = counts.get();
      if (requests(current) >= maxRequests) {
        return false;
      }
      if (counts.compareAndSet(current, current + REQUEST)) {
        return true;
      }
    }
  }

  private static int requests(long counts) {
    return (int) (counts >>> 32);
  }

  private static int pending(long counts) {
    return (int) counts;
  }
}
