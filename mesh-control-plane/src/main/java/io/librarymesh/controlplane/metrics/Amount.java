package io.librarymesh.controlplane.metrics;

import java.util.concurrent.atomic.AtomicLong;

/** One whole number that grows, as a counter, or is set, as a gauge. */
public final class Amount {

  private final AtomicLong value = new AtomicLong();

  /** One more. */
  public void increment() {
    value.incrementAndGet();
  }

  /** So many more, or less when negative. */
  public void add(long more) {
    value.addAndGet(more);
  }

  /** From now on this. */
  public void set(long now) {
    value.set(now);
  }

  /** What it is now. */
  public long value() {
    return value.get();
  }
}
