package io.librarymesh.guard;

import io.librarymesh.config.Bulkhead;
import io.librarymesh.config.RateLimit;
import io.librarymesh.time.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The simplest permits: a rate limit that never comes back, and a bulkhead that is a counter. */
final class CountingPermits implements PermitProvider {
  final List<String> made = new ArrayList<>();

  /** What a reservation that is not good at once waits; less than 0 refuses. */
  long wait = -1;

  @Override
  public RatePermits rate(String name, RateLimit limit, Ticker ticker) {
    made.add("rate " + name + " " + limit.requests());
    AtomicInteger left = new AtomicInteger(limit.requests());
    return () -> left.getAndDecrement() > 0 ? 0 : wait;
  }

  @Override
  public BulkheadPermits bulkhead(String name, Bulkhead bulkhead) {
    made.add("bulkhead " + name + " " + bulkhead.maxConcurrentCalls());
    return new Counter(bulkhead.maxConcurrentCalls());
  }

  private static final class Counter implements BulkheadPermits {
    private int max;
    private int running;

    Counter(int max) {
      this.max = max;
    }

    @Override
    public synchronized boolean tryAcquire() {
      if (running >= max) {
        return false;
      }
      running++;
      return true;
    }

    @Override
    public synchronized void release() {
      running--;
    }

    @Override
    public synchronized void resize(int maxConcurrentCalls) {
      max = maxConcurrentCalls;
    }
  }
}
