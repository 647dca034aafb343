package io.librarymesh.benchmarks;

import io.librarymesh.config.ClusterConfig;
import io.librarymesh.pick.ClusterState;
import io.librarymesh.pick.HostState;
import io.librarymesh.random.RandomSource;

/** Takes one host of a cluster out and lets it return. */
final class Ejecting {
  private static final long LONG_ENOUGH = Long.MAX_VALUE / 2;

  private final ClusterState cluster;
  private final HostState host;

  Ejecting(int hosts) {
    ClusterConfig config = Fixture.target(1, hosts).clusters().values().iterator().next();
    cluster = ClusterState.create(config, RandomSource.system(), () -> 0);
    host = cluster.hosts().get(hosts / 2);
  }

  void ejectAndReturn() {
    if (!cluster.eject(host, 0)) {
      throw new IllegalStateException("not ejected: " + host);
    }
    cluster.returnEjected(LONG_ENOUGH);
  }
}
