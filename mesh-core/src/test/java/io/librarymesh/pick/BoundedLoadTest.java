package io.librarymesh.pick;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.Endpoint;
import io.librarymesh.config.LbPolicy.RingHash;
import io.librarymesh.route.XxHash64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BoundedLoadTest {
  private final HostState[] hosts = Hosts.states(Hosts.table());
  private final WeightedHosts members = WeightedHosts.of(hosts);
  private final HashRing ring = HashRing.of(members, RingHash.DEFAULT);
  private final BoundedLoad bounded = new BoundedLoad(ring, members, hosts, 150);

  /** Alice's host is the second. */
  private final long alice = XxHash64.hash("alice");

  @Test
  void lb34HostIsTakenUpToItsSlots() {
    load(2, 3, 0);
    // Five in flight: floor(6 * 150 + 99 / 100) = 9, so three slots each; three in flight are full,
    // not over.
    assertThat(pick(alice)).isSameAs(hosts[1]);

    hosts[0].end();
    hosts[1].begin();
    // Still five: now four stand at a host of three slots.
    assertThat(pick(alice)).isNotSameAs(hosts[1]);
  }

  @Test
  void lb35DetourIsTheSameForTheSameHash() {
    load(0, 9, 0);
    Set<HostState> detours = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      long hash = XxHash64.hash("key-" + i);
      if (ring.pick(Draws.none(), hash, 0) == hosts[1]) {
        HostState first = pick(hash);
        detours.add(first);
        assertThat(pick(hash)).isSameAs(first);
      }
    }
    assertThat(detours).containsExactlyInAnyOrder(hosts[0], hosts[2]);
  }

  @Test
  void lb35WhenAllAreFullTheLeastFullIsTaken() {
    // The bound is the average: five and a half, and so six slots for each of three.
    BoundedLoad strict = new BoundedLoad(ring, members, hosts, 100);
    HostState[] few = {hosts[0]};
    BoundedLoad blind = new BoundedLoad(ring, members, few, 100);
    load(4, 6, 5);
    // As if only the first host's four were in flight: two slots each, which all three exceed.
    assertThat(blind.pick(Draws.none(), alice, 0)).isSameAs(hosts[0]);
    assertThat(strict.pick(Draws.none(), alice, 0)).isSameAs(hosts[1]);
  }

  @Test
  void weightsAreSharesOfTheSlots() {
    List<Endpoint> uneven = List.of(Hosts.endpoint(1, 1), Hosts.endpoint(2, 3));
    HostState[] two = Hosts.states(uneven);
    WeightedHosts weighted = WeightedHosts.of(two);
    HashRing over = HashRing.of(weighted, RingHash.DEFAULT);
    BoundedLoad balancer = new BoundedLoad(over, weighted, two, 100);
    long key =
        IntStream.range(0, 100)
            .mapToLong(i -> XxHash64.hash("key-" + i))
            .filter(hash -> over.pick(Draws.none(), hash, 0) == two[0])
            .findFirst()
            .orElseThrow();

    // 8 in flight: 9 slots, of which a quarter, rounded up to 3, are the first one's.
    begin(two[0], 3);
    begin(two[1], 5);
    assertThat(balancer.pick(Draws.none(), key, 0)).isSameAs(two[0]);
    two[1].end();
    two[0].begin();
    assertThat(balancer.pick(Draws.none(), key, 0)).isSameAs(two[1]);
  }

  /** The way around full hosts as the reference text has it, in long arithmetic. */
  @Test
  void aNaiveProbeAgrees() {
    SplittableRandom random = new SplittableRandom(35);
    for (int round = 0; round < 300; round++) {
      List<Endpoint> endpoints = Hosts.random(random, 2 + random.nextInt(12));
      HostState[] states = Hosts.states(endpoints);
      for (HostState state : states) {
        begin(state, random.nextInt(12));
      }
      int factor = 100 + random.nextInt(60);
      WeightedHosts weighted = WeightedHosts.of(states);
      HashRing over = HashRing.of(weighted, RingHash.DEFAULT);
      long hash = random.nextLong();

      PickResult picked =
          new BoundedLoad(over, weighted, states, factor).pick(Draws.none(), hash, 0);

      assertThat(picked).isSameAs(naive(over, weighted, states, factor, hash));
    }
  }

  private static HostState naive(
      HashRing ring, WeightedHosts members, HostState[] states, int factor, long hash) {
    long total = 1;
    for (HostState state : states) {
      total += state.active();
    }
    double[] load = new double[states.length];
    int wanted = 0;
    long everybodys = (total * factor + 99) / 100;
    for (int i = 0; i < states.length; i++) {
      long slots = (long) Math.ceil(everybodys * members.weight(i));
      load[i] = (double) states[i].active() / Math.max(1, slots);
      wanted = ring.pick(Draws.none(), hash, 0) == states[i] ? i : wanted;
    }
    if (load[wanted] <= 1) {
      return states[wanted];
    }
    MersenneTwister random = new MersenneTwister();
    random.seed((int) hash);
    int[] order = IntStream.range(0, states.length).toArray();
    int least = wanted;
    for (int i = 0; i < order.length; i++) {
      int j = i + random.below(order.length - i);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
      if (order[i] != wanted && load[order[i]] <= 1) {
        return states[order[i]];
      }
      least = load[order[i]] < load[least] ? order[i] : least;
    }
    return states[least];
  }

  private HostState pick(long hash) {
    return (HostState) bounded.pick(Draws.none(), hash, 0);
  }

  private void load(int first, int second, int third) {
    begin(hosts[0], first);
    begin(hosts[1], second);
    begin(hosts[2], third);
  }

  private static void begin(HostState host, int times) {
    for (int i = 0; i < times; i++) {
      host.begin();
    }
  }
}
