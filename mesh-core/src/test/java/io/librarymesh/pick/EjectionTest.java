package io.librarymesh.pick;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.OutlierDetection;
import io.librarymesh.config.OutlierDetection.Detector;
import io.librarymesh.config.OutlierDetection.Ejection;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EjectionTest {
  private static final long SECOND = 1_000_000_000L;

  /** Interval 10 s, base 30 s, max 300 s. */
  private static OutlierDetection detection(int maxPercent) {
    return OutlierDetection.of(
        new OutlierDetection.Consecutive(new Detector(5, 100), Detector.OFF, Detector.OFF),
        false,
        new Ejection(10 * SECOND, 30 * SECOND, 300 * SECOND, maxPercent));
  }

  private static ClusterState cluster(int hosts, int maxPercent) {
    return Clusters.roundRobin().hosts(hosts).outlierDetection(detection(maxPercent)).state();
  }

  private static void sweep(ClusterState cluster, long nowNanos) {
    cluster.returnEjected(nowNanos);
    cluster.decayEjections(nowNanos);
  }

  @Test
  void anEjectedHostIsNotPicked() {
    ClusterState cluster = cluster(3, 100);

    assertThat(cluster.eject(cluster.hosts().get(1), 0)).isTrue();

    assertThat(RoundRobinTest.picks(cluster, 4)).containsExactly(0, 2, 0, 2);
    assertThat(cluster.counts()).isEqualTo(new HostCounts(3, 2, 0, 1));
  }

  @Test
  void aHostIsEjectedOnce() {
    ClusterState cluster = cluster(3, 100);

    assertThat(cluster.eject(cluster.hosts().get(1), 0)).isTrue();
    assertThat(cluster.eject(cluster.hosts().get(1), 0)).isFalse();

    assertThat(cluster.counts().ejected()).isEqualTo(1);
  }

  @Test
  void allEjectedMeansNoHostWithoutPanicAndAllHostsWithIt() {
    ClusterState without = cluster(2, 100);
    without.hosts().forEach(host -> without.eject(host, 0));
    ClusterState with =
        Clusters.roundRobin().hosts(2).outlierDetection(detection(100)).panicThreshold(50).state();
    with.hosts().forEach(host -> with.eject(host, 0));

    assertThat(without.pick(Draws.none(), PickRequest.ANY)).isSameAs(NoHealthyUpstream.INSTANCE);
    assertThat(RoundRobinTest.picks(with, 2)).containsExactly(0, 1);
  }

  @Test
  void ejectedHostsLoseTheirLoadToTheNextPriority() {
    ClusterState cluster =
        Clusters.roundRobin()
            .level(0, 2, 0, 0)
            .level(1, 2, 0, 0)
            .outlierDetection(detection(100))
            .state();
    cluster.eject(cluster.hosts().get(0), 0);
    cluster.eject(cluster.hosts().get(1), 0);

    assertThat(RoundRobinTest.picks(cluster, 2)).containsExactly(2, 3);
  }

  @Test
  void theShareIsOfAllHostsOfAllPriorities() {
    ClusterState cluster =
        Clusters.roundRobin()
            .level(0, 2, 0, 0)
            .level(1, 8, 0, 0)
            .outlierDetection(detection(20))
            .state();

    assertThat(cluster.eject(cluster.hosts().get(0), 0)).isTrue();
    assertThat(cluster.eject(cluster.hosts().get(1), 0)).isTrue();
    assertThat(cluster.eject(cluster.hosts().get(2), 0)).isFalse();
  }

  @Test
  void theShareIsNotRounded() {
    // One of three is more than 33 %, and not more than 34 %.
    ClusterState third = cluster(3, 33);
    ClusterState more = cluster(3, 34);

    assertThat(third.eject(third.hosts().get(0), 0)).isFalse();
    assertThat(more.eject(more.hosts().get(0), 0)).isTrue();
  }

  @Test
  void neverMoreThanTheAllowedShareIsOut() {
    SplittableRandom random = new SplittableRandom(41);
    for (int round = 0; round < 300; round++) {
      int hosts = 1 + random.nextInt(30);
      int maxPercent = random.nextInt(101);
      ClusterState cluster = cluster(hosts, maxPercent);
      long now = 0;
      for (int step = 0; step < 60; step++) {
        now += random.nextLong(20 * SECOND);
        if (random.nextInt(5) == 0) {
          sweep(cluster, now);
        } else {
          cluster.eject(cluster.hosts().get(random.nextInt(hosts)), now);
        }
        assertThat(100 * cluster.counts().ejected()).isLessThanOrEqualTo(maxPercent * hosts);
        assertThat(cluster.hosts().stream().filter(HostState::ejected))
            .hasSize(cluster.counts().ejected());
      }
    }
  }

  @Test
  void concurrentEjectionsStopAtTheAllowedShare() throws Exception {
    int threads = 4;
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    for (int round = 0; round < 200; round++) {
      ClusterState cluster = cluster(8, 50);
      CyclicBarrier start = new CyclicBarrier(threads);
      List<Future<Integer>> running = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        running.add(
            executor.submit(
                () -> {
                  start.await(60, TimeUnit.SECONDS);
                  int ejected = 0;
                  for (HostState host : cluster.hosts()) {
                    ejected += cluster.eject(host, 0) ? 1 : 0;
                  }
                  return ejected;
                }));
      }
      int ejected = 0;
      for (Future<Integer> future : running) {
        ejected += future.get(60, TimeUnit.SECONDS);
      }

      assertThat(ejected).isEqualTo(4);
      assertThat(cluster.counts()).isEqualTo(new HostCounts(8, 4, 0, 4));
    }
    executor.shutdownNow();
  }

  @Test
  void aHostReturnsAtTheFirstSweepAfterItsTime() {
    ClusterState cluster = cluster(2, 100);
    HostState host = cluster.hosts().get(0);
    cluster.eject(host, 5 * SECOND);

    sweep(cluster, 30 * SECOND);
    assertThat(host.ejected()).isTrue();
    sweep(cluster, 35 * SECOND - 1);
    assertThat(host.ejected()).isTrue();
    sweep(cluster, 35 * SECOND);
    assertThat(host.ejected()).isFalse();

    assertThat(RoundRobinTest.picks(cluster, 2)).containsExactlyInAnyOrder(0, 1);
  }

  @Test
  void eachEjectionLastsLongerUpToTheMaximum() {
    ClusterState cluster = cluster(2, 100);
    HostState host = cluster.hosts().get(0);
    long now = 0;
    List<Long> seconds = new ArrayList<>();
    for (int i = 0; i < 13; i++) {
      cluster.eject(host, now);
      long ejectedAt = now;
      while (host.ejected()) {
        now += SECOND;
        sweep(cluster, now);
      }
      seconds.add((now - ejectedAt) / SECOND);
    }

    assertThat(seconds)
        .containsExactly(30L, 60L, 90L, 120L, 150L, 180L, 210L, 240L, 270L, 300L, 300L, 300L, 300L);
  }

  @Test
  void theMultiplierStopsGrowingWhereTheTimeDoes() {
    // 30 s times 10 is the maximum; the multiplier ends one above, however many ejections follow.
    ClusterState cluster = cluster(2, 100);
    HostState host = cluster.hosts().get(0);
    long now = 0;
    for (int i = 0; i < 30; i++) {
      cluster.eject(host, now);
      now += 300 * SECOND;
      sweep(cluster, now);
    }
    for (int i = 0; i < 5; i++) {
      now += 10 * SECOND;
      sweep(cluster, now);
    }
    cluster.eject(host, now);

    sweep(cluster, now + 210 * SECOND - 1);
    assertThat(host.ejected()).isTrue();
    sweep(cluster, now + 210 * SECOND);
    assertThat(host.ejected()).isFalse();
  }

  @Test
  void eachQuietIntervalTakesOneStepBack() {
    ClusterState cluster = cluster(2, 100);
    HostState host = cluster.hosts().get(0);
    cluster.eject(host, 0);
    sweep(cluster, 30 * SECOND);
    cluster.eject(host, 30 * SECOND);
    sweep(cluster, 90 * SECOND);
    assertThat(host.ejected()).isFalse();

    // Less than an interval after its return, so no step; then one.
    sweep(cluster, 99 * SECOND);
    sweep(cluster, 100 * SECOND);
    cluster.eject(host, 100 * SECOND);

    sweep(cluster, 160 * SECOND - 1);
    assertThat(host.ejected()).isTrue();
    sweep(cluster, 160 * SECOND);
    assertThat(host.ejected()).isFalse();
  }

  @Test
  void theMultiplierDecaysToNothingAndNoFurther() {
    ClusterState cluster = cluster(2, 100);
    HostState host = cluster.hosts().get(0);
    cluster.eject(host, 0);
    sweep(cluster, 30 * SECOND);
    for (int i = 4; i < 14; i++) {
      sweep(cluster, 10L * i * SECOND);
    }
    cluster.eject(host, 200 * SECOND);

    sweep(cluster, 230 * SECOND - 1);
    assertThat(host.ejected()).isTrue();
    sweep(cluster, 230 * SECOND);
    assertThat(host.ejected()).isFalse();
  }

  @Test
  void clockReadingsMayWrap() {
    ClusterState cluster = cluster(2, 100);
    HostState host = cluster.hosts().get(0);
    long start = Long.MAX_VALUE - 10 * SECOND;
    cluster.eject(host, start);

    sweep(cluster, start + 29 * SECOND);
    assertThat(host.ejected()).isTrue();
    sweep(cluster, start + 30 * SECOND);
    assertThat(host.ejected()).isFalse();
  }

  @Test
  void ejectionsSurviveAnUpdateThatKeepsTheAddress() {
    ClusterState cluster = cluster(4, 50);
    HostState out = cluster.hosts().get(1);
    cluster.eject(out, 0);

    cluster.update(Clusters.roundRobin().hosts(3).outlierDetection(detection(50)).config());

    assertThat(out.ejected()).isTrue();
    assertThat(RoundRobinTest.picks(cluster, 2)).containsExactly(0, 2);
    sweep(cluster, 30 * SECOND);
    assertThat(out.ejected()).isFalse();
  }

  @Test
  void aRemovedHostLeavesItsPlaceAmongTheEjected() {
    ClusterState cluster = cluster(4, 25);
    HostState removed = cluster.hosts().get(3);
    assertThat(cluster.eject(removed, 0)).isTrue();
    assertThat(cluster.eject(cluster.hosts().get(0), 0)).isFalse();

    cluster.update(
        Clusters.roundRobin()
            .endpoints(
                0,
                List.of(
                    Clusters.endpoint(0),
                    Clusters.endpoint(1),
                    Clusters.endpoint(2),
                    Clusters.endpoint(9)))
            .outlierDetection(detection(25))
            .config());

    assertThat(cluster.counts().ejected()).isZero();
    assertThat(cluster.eject(cluster.hosts().get(0), 0)).isTrue();
  }

  @Test
  void aHostThatHasGoneCannotBeEjected() {
    ClusterState cluster = cluster(2, 100);
    HostState gone = cluster.hosts().get(1);
    cluster.update(Clusters.roundRobin().hosts(1).outlierDetection(detection(100)).config());

    assertThat(cluster.eject(gone, 0)).isFalse();
    cluster.update(Clusters.roundRobin().hosts(2).outlierDetection(detection(100)).config());

    assertThat(cluster.eject(gone, 0)).isFalse();
    assertThat(cluster.counts().ejected()).isZero();
  }

  @Test
  void switchingDetectionOffReturnsTheEjected() {
    ClusterState cluster = cluster(2, 100);
    cluster.eject(cluster.hosts().get(0), 0);

    cluster.update(Clusters.roundRobin().hosts(2).config());

    assertThat(cluster.counts()).isEqualTo(new HostCounts(2, 2, 0, 0));
    assertThat(RoundRobinTest.picks(cluster, 2)).containsExactly(0, 1);
  }

  @Test
  void inFlightCountsSurviveEjection() {
    ClusterState cluster = cluster(2, 100);
    HostState host = cluster.hosts().get(0);
    host.begin();

    cluster.eject(host, 0);

    assertThat(host.active()).isEqualTo(1);
  }
}
