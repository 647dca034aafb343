package io.librarymesh.pick;

import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;

/**
 * Of all hosts the one with the fewest attempts in flight; any of them on a tie. Source: Envoy
 * {@code LeastRequestLoadBalancer} with {@code FULL_SCAN} and equal weights.
 */
final class FullScan implements LoadBalancer {
  private final HostState[] hosts;

  /**
   * @param hosts not empty
   */
  FullScan(HostState[] hosts) {
    this.hosts = hosts;
  }

  @Override
  public PickResult pick(RandomSource random, long hash, int repeat) {
    HostState best = hosts[0];
    int active = best.active();
    int tied = 1;
    for (int i = 1; i < hosts.length; i++) {
      int others = hosts[i].active();
      if (others < active) {
        best = hosts[i];
        active = others;
        tied = 1;
      } else if (others == active && random.nextInt(++tied, Draw.LEAST_REQUEST_TIE) == 0) {
        // Of k tied hosts the last one takes over with 1 in k: each is as likely in the end.
        best = hosts[i];
      }
    }
    return best;
  }
}
