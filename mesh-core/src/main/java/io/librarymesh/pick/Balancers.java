package io.librarymesh.pick;

import io.librarymesh.config.LbPolicy;
import io.librarymesh.config.LbPolicy.ConsistentHashing;
import io.librarymesh.config.LbPolicy.LeastRequest;
import io.librarymesh.config.LbPolicy.Maglev;
import io.librarymesh.config.LbPolicy.RingHash;
import java.util.Arrays;
import java.util.function.IntFunction;

/** Makes the load balancer of a cluster's policy over some of its hosts. */
final class Balancers {
  private static final LoadBalancer NOBODY = (random, hash, repeat) -> NoHealthyUpstream.INSTANCE;

  private final LbPolicy policy;
  private final HostState[] all;

  /**
   * @param all hosts of the cluster
   */
  Balancers(LbPolicy policy, HostState[] all) {
    this.policy = policy;
    this.all = all;
  }

  /** Whether requests are told apart by their hash. */
  static boolean hashes(LbPolicy policy) {
    return policy instanceof RingHash || policy instanceof Maglev;
  }

  /**
   * The load balancer over {@code hosts}, which may be empty.
   *
   * @param cursor gives the position of a round robin of so many turns
   */
  LoadBalancer over(HostState[] hosts, IntFunction<Cursor> cursor) {
    if (hosts.length == 0) {
      return NOBODY;
    }
    if (hosts.length == 1) {
      HostState only = hosts[0];
      return (random, hash, repeat) -> only;
    }
    if (policy instanceof RingHash || policy instanceof Maglev) {
      return hashing(WeightedHosts.of(hosts));
    }
    if (policy instanceof LbPolicy.Random) {
      return new RandomHost(hosts);
    }
    int[] weights = Arrays.stream(hosts).mapToInt(host -> host.endpoint().weight()).toArray();
    boolean equal = Arrays.stream(weights).allMatch(weight -> weight == weights[0]);
    if (policy instanceof LeastRequest leastRequest) {
      return leastRequest(leastRequest, hosts, weights, equal);
    }
    HostState[] rotation = equal ? hosts : inOrder(hosts, EdfSchedule.of(weights));
    return new RoundRobin(rotation, cursor.apply(rotation.length));
  }

  private static LoadBalancer leastRequest(
      LeastRequest policy, HostState[] hosts, int[] weights, boolean equal) {
    boolean all = policy.candidates() == LeastRequest.ALL;
    if (equal) {
      return all
          ? new FullScan(hosts)
          : new io.librarymesh.pick.LeastRequest(hosts, policy.candidates());
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
        : new BoundedLoad(balancer, members, all, hashing.balanceFactorPercent());
  }

  private static HostState[] inOrder(HostState[] hosts, int[] schedule) {
    return Arrays.stream(schedule).mapToObj(i -> hosts[i]).toArray(HostState[]::new);
  }
}
