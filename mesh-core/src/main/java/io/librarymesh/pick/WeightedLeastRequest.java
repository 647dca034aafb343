package io.librarymesh.pick;

import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;

/**
 * Of some hosts drawn by weight, with replacement, the one with the fewest attempts in flight for
 * its weight; the first one on a tie.
 *
 * <p>Envoy runs a scheduler over {@code weight / (active + 1) ^ bias} here, which needs a lock.
 * This gives the same shares while nothing is in flight and leans the same way as hosts fill up.
 */
final class WeightedLeastRequest implements LoadBalancer {
  private final WeightedTable table;
  private final int candidates;
  private final double bias;

  /**
   * @param candidates how many are drawn, at least 2
   * @param bias the power of the attempts in flight; with 0 the weights alone decide
   */
  WeightedLeastRequest(WeightedTable table, int candidates, double bias) {
    this.table = table;
    this.candidates = candidates;
    this.bias = bias;
  }

  @Override
  public PickResult pick(RandomSource random, long hash, int repeat) {
    int best = table.indexOf(random.nextInt(table.sum(), Draw.P2C_FIRST));
    double load = load(best);
    for (int i = 1; i < candidates; i++) {
      int other = table.indexOf(random.nextInt(table.sum(), Draw.P2C_SECOND));
      double others = load(other);
      if (others < load) {
        best = other;
        load = others;
      }
    }
    return table.host(best);
  }

  private double load(int index) {
    int active = table.host(index).active();
    if (active == 0 || bias == 0) {
      return 0;
    }
    return (bias == 1.0 ? active : Math.pow(active, bias)) / table.weight(index);
  }
}
