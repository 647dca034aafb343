package io.librarymesh.controlplane.metrics;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.DoubleAdder;

/** How often which sizes were observed, in buckets with upper bounds. */
public final class Distribution {

  private final double[] bounds;
  private final AtomicLongArray counts;
  private final DoubleAdder sum = new DoubleAdder();

  /**
   * Nothing was observed.
   *
   * @param bounds upper bounds, ascending, each within its bucket; the last bucket has none
   */
  Distribution(double[] bounds) {
    this.bounds = bounds;
    this.counts = new AtomicLongArray(bounds.length + 1);
  }

  /** Notes one. */
  public void observe(double size) {
    int found = Arrays.binarySearch(bounds, size);
    counts.incrementAndGet(found >= 0 ? found : -found - 1);
    sum.add(size);
  }

  /** How many were observed. */
  public long count() {
    long count = 0;
    for (int i = 0; i < counts.length(); i++) {
      count += counts.get(i);
    }
    return count;
  }

  double sum() {
    return sum.sum();
  }

  int buckets() {
    return counts.length();
  }

  /** The bound of a bucket as it is written. */
  String bound(int bucket) {
    return bucket < bounds.length ? Sample.number(bounds[bucket]) : "+Inf";
  }

  /** How many fell into this very bucket. */
  long count(int bucket) {
    return counts.get(bucket);
  }
}
