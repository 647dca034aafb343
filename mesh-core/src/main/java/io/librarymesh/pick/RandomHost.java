package io.librarymesh.pick;

import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;

/** Any host, whatever its weight. Source: Envoy {@code RandomLoadBalancer}. */
final class RandomHost implements LoadBalancer {
  private final HostState[] hosts;

  /**
   * @param hosts not empty
   */
  RandomHost(HostState[] hosts) {
    this.hosts = hosts;
  }

  @Override
  public PickResult pick(RandomSource random, long hash, int repeat) {
    return hosts[random.nextInt(hosts.length, Draw.RANDOM_HOST)];
  }
}
