package io.librarymesh.pick;

import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.LoadBalancing;
import io.librarymesh.random.RandomSource;
import java.util.Arrays;
import java.util.List;

/**
 * Turns the levels of a cluster into a {@link HostSet}: which groups of hosts get calls, in what
 * shares, and how one host of a group is picked.
 */
final class HostSetCompiler {
  private final ClusterConfig config;
  private final RandomSource random;
  private final long nowNanos;

  HostSetCompiler(ClusterConfig config, RandomSource random, long nowNanos) {
    this.config = config;
    this.random = random;
    this.nowNanos = nowNanos;
  }

  /**
   * Builds the view as the hosts are now.
   *
   * @param levels at least one, by priority
   */
  HostSet compile(List<PriorityLevel> levels) {
    List<HostState> hosts =
        levels.size() == 1
            ? levels.get(0).hosts()
            : levels.stream().flatMap(level -> level.hosts().stream()).toList();
    PriorityLoad.Level[] sizes = sizesOf(config, levels);
    PriorityLoad load = loadOf(config, sizes);
    return new HostSet(
        hosts,
        counts(hosts, sizes),
        load,
        targets(levels, load, hosts),
        Balancers.hashes(config.cluster().loadBalancing().policy()));
  }

  /** How calls are shared out among the levels. */
  static PriorityLoad loadOf(ClusterConfig config, PriorityLoad.Level[] sizes) {
    LoadBalancing balancing = config.cluster().loadBalancing();
    return PriorityLoad.of(
        sizes, config.policy().overprovisioningPercent(), balancing.panicThresholdPercent());
  }

  static PriorityLoad.Level[] sizesOf(ClusterConfig config, List<PriorityLevel> levels) {
    boolean weighted = config.policy().weightedPriorityHealth();
    PriorityLoad.Level[] sizes = new PriorityLoad.Level[levels.size()];
    Arrays.setAll(sizes, i -> weighted ? weightOf(levels.get(i)) : sizeOf(levels.get(i)));
    return sizes;
  }

  private static PriorityLoad.Level sizeOf(PriorityLevel level) {
    return new PriorityLoad.Level(
        level.hosts().size(),
        HostGroup.HEALTHY.count(level.hosts()),
        HostGroup.DEGRADED.count(level.hosts()));
  }

  private static PriorityLoad.Level weightOf(PriorityLevel level) {
    PriorityLoad.Level counted = sizeOf(level);
    return new PriorityLoad.Level(
        counted.total(),
        counted.healthy(),
        counted.degraded(),
        new PriorityLoad.Size(
            weight(level.hosts(HostGroup.ALL)),
            weight(level.hosts(HostGroup.HEALTHY)),
            weight(level.hosts(HostGroup.DEGRADED))));
  }

  private static long weight(HostState[] hosts) {
    return Arrays.stream(hosts).mapToLong(host -> host.endpoint().weight()).sum();
  }

  private static HostCounts counts(List<HostState> hosts, PriorityLoad.Level[] sizes) {
    int healthy = 0;
    int degraded = 0;
    for (PriorityLoad.Level size : sizes) {
      healthy += size.healthy();
      degraded += size.degraded();
    }
    int ejected = 0;
    for (int i = 0; i < hosts.size(); i++) {
      ejected += hosts.get(i).ejected() ? 1 : 0;
    }
    return new HostCounts(hosts.size(), healthy, degraded, ejected);
  }

  /** Also for levels without load: a retry may leave the others out. */
  private LoadBalancer[] targets(
      List<PriorityLevel> levels, PriorityLoad load, List<HostState> all) {
    Balancers balancers = new Balancers(config, all, random, nowNanos);
    LoadBalancer[] targets = new LoadBalancer[2 * levels.size()];
    for (int i = 0; i < levels.size(); i++) {
      PriorityLevel level = levels.get(i);
      boolean panic = load.panic(i);
      targets[i] = balancers.over(level, panic ? HostGroup.ALL : HostGroup.HEALTHY);
      targets[levels.size() + i] = panic ? targets[i] : balancers.over(level, HostGroup.DEGRADED);
    }
    return targets;
  }
}
