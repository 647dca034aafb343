package io.librarymesh.pick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.HealthStatus;
import io.librarymesh.config.LbPolicy;
import io.librarymesh.config.LbPolicy.SlowStart;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlowStartTest {
  private static final SlowStart MINUTE = new SlowStart(TimeUnit.SECONDS.toNanos(60), 1, 10);
  private static final LbPolicy.RoundRobin POLICY = new LbPolicy.RoundRobin(MINUTE);

  private long now;

  @ParameterizedTest
  @CsvSource({
    // W-99, LB-23
    "3, 1, 10, 0.10",
    "30, 1, 10, 0.50",
    "15, 2, 10, 0.5",
    "6, 2, 10, 0.316",
    // what the minimum does
    "0, 1, 10, 0.1",
    "0, 1, 0, 0.0000167",
    "6, 1, 25, 0.25",
    "59, 1, 10, 0.983",
    "60, 1, 10, 1",
    "600, 1, 10, 1"
  })
  void w99FactorByAge(long seconds, double aggression, double minimum, double factor) {
    SlowStart slowStart = new SlowStart(TimeUnit.SECONDS.toNanos(60), aggression, minimum);

    assertThat(SlowStartRamp.factor(slowStart, TimeUnit.SECONDS.toNanos(seconds)))
        .isCloseTo(factor, within(0.0005));
  }

  @Test
  void aNewHostGetsItsShareLittleByLittle() {
    ClusterState cluster = state(2, TimeUnit.MINUTES.toNanos(10));
    join(cluster, 3);

    // Two full hosts and a tenth of one.
    assertThat(counts(cluster, 2_100)).containsExactly(1_000, 1_000, 100);
    pass(cluster, 30);
    assertThat(counts(cluster, 2_500)).containsExactly(1_000, 1_000, 500);
    pass(cluster, 30);
    assertThat(counts(cluster, 3_000)).containsExactly(1_000, 1_000, 1_000);
    assertThat(cluster.stepSlowStart()).isZero();
  }

  @Test
  void hostsThatJoinTogetherHaveEqualShares() {
    ClusterState cluster = state(3, 0);

    assertThat(counts(cluster, 300)).containsExactly(100, 100, 100);
    assertThat(cluster.stepSlowStart()).isZero();
  }

  @Test
  void weightsAreDueAgainAfterAHundredthOfTheWindow() {
    ClusterState cluster = state(1, TimeUnit.MINUTES.toNanos(10));
    join(cluster, 2);

    assertThat(cluster.stepSlowStart()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(600));
  }

  @Test
  void aHostIsYoungFromWhenItIsHealthy() {
    ClusterState cluster = state(1, TimeUnit.MINUTES.toNanos(10));
    cluster.update(config(HealthStatus.HEALTHY, HealthStatus.UNHEALTHY));
    pass(cluster, 600);
    cluster.update(config(HealthStatus.HEALTHY, HealthStatus.HEALTHY));

    assertThat(counts(cluster, 1_100)).containsExactly(1_000, 100);
  }

  @Test
  void aHostThatGoesAndComesBackIsYoungAgain() {
    ClusterState cluster = state(2, TimeUnit.MINUTES.toNanos(10));
    join(cluster, 1);
    join(cluster, 2);

    assertThat(counts(cluster, 1_100)).containsExactly(1_000, 100);
  }

  @Test
  void inPanicTheYoungAreUsedInFull() {
    ClusterState cluster =
        ClusterState.create(
            Clusters.of(POLICY).level(0, 1, 0, 4).panicThreshold(50).config(),
            (bound, draw) -> 0,
            () -> now);
    now = TimeUnit.MINUTES.toNanos(10);
    cluster.update(Clusters.of(POLICY).level(0, 2, 0, 4).panicThreshold(50).config());

    assertThat(counts(cluster, 60)).containsExactly(10, 10, 10, 10, 10, 10);
  }

  @Test
  void leastRequestStartsHostsSlowlyToo() {
    ClusterState cluster =
        ClusterState.create(
            Clusters.of(new LbPolicy.LeastRequest(2, 1, MINUTE)).hosts(1).config(),
            (bound, draw) -> 0,
            () -> now);
    now = TimeUnit.MINUTES.toNanos(10);
    cluster.update(Clusters.of(new LbPolicy.LeastRequest(2, 1, MINUTE)).hosts(2).config());
    var seeded = Draws.seeded(99);
    int young = 0;
    for (int i = 0; i < 11_000; i++) {
      young += RoundRobinTest.indexOf(cluster, cluster.pick(seeded, PickRequest.ANY));
    }

    assertThat(young).isBetween(850, 1_150);
  }

  @Test
  void weightsAreWhatIsHeldBack() {
    ClusterState cluster =
        ClusterState.create(Clusters.of(POLICY).weights(3).config(), (bound, draw) -> 0, () -> now);
    now = TimeUnit.MINUTES.toNanos(10);
    cluster.update(Clusters.of(POLICY).weights(3, 20).config());

    assertThat(counts(cluster, 500)).containsExactly(300, 200);
  }

  private ClusterState state(int hosts, long laterNanos) {
    ClusterState cluster =
        ClusterState.create(
            Clusters.of(POLICY).hosts(hosts).config(), (bound, draw) -> 0, () -> now);
    now += laterNanos;
    cluster.stepSlowStart();
    return cluster;
  }

  private static void join(ClusterState cluster, int hosts) {
    cluster.update(Clusters.of(POLICY).hosts(hosts).config());
  }

  private void pass(ClusterState cluster, long seconds) {
    now += TimeUnit.SECONDS.toNanos(seconds);
    cluster.stepSlowStart();
  }

  private static ClusterConfig config(HealthStatus first, HealthStatus second) {
    return Clusters.of(POLICY)
        .endpoints(
            0, List.of(Clusters.endpoint(0, 0, 1, first), Clusters.endpoint(0, 1, 1, second)))
        .config();
  }

  private static List<Integer> counts(ClusterState cluster, int picks) {
    List<Integer> counts = new ArrayList<>();
    cluster.hosts().forEach(host -> counts.add(0));
    RoundRobinTest.picks(cluster, picks).forEach(host -> counts.set(host, counts.get(host) + 1));
    return counts;
  }
}
