package io.librarymesh.pick;

import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.HealthStatus;
import io.librarymesh.pick.PriorityLevel.Cursors;
import io.librarymesh.random.RandomSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns the levels of a cluster into a {@link HostSet}: which groups of hosts get calls, in what
 * shares, and how one host of a group is picked.
 */
final class HostSetCompiler {
  private final ClusterConfig config;
  private final RandomSource random;
  private final List<HostState> hosts;
  private final Balancers balancers;
  private final List<LoadBalancer> targets = new ArrayList<>();
  private final List<Integer> shares = new ArrayList<>();

  private HostSetCompiler(ClusterConfig config, List<HostState> hosts, RandomSource random) {
    this.config = config;
    this.random = random;
    this.hosts = hosts;
    this.balancers =
        new Balancers(config.cluster().loadBalancing().policy(), hosts.toArray(HostState[]::new));
  }

  /**
   * Builds the view as the hosts are now.
   *
   * @param levels at least one, by priority
   */
  static HostSet compile(ClusterConfig config, List<PriorityLevel> levels, RandomSource random) {
    List<HostState> hosts = levels.stream().flatMap(level -> level.hosts().stream()).toList();
    return new HostSetCompiler(config, hosts, random).compile(levels);
  }

  private HostSet compile(List<PriorityLevel> levels) {
    PriorityLoad.Level[] sizes =
        levels.stream().map(HostSetCompiler::sizeOf).toArray(PriorityLoad.Level[]::new);
    PriorityLoad load = loadOf(config, sizes);
    // The order in which Envoy lays the loads side by side: all healthy ones, then all degraded.
    for (int i = 0; i < sizes.length; i++) {
      addTarget(load.healthy(i), load.panic(i), HealthStatus.HEALTHY, levels.get(i));
    }
    for (int i = 0; i < sizes.length; i++) {
      addTarget(load.degraded(i), load.panic(i), HealthStatus.DEGRADED, levels.get(i));
    }
    return new HostSet(
        hosts,
        counts(hosts, sizes),
        targets.toArray(LoadBalancer[]::new),
        Balancers.hashes(config.cluster().loadBalancing().policy()),
        targetByDraw());
  }

  /** How calls are shared out among the levels. */
  static PriorityLoad loadOf(ClusterConfig config, PriorityLoad.Level[] sizes) {
    return PriorityLoad.of(
        sizes,
        config.overprovisioningPercent(),
        config.cluster().loadBalancing().panicThresholdPercent());
  }

  static PriorityLoad.Level sizeOf(PriorityLevel level) {
    return new PriorityLoad.Level(
        level.hosts().size(),
        level.hosts(HealthStatus.HEALTHY).size(),
        level.hosts(HealthStatus.DEGRADED).size());
  }

  private static HostCounts counts(List<HostState> hosts, PriorityLoad.Level[] sizes) {
    return new HostCounts(
        Arrays.stream(sizes).mapToInt(PriorityLoad.Level::total).sum(),
        Arrays.stream(sizes).mapToInt(PriorityLoad.Level::healthy).sum(),
        Arrays.stream(sizes).mapToInt(PriorityLoad.Level::degraded).sum(),
        (int) hosts.stream().filter(HostState::ejected).count());
  }

  private void addTarget(int share, boolean panic, HealthStatus health, PriorityLevel level) {
    if (share == 0) {
      return;
    }
    shares.add(share);
    if (panic) {
      targets.add(over(level.hosts(), level, Cursors::all));
    } else if (health == HealthStatus.HEALTHY) {
      targets.add(over(level.hosts(health), level, Cursors::healthy));
    } else {
      targets.add(over(level.hosts(health), level, Cursors::degraded));
    }
  }

  private LoadBalancer over(
      List<HostState> members, PriorityLevel level, Function<Cursors, Cursor> cursor) {
    return balancers.over(
        members.toArray(HostState[]::new), length -> cursor.apply(level.cursors(length, random)));
  }

  private byte @Nullable [] targetByDraw() {
    if (targets.size() == 1) {
      return null;
    }
    byte[] byDraw = new byte[100];
    int draw = 0;
    for (int target = 0; target < shares.size(); target++) {
      int end = draw + shares.get(target);
      Arrays.fill(byDraw, draw, end, (byte) target);
      draw = end;
    }
    return byDraw;
  }
}
