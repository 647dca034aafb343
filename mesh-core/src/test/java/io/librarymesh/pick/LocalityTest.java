package io.librarymesh.pick;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.AssignmentPolicy;
import io.librarymesh.config.HealthStatus;
import io.librarymesh.config.LbPolicy;
import io.librarymesh.config.LocalityBalancing.Weighted;
import io.librarymesh.config.RetryPolicy.HostSelection;
import io.librarymesh.random.Draw;
import io.librarymesh.route.XxHash64;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LocalityTest {
  @Test
  void w93HealthAndWeightMakeTheShare() {
    ClusterState cluster = weighted().locality("x", 1, 2, 0).locality("y", 2, 1, 1).state();

    // 1 to 2 * 0.7: five and seven of twelve.
    assertThat(zones(cluster, 12)).isEqualTo(Map.of("x", 5, "y", 7));
    assertThat(zones(cluster, 1_200)).isEqualTo(Map.of("x", 500, "y", 700));
  }

  @Test
  void lb13OverprovisioningKeepsFullWeightDownToSeventyTwoPercent() {
    ClusterState cluster = weighted().locality("x", 1, 72, 28).locality("y", 1, 71, 29).state();

    long[] shares =
        LocalityWeights.of(
            List.of(local(72, 28), local(71, 29)),
            HostGroup.HEALTHY,
            AssignmentPolicy.DEFAULT.overprovisioningPercent());

    assertThat(shares).containsExactly(500, 497);
    assertThat(zones(cluster, 1_994)).isEqualTo(Map.of("x", 1_000, "y", 994));
  }

  @Test
  void localityWithoutWeightGetsNothing() {
    ClusterState cluster = weighted().locality("x", 0, 5, 0).locality("y", 3, 1, 0).state();

    assertThat(zones(cluster, 10)).isEqualTo(Map.of("y", 10));
  }

  @Test
  void withoutAnyWeightHostsCountAlike() {
    ClusterState cluster = weighted().locality("x", 0, 3, 0).locality("y", 0, 1, 0).state();

    assertThat(zones(cluster, 8)).isEqualTo(Map.of("x", 6, "y", 2));
  }

  @Test
  void weightsAreNothingWhereSharesAreNotByLocality() {
    ClusterState cluster =
        Clusters.roundRobin().locality("x", 9, 3, 0).locality("y", 1, 1, 0).state();

    assertThat(zones(cluster, 8)).isEqualTo(Map.of("x", 6, "y", 2));
  }

  @Test
  void hostsOfALocalityTakeTurnsAmongThemselves() {
    ClusterState cluster = weighted().locality("x", 1, 2, 0).locality("y", 1, 3, 0).state();

    int[] counts = new int[5];
    RoundRobinTest.picks(cluster, 60).forEach(host -> counts[host]++);

    assertThat(counts).containsExactly(15, 15, 10, 10, 10);
  }

  @Test
  void lb11InPanicLocalitiesDoNotCount() {
    ClusterState cluster =
        weighted().locality("x", 9, 1, 3).locality("y", 1, 1, 3).panicThreshold(50).state();

    assertThat(zones(cluster, 16)).isEqualTo(Map.of("x", 8, "y", 8));
  }

  @Test
  void degradedHostsHaveSharesOfTheirOwn() {
    assertThat(LocalityWeights.of(List.of(local(1, 0), local(0, 1)), HostGroup.DEGRADED, 140))
        .containsExactly(0, 0);
  }

  @Test
  void aLocalityThatIsListedTwiceIsOne() {
    ClusterState cluster =
        weighted().locality("x", 5, 1, 0).locality("y", 1, 1, 0).locality("x", 1, 1, 0).state();

    // The weight of the last one counts.
    assertThat(zones(cluster, 6)).isEqualTo(Map.of("x", 3, "y", 3));
  }

  @Test
  void lb26HashesTakeTheProductOfWeights() {
    ClusterState cluster =
        Clusters.of(LbPolicy.RingHash.DEFAULT)
            .balancing(Weighted.INSTANCE)
            .locality("x", 3, 1, 0)
            .locality("y", 1, 1, 0)
            .state();

    Map<String, Integer> zones = new TreeMap<>();
    for (int key = 0; key < 4_000; key++) {
      PickRequest call = PickRequest.of(HostSelection.ANY);
      call.hash(XxHash64.hash("key-" + key));
      zones.merge(zone(cluster.pick(Draws.none(), call)), 1, Integer::sum);
    }

    assertThat(zones.get("x")).isBetween(2_700, 3_300);
  }

  @Test
  void sharesFollowTheFormulaForAnyLocalities() {
    SplittableRandom random = new SplittableRandom(93);
    for (int round = 0; round < 300; round++) {
      int count = 1 + random.nextInt(6);
      PriorityLevel.LocalHosts[] localities = new PriorityLevel.LocalHosts[count];
      double[] expected = new double[count];
      for (int i = 0; i < count; i++) {
        int total = 1 + random.nextInt(40);
        int healthy = random.nextInt(total + 1);
        int weight = random.nextInt(1_000);
        localities[i] = local(weight, healthy, total - healthy);
        expected[i] = weight * Math.min(1, 1.4 * healthy / total);
      }

      long[] shares = LocalityWeights.of(Arrays.asList(localities), HostGroup.HEALTHY, 140);

      double sum = Arrays.stream(shares).sum();
      double all = Arrays.stream(expected).sum();
      for (int i = 0; i < count; i++) {
        assertThat(all == 0 ? shares[i] : shares[i] / sum - expected[i] / all)
            .isBetween(-1e-9, 1e-9);
      }
    }
  }

  @Test
  void rotationOfLocalitiesStartsAnywhere() {
    Draws draws = Draws.none().then(Draw.LOCALITY_START, 1);
    ClusterState cluster =
        ClusterState.create(
            weighted().locality("x", 1, 1, 0).locality("y", 1, 1, 0).config(), draws, () -> 0);

    assertThat(draws.lastBound(Draw.LOCALITY_START)).isEqualTo(2);
    assertThat(RoundRobinTest.picks(cluster, 3)).containsExactly(1, 0, 1);
  }

  private static Clusters weighted() {
    return Clusters.roundRobin().balancing(Weighted.INSTANCE);
  }

  private static PriorityLevel.LocalHosts local(int healthy, int unhealthy) {
    return local(1, healthy, unhealthy);
  }

  private static PriorityLevel.LocalHosts local(int weight, int healthy, int unhealthy) {
    HostState[] hosts = new HostState[healthy + unhealthy];
    Arrays.setAll(
        hosts,
        i ->
            new HostState(
                Clusters.endpoint(
                    0, i, 1, i < healthy ? HealthStatus.HEALTHY : HealthStatus.UNHEALTHY)));
    return new PriorityLevel.LocalHosts(
        io.librarymesh.config.Locality.NONE, weight, List.of(hosts));
  }

  private static Map<String, Integer> zones(ClusterState cluster, int picks) {
    Map<String, Integer> zones = new TreeMap<>();
    for (int i = 0; i < picks; i++) {
      PickResult picked = cluster.pick(Draws.none(), PickRequest.ANY);
      zones.merge(zone(picked), 1, Integer::sum);
    }
    return zones;
  }

  /** Hosts have numbers from 0 in the first locality, from 100 in the second, and so on. */
  private static String zone(PickResult picked) {
    String[] address = ((HostState) picked).endpoint().address().split("\\.", -1);
    int number = Integer.parseInt(address[2]) * 256 + Integer.parseInt(address[3]);
    return List.of("x", "y", "x").get(number / 100);
  }
}
