package io.librarymesh.pick;

import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;

/**
 * Of two hosts drawn with replacement the one with fewer attempts in flight; the first one on a
 * tie. Source: Envoy {@code LeastRequestLoadBalancer} with equal weights and choice count 2.
 */
final class LeastRequest implements LoadBalancer {
  private final HostState[] hosts;

  /**
   * @param hosts not empty
   */
  LeastRequest(HostState[] hosts) {
    this.hosts = hosts;
  }

  @Override
  public PickResult pick(RandomSource random) {
    HostState first = hosts[random.nextInt(hosts.length, Draw.P2C_FIRST)];
    HostState second = hosts[random.nextInt(hosts.length, Draw.P2C_SECOND)];
    return second.active() < first.active() ? second : first;
  }
}
