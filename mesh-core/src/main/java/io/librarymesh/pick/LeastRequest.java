package io.librarymesh.pick;

import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;

/**
 * Of some hosts drawn with replacement the one with the fewest attempts in flight; the first one on
 * a tie. Source: Envoy {@code LeastRequestLoadBalancer} with equal weights.
 */
final class LeastRequest implements LoadBalancer {
  private final HostState[] hosts;
  private final int candidates;

  /**
   * @param hosts not empty
   * @param candidates how many are drawn, at least 2
   */
  LeastRequest(HostState[] hosts, int candidates) {
    this.hosts = hosts;
    this.candidates = candidates;
  }

  @Override
  public PickResult pick(RandomSource random, long hash, int repeat) {
    HostState best = hosts[random.nextInt(hosts.length, Draw.P2C_FIRST)];
    int active = best.active();
    for (int i = 1; i < candidates; i++) {
      HostState other = hosts[random.nextInt(hosts.length, Draw.P2C_SECOND)];
      int others = other.active();
      if (others < active) {
        best = other;
        active = others;
      }
    }
    return best;
  }
}
