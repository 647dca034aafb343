package io.librarymesh.pick;

import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;

/**
 * Of two hosts drawn by weight, with replacement, the one with fewer attempts in flight for its
 * weight; the first one on a tie.
 *
 * <p>Envoy runs a scheduler over {@code weight / (active + 1)} here, which needs a lock. This gives
 * the same shares while nothing is in flight and leans the same way as hosts fill up.
 */
final class WeightedLeastRequest implements LoadBalancer {
  private final WeightedTable table;

  WeightedLeastRequest(WeightedTable table) {
    this.table = table;
  }

  @Override
  public PickResult pick(RandomSource random) {
    int first = table.indexOf(random.nextInt(table.sum(), Draw.P2C_FIRST));
    int second = table.indexOf(random.nextInt(table.sum(), Draw.P2C_SECOND));
    HostState a = table.host(first);
    HostState b = table.host(second);
    boolean secondIsFreer =
        (long) b.active() * table.weight(first) < (long) a.active() * table.weight(second);
    return secondIsFreer ? b : a;
  }
}
