package io.librarymesh.resilience4j;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.librarymesh.guard.BulkheadPermits;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A bulkhead that can be made smaller while it is full. Resilience4j's own would wait for calls to
 * end; this one withholds permits instead, those that are free at once and the others as they come
 * back.
 */
final class ResizableBulkhead implements BulkheadPermits {
  private final Bulkhead bulkhead;

  /** Permits to be withheld that are still with calls. */
  private final AtomicInteger owed = new AtomicInteger();

  /** How many calls the bulkhead itself has permits for. Guarded by {@code this}. */
  private int capacity;

  /** The bound in force, never more than the capacity. Guarded by {@code this}. */
  private int size;

  ResizableBulkhead(Bulkhead bulkhead) {
    this.bulkhead = bulkhead;
    this.capacity = bulkhead.getBulkheadConfig().getMaxConcurrentCalls();
    this.size = capacity;
  }

  @Override
  public boolean tryAcquire() {
    return bulkhead.tryAcquirePermission();
  }

  @Override
  public void release() {
    if (!payOwed()) {
      bulkhead.releasePermission();
    }
  }

  @Override
  public synchronized void resize(int maxConcurrentCalls) {
    int more = Math.min(maxConcurrentCalls, capacity) - size;
    for (int i = 0; i < more; i++) {
      release();
    }
    if (more < 0) {
      owed.addAndGet(-more);
      withholdFree();
    }
    if (maxConcurrentCalls > capacity) {
      bulkhead.changeConfig(
          BulkheadConfig.from(bulkhead.getBulkheadConfig())
              .maxConcurrentCalls(maxConcurrentCalls)
              .build());
      capacity = maxConcurrentCalls;
    }
    size = maxConcurrentCalls;
  }

  private void withholdFree() {
    while (owed.get() > 0 && bulkhead.tryAcquirePermission()) {
      if (!payOwed()) {
        bulkhead.releasePermission();
      }
    }
  }

  /** Whether a permit that comes back is one to be withheld. */
  private boolean payOwed() {
    int current = owed.get();
    while (current > 0) {
      if (owed.compareAndSet(current, current - 1)) {
        return true;
      }
      current = owed.get();
    }
    return false;
  }
}
