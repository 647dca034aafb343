package io.librarymesh.pick;

import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.LbPolicy;
import io.librarymesh.config.LbPolicy.ConsistentHashing;
import io.librarymesh.config.LbPolicy.Maglev;
import io.librarymesh.config.LbPolicy.RingHash;
import io.librarymesh.config.LbPolicy.SlowStart;
import io.librarymesh.config.Locality;
import io.librarymesh.config.LocalityBalancing;
import io.librarymesh.pick.PriorityLevel.LocalHosts;
import io.librarymesh.random.RandomSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Makes the load balancer of a cluster's policy over a group of hosts of one level. */
final class Balancers {
  /** Over no hosts. */
  static final LoadBalancer NOBODY = (random, hash, repeat) -> NoHealthyUpstream.INSTANCE;

  private final LbPolicy policy;
  private final boolean byLocality;
  private final int overprovisioningPercent;
  private final List<HostState> all;
  private final RandomSource random;
  private final long nowNanos;

  /**
   * @param all hosts of the cluster
   * @param random draws where round robins start
   */
  Balancers(ClusterConfig config, List<HostState> all, RandomSource random, long nowNanos) {
    this.policy = config.cluster().loadBalancing().policy();
    this.byLocality =
        config.cluster().loadBalancing().localities() instanceof LocalityBalancing.Weighted;
    this.overprovisioningPercent = config.policy().overprovisioningPercent();
    this.all = all;
    this.random = random;
    this.nowNanos = nowNanos;
  }

  /** Whether requests are told apart by their hash. */
  static boolean hashes(LbPolicy policy) {
    return policy instanceof RingHash || policy instanceof Maglev;
  }

  /** The load balancer over a group, which may be empty. */
  LoadBalancer over(PriorityLevel level, HostGroup group) {
    if (byLocality && hashes(policy)) {
      WeightedHosts members = WeightedHosts.byLocality(level.localities(), group);
      if (members.size() > 0) {
        return hashing(members);
      }
    } else if (byLocality && group != HostGroup.ALL) {
      List<LocalHosts> localities = level.localities();
      long[] weights = LocalityWeights.of(localities, group, overprovisioningPercent);
      if (Arrays.stream(weights).anyMatch(weight -> weight > 0)) {
        return rotation(level, group, weights);
      }
    }
    return over(level.hosts(group), level, group, Optional.empty());
  }

  private LoadBalancer rotation(PriorityLevel level, HostGroup group, long[] weights) {
    List<LoadBalancer> balancers = new ArrayList<>();
    List<Long> shares = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > 0) {
        LocalHosts local = level.localities().get(i);
        shares.add(weights[i]);
        balancers.add(over(local.hosts(group), level, group, Optional.of(local.locality())));
      }
    }
    int[] schedule = EdfSchedule.of(shares.stream().mapToLong(Long::longValue).toArray());
    LoadBalancer[] turns = new LoadBalancer[schedule.length];
    Arrays.setAll(turns, i -> balancers.get(schedule[i]));
    return balancers.size() == 1
        ? balancers.get(0)
        : new LocalityRotation(turns, level.localityCursor(group, turns.length, random));
  }

  private LoadBalancer over(
      HostState[] hosts, PriorityLevel level, HostGroup group, Optional<Locality> within) {
    if (hosts.length == 0) {
      return NOBODY;
    }
    if (hosts.length == 1) {
      HostState only = hosts[0];
      return (draws, hash, repeat) -> only;
    }
    if (hashes(policy)) {
      return hashing(WeightedHosts.of(hosts));
    }
    if (policy instanceof LbPolicy.Random) {
      return new RandomHost(hosts);
    }
    // In panic every host is needed, however young.
    SlowStart slowStart = group == HostGroup.ALL ? SlowStart.NONE : policy.slowStart();
    long[] weights = SlowStartRamp.weights(hosts, slowStart, nowNanos);
    if (policy instanceof LbPolicy.LeastRequest leastRequest) {
      return leastRequest(leastRequest, hosts, weights);
    }
    HostState[] rotation = weights.length == 0 ? hosts : inOrder(hosts, EdfSchedule.of(weights));
    return new RoundRobin(rotation, level.cursor(group, within, rotation.length, random));
  }

  private static LoadBalancer leastRequest(
      LbPolicy.LeastRequest policy, HostState[] hosts, long[] weights) {
    boolean all = policy.candidates() == LbPolicy.LeastRequest.ALL;
    if (weights.length == 0) {
      return all ? new FullScan(hosts) : new LeastRequest(hosts, policy.candidates());
    }
    // With unequal weights Envoy's scheduler stands in for either way to select.
    return new WeightedLeastRequest(
        new WeightedTable(hosts, weights),
        all ? 2 : policy.candidates(),
        policy.activeRequestBias());
  }

  private LoadBalancer hashing(WeightedHosts members) {
    if (policy instanceof RingHash ring) {
      return bounded(HashRing.of(members, ring), members, ring.hashing());
    }
    Maglev maglev = (Maglev) policy;
    return bounded(MaglevTable.of(members, maglev), members, maglev.hashing());
  }

  private LoadBalancer bounded(
      LoadBalancer balancer, WeightedHosts members, ConsistentHashing hashing) {
    return hashing.balanceFactorPercent() == 0
        ? balancer
        : new BoundedLoad(
            balancer, members, all.toArray(HostState[]::new), hashing.balanceFactorPercent());
  }

  private static HostState[] inOrder(HostState[] hosts, int[] schedule) {
    return Arrays.stream(schedule).mapToObj(i -> hosts[i]).toArray(HostState[]::new);
  }
}
