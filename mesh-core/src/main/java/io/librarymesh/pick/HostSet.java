package io.librarymesh.pick;

import io.librarymesh.config.Cluster.LbPolicy;
import io.librarymesh.config.HealthStatus;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An immutable view of a cluster's hosts with everything that a pick needs worked out. Made anew
 * when membership, health or an ejection changes.
 */
final class HostSet {
  private static final LoadBalancer NOBODY = random -> NoHealthyUpstream.INSTANCE;

  private final List<HostState> hosts;
  private final HostCounts counts;
  private final LoadBalancer[] targets;

  /** For each of a hundred draws the index of a target; null when there is one target. */
  private final byte @Nullable [] targetByDraw;

  private HostSet(
      List<HostState> hosts,
      HostCounts counts,
      LoadBalancer[] targets,
      byte @Nullable [] targetByDraw) {
    this.hosts = hosts;
    this.counts = counts;
    this.targets = targets;
    this.targetByDraw = targetByDraw;
  }

  List<HostState> hosts() {
    return hosts;
  }

  HostCounts counts() {
    return counts;
  }

  PickResult pick(RandomSource random) {
    byte[] byDraw = targetByDraw;
    int target = byDraw == null ? 0 : byDraw[random.nextInt(100, Draw.PRIORITY)];
    return targets[target].pick(random);
  }

  /** What a level is made of; the index is the priority. */
  record Level(List<HostState> hosts, Cursors cursors) {
    List<HostState> with(HealthStatus health) {
      return hosts.stream().filter(host -> host.health() == health).toList();
    }
  }

  /** One cursor for each group of hosts that a level can be asked for. */
  record Cursors(Cursor healthy, Cursor degraded, Cursor all) {
    static Cursors create() {
      return new Cursors(new Cursor(), new Cursor(), new Cursor());
    }
  }

  /** Builds views of one cluster. */
  record Compiler(
      LbPolicy policy,
      int overprovisioningPercent,
      int panicThresholdPercent,
      RandomSource random) {

    HostSet compile(List<Level> levels) {
      PriorityLoad load =
          PriorityLoad.of(
              levels.stream().map(Compiler::sizes).toArray(PriorityLoad.Level[]::new),
              overprovisioningPercent,
              panicThresholdPercent);
      List<LoadBalancer> targets = new ArrayList<>();
      List<Integer> shares = new ArrayList<>();
      for (int i = 0; i < levels.size(); i++) {
        if (load.healthy(i) > 0) {
          targets.add(load.panic(i) ? all(levels.get(i)) : healthy(levels.get(i)));
          shares.add(load.healthy(i));
        }
      }
      for (int i = 0; i < levels.size(); i++) {
        if (load.degraded(i) > 0) {
          targets.add(load.panic(i) ? all(levels.get(i)) : degraded(levels.get(i)));
          shares.add(load.degraded(i));
        }
      }
      return new HostSet(
          levels.stream().flatMap(level -> level.hosts.stream()).toList(),
          counts(levels),
          targets.toArray(LoadBalancer[]::new),
          targets.size() == 1 ? null : byDraw(shares));
    }

    private LoadBalancer healthy(Level level) {
      return over(level.with(HealthStatus.HEALTHY), level.cursors.healthy);
    }

    private LoadBalancer degraded(Level level) {
      return over(level.with(HealthStatus.DEGRADED), level.cursors.degraded);
    }

    private LoadBalancer all(Level level) {
      return over(level.hosts, level.cursors.all);
    }

    private LoadBalancer over(List<HostState> members, Cursor cursor) {
      if (members.isEmpty()) {
        return NOBODY;
      }
      HostState[] hosts = members.toArray(HostState[]::new);
      int[] weights = members.stream().mapToInt(host -> host.endpoint().weight()).toArray();
      boolean equal = Arrays.stream(weights).allMatch(weight -> weight == weights[0]);
      if (policy == LbPolicy.ROUND_ROBIN) {
        HostState[] rotation = equal ? hosts : inOrder(hosts, EdfSchedule.of(weights));
        cursor.start(rotation.length, random);
        return new RoundRobin(rotation, cursor);
      }
      if (hosts.length == 1) {
        HostState only = hosts[0];
        return draws -> only;
      }
      return equal
          ? new LeastRequest(hosts)
          : new WeightedLeastRequest(new WeightedTable(hosts, weights));
    }

    private static HostState[] inOrder(HostState[] hosts, int[] schedule) {
      return Arrays.stream(schedule).mapToObj(i -> hosts[i]).toArray(HostState[]::new);
    }

    private static byte[] byDraw(List<Integer> shares) {
      byte[] byDraw = new byte[100];
      int draw = 0;
      for (int target = 0; target < shares.size(); target++) {
        int end = draw + shares.get(target);
        Arrays.fill(byDraw, draw, end, (byte) target);
        draw = end;
      }
      return byDraw;
    }

    private static PriorityLoad.Level sizes(Level level) {
      return new PriorityLoad.Level(
          level.hosts.size(),
          level.with(HealthStatus.HEALTHY).size(),
          level.with(HealthStatus.DEGRADED).size());
    }

    private static HostCounts counts(List<Level> levels) {
      int total = 0;
      int healthy = 0;
      int degraded = 0;
      int ejected = 0;
      for (Level level : levels) {
        PriorityLoad.Level sizes = sizes(level);
        total += sizes.total();
        healthy += sizes.healthy();
        degraded += sizes.degraded();
        ejected += (int) level.hosts.stream().filter(HostState::ejected).count();
      }
      return new HostCounts(total, healthy, degraded, ejected);
    }
  }
}
