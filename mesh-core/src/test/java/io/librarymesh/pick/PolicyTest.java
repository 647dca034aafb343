package io.librarymesh.pick;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.librarymesh.config.HealthStatus;
import io.librarymesh.config.LbPolicy;
import io.librarymesh.config.LbPolicy.ConsistentHashing;
import io.librarymesh.config.LbPolicy.HashFunction;
import io.librarymesh.config.LbPolicy.LeastRequest;
import io.librarymesh.config.LbPolicy.Maglev;
import io.librarymesh.config.LbPolicy.RingHash;
import io.librarymesh.config.LbPolicy.SlowStart;
import io.librarymesh.config.RetryPolicy.HostSelection;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import io.librarymesh.route.XxHash64;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each policy as a whole cluster runs it. */
class PolicyTest {
  @Test
  void lb20RandomIgnoresWeights() {
    ClusterState cluster = Clusters.of(new LbPolicy.Random()).weights(100, 1, 1).state();
    Draws draws = Draws.none().then(Draw.RANDOM_HOST, 2, 0, 1);

    assertThat(List.of(index(cluster, draws), index(cluster, draws), index(cluster, draws)))
        .containsExactly(2, 0, 1);
    assertThat(draws.lastBound(Draw.RANDOM_HOST)).isEqualTo(3);
  }

  @Test
  void moreCandidatesAreDrawnWhenThePolicySaysSo() {
    ClusterState cluster = Clusters.of(new LeastRequest(4, 1.0, SlowStart.NONE)).hosts(4).state();
    begin(cluster, 0, 3);
    begin(cluster, 1, 2);
    begin(cluster, 2, 1);
    Draws draws = Draws.none().then(Draw.P2C_FIRST, 0).then(Draw.P2C_SECOND, 1, 2, 1);

    assertThat(index(cluster, draws)).isEqualTo(2);
    assertThat(draws.count(Draw.P2C_SECOND)).isEqualTo(3);
  }

  @Test
  void fullScanFindsTheLeastOfAllAndDrawsAmongEquals() {
    ClusterState cluster =
        Clusters.of(new LeastRequest(LeastRequest.ALL, 1.0, SlowStart.NONE)).hosts(5).state();
    begin(cluster, 0, 1);
    begin(cluster, 2, 1);
    begin(cluster, 4, 1);

    assertThat(index(cluster, Draws.none().then(Draw.LEAST_REQUEST_TIE, 1))).isEqualTo(1);
    assertThat(index(cluster, Draws.none().then(Draw.LEAST_REQUEST_TIE, 0))).isEqualTo(3);
    begin(cluster, 1, 5);
    assertThat(index(cluster, Draws.none().then(Draw.LEAST_REQUEST_TIE, 1))).isEqualTo(3);
  }

  @Test
  void fullScanIsFairAmongEquals() {
    ClusterState cluster =
        Clusters.of(new LeastRequest(LeastRequest.ALL, 1.0, SlowStart.NONE)).hosts(4).state();
    RandomSource seeded = Draws.seeded(21);
    int[] counts = new int[4];
    for (int i = 0; i < 8_000; i++) {
      counts[index(cluster, seeded)]++;
    }
    for (int count : counts) {
      assertThat(count).isBetween(1_850, 2_150);
    }
  }

  @Test
  void lb22BiasOfZeroLeavesTheChoiceToTheWeights() {
    ClusterState cluster =
        Clusters.of(new LeastRequest(2, 0, SlowStart.NONE)).weights(2, 1).state();
    begin(cluster, 0, 50);
    int[] counts = new int[2];
    for (int first = 0; first < 3; first++) {
      for (int second = 0; second < 3; second++) {
        counts[
            index(
                cluster, Draws.none().then(Draw.P2C_FIRST, first).then(Draw.P2C_SECOND, second))]++;
      }
    }
    assertThat(counts).containsExactly(6, 3);
  }

  @Test
  void strongBiasMakesABusyHostCountMore() {
    // Four in flight at weight 10 against one at weight 1: 0.4 against 1, or 1.6 against 1 squared.
    Draws draws = Draws.none().always(Draw.P2C_FIRST, 0).always(Draw.P2C_SECOND, 10);
    ClusterState linear =
        Clusters.of(new LeastRequest(2, 1.0, SlowStart.NONE)).weights(10, 1).state();
    ClusterState squared =
        Clusters.of(new LeastRequest(2, 2.0, SlowStart.NONE)).weights(10, 1).state();
    for (ClusterState cluster : List.of(linear, squared)) {
      begin(cluster, 0, 4);
      begin(cluster, 1, 1);
    }

    assertThat(index(linear, draws)).isZero();
    assertThat(index(squared, draws)).isEqualTo(1);
  }

  @Test
  void requestsOfOneHashStayTogether() {
    for (LbPolicy policy : List.of(RingHash.DEFAULT, Maglev.DEFAULT)) {
      ClusterState cluster = Clusters.of(policy).hosts(20).state();
      PickRequest alice = request(XxHash64.hash("alice"), HostSelection.ANY);

      PickResult host = cluster.pick(Draws.none(), alice);

      for (int i = 0; i < 20; i++) {
        assertThat(cluster.pick(Draws.none(), alice)).isSameAs(host);
      }
    }
  }

  @Test
  void ra34RequestWithoutAHashGoesAnywhere() {
    ClusterState cluster = Clusters.of(RingHash.DEFAULT).hosts(4).state();
    RandomSource seeded = Draws.seeded(34);
    int[] counts = new int[4];
    for (int i = 0; i < 4_000; i++) {
      counts[index(cluster, seeded)]++;
    }
    // Hosts have as many entries each; what stretch of the ring these have is left to the hashes.
    for (int count : counts) {
      assertThat(count).isBetween(800, 1_200);
    }
  }

  @Test
  void lb28HashDecidesOnTheLevelToo() {
    // 2 of 4 healthy: 70 of 100 stay.
    ClusterState cluster =
        Clusters.of(RingHash.DEFAULT).level(0, 2, 0, 2).level(1, 2, 0, 0).state();

    assertThat(index(cluster, Draws.none(), request(69, HostSelection.ANY))).isLessThan(4);
    assertThat(index(cluster, Draws.none(), request(70, HostSelection.ANY))).isGreaterThan(3);
    // Unsigned: 2^64 - 1 leaves 15.
    assertThat(index(cluster, Draws.none(), request(-1, HostSelection.ANY))).isLessThan(4);
  }

  @Test
  void lb27TriedHostIsPassedOverByWalkingOn() {
    for (LbPolicy policy : List.of(RingHash.DEFAULT, Maglev.DEFAULT)) {
      ClusterState cluster = Clusters.of(policy).hosts(5).state();
      for (int key = 0; key < 50; key++) {
        long hash = XxHash64.hash("key-" + key);
        PickRequest call = request(hash, new HostSelection(true, 20));
        HostState first = (HostState) cluster.pick(Draws.none(), call);
        call.retryAfter(first);

        assertThat(cluster.pick(Draws.none(), call)).isNotSameAs(first);
      }
    }
  }

  @Test
  void t10RetryWithoutAPredicateFindsTheSameHost() {
    ClusterState cluster = Clusters.of(RingHash.DEFAULT).hosts(5).state();
    PickRequest call = request(XxHash64.hash("alice"), HostSelection.ANY);
    HostState first = (HostState) cluster.pick(Draws.none(), call);
    call.retryAfter(first);

    assertThat(cluster.pick(Draws.none(), call)).isSameAs(first);
  }

  @Test
  void ringIsBuiltOverHealthyHosts() {
    ClusterState cluster = Clusters.of(Maglev.DEFAULT).level(0, 3, 0, 2).state();
    for (int key = 0; key < 200; key++) {
      PickRequest call = request(XxHash64.hash("key-" + key), HostSelection.ANY);
      HostState host = (HostState) cluster.pick(Draws.none(), call);
      assertThat(host.endpoint().health()).isEqualTo(HealthStatus.HEALTHY);
    }
  }

  @ParameterizedTest
  @MethodSource("policies")
  void picksMakeNoGarbage(LbPolicy policy) {
    ClusterState cluster =
        Clusters.of(policy)
            .endpoints(
                0,
                IntStream.range(0, 100)
                    .mapToObj(i -> Clusters.endpoint(0, i, 1 + i % 3, HealthStatus.HEALTHY))
                    .toList())
            .state();
    RandomSource random = RandomSource.system();
    PickRequest call = request(1, HostSelection.ANY);
    run(cluster, random, call, 20_000);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    long before = threads.getCurrentThreadAllocatedBytes();
    long found = run(cluster, random, call, 20_000);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(found).isEqualTo(20_000);
    assertThat(allocated).isLessThan(2_000);
  }

  static List<LbPolicy> policies() {
    ConsistentHashing bounded = new ConsistentHashing(false, 120);
    return List.of(
        LbPolicy.RoundRobin.DEFAULT,
        LeastRequest.DEFAULT,
        new LeastRequest(3, 2.5, SlowStart.NONE),
        new LeastRequest(LeastRequest.ALL, 1.0, SlowStart.NONE),
        new LbPolicy.Random(),
        RingHash.DEFAULT,
        Maglev.DEFAULT,
        new RingHash(1024, RingHash.MAX_SIZE, HashFunction.XX_HASH, bounded),
        new Maglev(65_537, bounded));
  }

  private static long run(ClusterState cluster, RandomSource random, PickRequest call, int picks) {
    long found = 0;
    for (int i = 0; i < picks; i++) {
      call.hash(i * 0x9E3779B97F4A7C15L);
      if (cluster.pick(random, call) instanceof HostState) {
        found++;
      }
    }
    return found;
  }

  private static PickRequest request(long hash, HostSelection selection) {
    PickRequest request = PickRequest.of(selection);
    request.hash(hash);
    return request;
  }

  private static void begin(ClusterState cluster, int host, int times) {
    for (int i = 0; i < times; i++) {
      cluster.hosts().get(host).begin();
    }
  }

  private static int index(ClusterState cluster, RandomSource draws) {
    return index(cluster, draws, PickRequest.ANY);
  }

  private static int index(ClusterState cluster, RandomSource draws, PickRequest request) {
    return RoundRobinTest.indexOf(cluster, cluster.pick(draws, request));
  }
}
