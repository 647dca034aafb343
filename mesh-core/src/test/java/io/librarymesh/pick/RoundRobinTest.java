package io.librarymesh.pick;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.random.Draw;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class RoundRobinTest {
  @Test
  void hostsTakeTurnsFromARandomStart() {
    Draws draws = Draws.none().then(Draw.ROUND_ROBIN_START, 2);

    ClusterState cluster =
        ClusterState.create(Clusters.roundRobin().hosts(3).config(), draws, () -> 0);

    assertThat(draws.lastBound(Draw.ROUND_ROBIN_START)).isEqualTo(3);
    assertThat(picks(cluster, 7)).containsExactly(2, 0, 1, 2, 0, 1, 2);
  }

  @Test
  void unequalWeightsStartAnywhereInTheirSchedule() {
    Draws draws = Draws.none().then(Draw.ROUND_ROBIN_START, 1);

    ClusterState cluster =
        ClusterState.create(Clusters.roundRobin().weights(20, 10).config(), draws, () -> 0);

    assertThat(draws.lastBound(Draw.ROUND_ROBIN_START)).isEqualTo(3);
    assertThat(picks(cluster, 6)).containsExactly(1, 0, 0, 1, 0, 0);
  }

  @Test
  void equalWeightsOfAnySizeAreAPlainRotation() {
    ClusterState cluster = Clusters.roundRobin().weights(7, 7, 7).state();

    assertThat(picks(cluster, 4)).containsExactly(0, 1, 2, 0);
  }

  @Test
  void aSingleHostIsPickedWithoutADraw() {
    ClusterState cluster =
        ClusterState.create(Clusters.roundRobin().hosts(1).config(), Draws.none(), () -> 0);

    assertThat(picks(cluster, 2)).containsExactly(0, 0);
  }

  @Test
  void inAnyWindowHostsDifferByAtMostOnePick() {
    SplittableRandom random = new SplittableRandom(31);
    for (int round = 0; round < 100; round++) {
      int hosts = 1 + random.nextInt(12);
      ClusterState cluster =
          ClusterState.create(
              Clusters.roundRobin().hosts(hosts).config(),
              Draws.seeded(random.nextLong()),
              () -> 0);
      List<Integer> picks = picks(cluster, 200);
      int from = random.nextInt(200);
      int to = from + random.nextInt(200 - from);

      int[] counts = new int[hosts];
      picks.subList(from, to).forEach(host -> counts[host]++);

      for (int count : counts) {
        assertThat(count).isBetween((to - from) / hosts, (to - from + hosts - 1) / hosts);
      }
    }
  }

  @Test
  void anyWindowOfOneRoundHoldsExactlyTheWeights() {
    SplittableRandom random = new SplittableRandom(32);
    for (int round = 0; round < 100; round++) {
      int[] weights = random.ints(2 + random.nextInt(6), 1, 30).toArray();
      weights[0] = 1;
      int sum = Arrays.stream(weights).sum();
      ClusterState cluster =
          ClusterState.create(
              Clusters.roundRobin().weights(weights).config(),
              Draws.seeded(random.nextLong()),
              () -> 0);
      picks(cluster, random.nextInt(sum));

      int[] counts = new int[weights.length];
      picks(cluster, sum).forEach(host -> counts[host]++);

      assertThat(counts).isEqualTo(weights);
    }
  }

  @Test
  void concurrentPicksShareOneRotation() throws Exception {
    int hosts = 7;
    int threads = 4;
    int picksPerThread = 7 * 2_000;
    ClusterState cluster = Clusters.roundRobin().hosts(hosts).state();
    AtomicIntegerArray counts = new AtomicIntegerArray(hosts);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    List<Future<?>> running = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      running.add(
          executor.submit(() -> picks(cluster, picksPerThread).forEach(counts::incrementAndGet)));
    }
    for (Future<?> future : running) {
      future.get(60, TimeUnit.SECONDS);
    }
    executor.shutdownNow();

    for (int i = 0; i < hosts; i++) {
      assertThat(counts.get(i)).isEqualTo(threads * picksPerThread / hosts);
    }
  }

  @Test
  void healthyAndDegradedHostsHaveRotationsOfTheirOwn() {
    // 2 of 6 healthy: 46 %; 3 degraded: 70 %. So 46 draws of 100 stay healthy.
    ClusterState cluster =
        ClusterState.create(
            Clusters.roundRobin().level(0, 2, 3, 1).config(),
            Draws.none().then(Draw.ROUND_ROBIN_START, 0),
            () -> 0);
    Draws draws = Draws.none().then(Draw.PRIORITY, 0, 99, 45, 46, 0, 99);

    List<Integer> picks = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      picks.add(indexOf(cluster, cluster.pick(draws, PickRequest.ANY)));
    }

    assertThat(picks).containsExactly(0, 2, 1, 3, 0, 4);
  }

  static List<Integer> picks(ClusterState cluster, int count) {
    Draws draws = Draws.none();
    List<Integer> picks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      picks.add(indexOf(cluster, cluster.pick(draws, PickRequest.ANY)));
    }
    return picks;
  }

  static int indexOf(ClusterState cluster, PickResult picked) {
    assertThat(picked).isInstanceOf(HostState.class);
    return cluster.hosts().indexOf(picked);
  }
}
