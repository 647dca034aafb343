package io.librarymesh.pick;

/**
 * Hosts laid out one after the other, each as long as its weight, so that a number below the sum of
 * weights finds a host. A guide entry for each host-sized stretch says where to begin to look,
 * which makes the search two steps on average, however many hosts there are.
 */
final class WeightedTable {
  private final HostState[] hosts;
  private final int[] weights;
  private final int[] ends;
  private final int[] guide;
  private final int sum;

  /**
   * @param hosts not empty
   * @param weights one for each host; scaled down, but not below 1, when their sum is no int
   */
  WeightedTable(HostState[] hosts, long[] weights) {
    this.hosts = hosts;
    this.weights = fitting(weights);
    this.ends = new int[hosts.length];
    int end = 0;
    for (int i = 0; i < hosts.length; i++) {
      end += this.weights[i];
      ends[i] = end;
    }
    this.sum = end;
    this.guide = guide();
  }

  int sum() {
    return sum;
  }

  HostState host(int index) {
    return hosts[index];
  }

  int weight(int index) {
    return weights[index];
  }

  /**
   * The host that {@code point} falls on.
   *
   * @param point in {@code [0, sum)}
   */
  int indexOf(int point) {
    int index = guide[stretch(point)];
    while (ends[index] <= point) {
      index++;
    }
    return index;
  }

  private int stretch(int point) {
    return (int) ((long) point * hosts.length / sum);
  }

  /** For each stretch the first host that reaches into it. */
  private int[] guide() {
    int[] first = new int[hosts.length];
    int index = 0;
    for (int i = 0; i < first.length; i++) {
      // The smallest point of the stretch, rounded down: looking from too early is still right.
      long start = (long) i * sum / hosts.length;
      while (ends[index] <= start) {
        index++;
      }
      first[i] = index;
    }
    return first;
  }

  private static int[] fitting(long[] weights) {
    long total = 0;
    for (long weight : weights) {
      total += weight;
    }
    int shift = 0;
    while ((total >> shift) + weights.length > Integer.MAX_VALUE) {
      shift++;
    }
    int[] scaled = new int[weights.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (int) Math.max(1, weights[i] >> shift);
    }
    return scaled;
  }
}
