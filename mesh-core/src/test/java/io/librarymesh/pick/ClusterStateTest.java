package io.librarymesh.pick;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.config.Cluster;
import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.HealthStatus;
import io.librarymesh.config.LbPolicy;
import io.librarymesh.config.RetryPolicy.HostSelection;
import io.librarymesh.random.Draw;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterStateTest {
  @Test
  void describesItselfByServiceAndPort() {
    assertThat(Clusters.roundRobin().hosts(1).state().description())
        .isEqualTo("greeter.default.svc.cluster.local:3000");
  }

  @Test
  void aClusterWithoutHostsHasNothingToPick() {
    ClusterState cluster = Clusters.roundRobin().panicThreshold(50).state();

    assertThat(cluster.pick(Draws.none(), PickRequest.ANY)).isSameAs(NoHealthyUpstream.INSTANCE);
    assertThat(cluster.counts()).isEqualTo(new HostCounts(0, 0, 0, 0));
  }

  @Test
  void unhealthyHostsAreNotPicked() {
    ClusterState cluster = Clusters.roundRobin().level(0, 2, 0, 3).state();

    assertThat(RoundRobinTest.picks(cluster, 4)).containsExactly(0, 1, 0, 1);
    assertThat(cluster.counts()).isEqualTo(new HostCounts(5, 2, 0, 0));
    assertThat(cluster.counts().unhealthy()).isEqualTo(3);
  }

  @Test
  void w91WithoutPanicNoHealthyHostMeansNone() {
    ClusterState cluster = Clusters.leastRequest().level(0, 0, 0, 10).state();

    assertThat(cluster.pick(Draws.none(), PickRequest.ANY)).isSameAs(NoHealthyUpstream.INSTANCE);
  }

  @Test
  void w90HalfHealthyIsEnoughForTheHealthyHalf() {
    ClusterState cluster = Clusters.roundRobin().level(0, 5, 0, 5).panicThreshold(50).state();

    assertThat(RoundRobinTest.picks(cluster, 6)).containsExactly(0, 1, 2, 3, 4, 0);
  }

  @Test
  void p16OneOfThreeHealthyBelowTheThresholdUsesAllThree() {
    ClusterState cluster = Clusters.roundRobin().level(0, 1, 0, 2).panicThreshold(50).state();

    assertThat(RoundRobinTest.picks(cluster, 3)).containsExactly(0, 1, 2);
  }

  @Test
  void w87BothPrioritiesPanicAndShareEvenly() {
    ClusterState cluster =
        Clusters.roundRobin().level(0, 1, 0, 3).level(1, 1, 0, 3).panicThreshold(50).state();

    Set<Integer> first = new HashSet<>();
    Set<Integer> second = new HashSet<>();
    for (int draw = 0; draw < 100; draw++) {
      (draw < 50 ? first : second).add(pickAtPriorityDraw(cluster, draw));
    }

    assertThat(first).containsExactlyInAnyOrder(0, 1, 2, 3);
    assertThat(second).containsExactlyInAnyOrder(4, 5, 6, 7);
  }

  @ParameterizedTest
  @CsvSource({"1, 99, 0, 1", "71, 29, 98, 99", "50, 50, 69, 70"})
  void priorityDrawsAreLaidOutInOrder(
      int healthy, int unhealthy, int lastOfFirst, int firstOfSecond) {
    // W-88: 1 % of P0 is 1 % of load; LB-12: 71 % is 99 %; 50 % is 70 %.
    ClusterState cluster =
        Clusters.roundRobin().level(0, healthy, 0, unhealthy).level(1, 2, 0, 0).state();

    assertThat(pickAtPriorityDraw(cluster, lastOfFirst)).isLessThan(healthy);
    assertThat(pickAtPriorityDraw(cluster, firstOfSecond)).isGreaterThanOrEqualTo(100);
  }

  @Test
  void onePriorityWithAllTheLoadNeedsNoDraw() {
    ClusterState cluster = Clusters.roundRobin().level(0, 72, 0, 28).level(1, 10, 0, 0).state();

    assertThat(RoundRobinTest.picks(cluster, 72)).doesNotHaveDuplicates();
  }

  @Test
  void prioritiesMayBeSparse() {
    ClusterState cluster = Clusters.roundRobin().level(3, 2, 0, 0).panicThreshold(50).state();

    assertThat(RoundRobinTest.picks(cluster, 2)).containsExactly(0, 1);
  }

  @Test
  void degradedHostsAreLastResort() {
    ClusterState cluster = Clusters.roundRobin().level(0, 0, 2, 2).state();

    assertThat(RoundRobinTest.picks(cluster, 3)).containsExactly(0, 1, 0);
    assertThat(cluster.counts()).isEqualTo(new HostCounts(4, 0, 2, 0));
  }

  @Test
  void anAddressListedTwiceIsOneHost() {
    ClusterState cluster =
        Clusters.roundRobin()
            .endpoints(0, List.of(Clusters.endpoint(0)))
            .endpoints(1, List.of(Clusters.endpoint(0, 0, 9, HealthStatus.UNHEALTHY)))
            .state();

    assertThat(cluster.hosts()).hasSize(1);
    assertThat(cluster.hosts().get(0).endpoint()).isEqualTo(Clusters.endpoint(0));
    // The same again, now that there is a host to carry over.
    cluster.update(
        Clusters.roundRobin()
            .endpoints(0, List.of(Clusters.endpoint(0), Clusters.endpoint(1)))
            .endpoints(1, List.of(Clusters.endpoint(0, 0, 9, HealthStatus.UNHEALTHY)))
            .config());
    assertThat(cluster.hosts()).hasSize(2);
    assertThat(cluster.hosts().get(0).endpoint()).isEqualTo(Clusters.endpoint(0));
  }

  @Test
  void w70RoundRobinTurnsToTheOtherHost() {
    ClusterState cluster = Clusters.roundRobin().hosts(2).state();
    HostState failed = cluster.hosts().get(0);
    assertThat(cluster.pick(Draws.none(), PickRequest.ANY)).isSameAs(failed);
    cluster.pick(Draws.none(), PickRequest.ANY); // somebody else's call takes host 1

    PickResult retry = cluster.pick(Draws.none(), retryOf(failed, 1));

    assertThat(retry).isSameAs(cluster.hosts().get(1));
  }

  @Test
  void t20ATriedHostIsPickedAgainOnlyAfterAllExtraPicks() {
    ClusterState cluster = Clusters.leastRequest().hosts(2).state();
    HostState failed = cluster.hosts().get(0);
    HostState other = cluster.hosts().get(1);
    Draws fifthIsOther =
        Draws.none().then(Draw.P2C_FIRST, 0, 0, 0, 0, 0, 1).then(Draw.P2C_SECOND, 0, 0, 0, 0, 0, 1);
    Draws neverOther = Draws.none().always(Draw.P2C_FIRST, 0).always(Draw.P2C_SECOND, 0);

    assertThat(cluster.pick(fifthIsOther, retryOf(failed, 5))).isSameAs(other);
    assertThat(cluster.pick(neverOther, retryOf(failed, 5))).isSameAs(failed);
    assertThat(neverOther.count(Draw.P2C_FIRST)).isEqualTo(6);
  }

  @Test
  void t21ASingleHostIsTriedAgain() {
    ClusterState cluster = Clusters.roundRobin().hosts(1).state();
    HostState only = cluster.hosts().get(0);

    assertThat(cluster.pick(Draws.none(), retryOf(only, 5))).isSameAs(only);
  }

  @Test
  void aTriedHostIsTakenWhereNothingIsAvoided() {
    ClusterState cluster = Clusters.roundRobin().hosts(2).state();
    HostState first = cluster.hosts().get(0);
    PickRequest request = PickRequest.of(HostSelection.ANY);
    request.retryAfter(first);

    assertThat(cluster.pick(Draws.none(), request)).isSameAs(first);
  }

  @Test
  void nothingIsPutIntoTheSharedRequest() {
    assertThatThrownBy(() -> PickRequest.ANY.hash(1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void hostsThatStayKeepTheirState() {
    ClusterState cluster = Clusters.roundRobin().hosts(3).state();
    HostState stays = cluster.hosts().get(1);
    stays.begin();
    stays.begin();

    cluster.update(
        Clusters.roundRobin()
            .endpoints(0, List.of(Clusters.endpoint(5), Clusters.endpoint(1)))
            .config());

    assertThat(cluster.hosts()).hasSize(2);
    assertThat(cluster.hosts().get(1)).isSameAs(stays);
    assertThat(stays.active()).isEqualTo(2);
    assertThat(cluster.hosts().get(0).active()).isZero();
  }

  @Test
  void aHostThatGoesAndComesBackStartsAfresh() {
    ClusterState cluster = Clusters.roundRobin().hosts(2).state();
    HostState gone = cluster.hosts().get(1);
    gone.begin();

    cluster.update(Clusters.roundRobin().hosts(1).config());
    cluster.update(Clusters.roundRobin().hosts(2).config());

    assertThat(cluster.hosts().get(1)).isNotSameAs(gone);
    assertThat(cluster.hosts().get(1).active()).isZero();
  }

  @Test
  void roundRobinGoesOnWhereItWas() {
    Draws draws = Draws.none().then(Draw.ROUND_ROBIN_START, 0);
    ClusterState cluster =
        ClusterState.create(Clusters.roundRobin().hosts(3).config(), draws, () -> 0);
    assertThat(RoundRobinTest.picks(cluster, 2)).containsExactly(0, 1);

    cluster.update(Clusters.roundRobin().hosts(4).config());

    assertThat(RoundRobinTest.picks(cluster, 3)).containsExactly(2, 3, 0);
  }

  @Test
  void aClusterThatGrowsFromOneHostDrawsItsStartThen() {
    Draws draws = Draws.none().then(Draw.ROUND_ROBIN_START, 3);
    ClusterState cluster =
        ClusterState.create(Clusters.roundRobin().hosts(1).config(), draws, () -> 0);
    assertThat(draws.count(Draw.ROUND_ROBIN_START)).isZero();

    cluster.update(Clusters.roundRobin().hosts(4).config());

    assertThat(RoundRobinTest.picks(cluster, 2)).containsExactly(3, 0);
  }

  @Test
  void anUpdateChangesWeightHealthAndPolicy() {
    ClusterState cluster = Clusters.roundRobin().hosts(2).state();

    cluster.update(
        Clusters.leastRequest()
            .endpoints(
                0,
                List.of(
                    Clusters.endpoint(0, 0, 3, HealthStatus.HEALTHY),
                    Clusters.endpoint(0, 1, 1, HealthStatus.HEALTHY),
                    Clusters.endpoint(0, 2, 8, HealthStatus.UNHEALTHY)))
            .config());

    Draws draws = Draws.none().then(Draw.P2C_FIRST, 3).then(Draw.P2C_SECOND, 3);
    assertThat(cluster.pick(draws, PickRequest.ANY)).isSameAs(cluster.hosts().get(1));
    assertThat(draws.lastBound(Draw.P2C_FIRST)).isEqualTo(4);
    assertThat(cluster.cluster().loadBalancing().policy()).isEqualTo(LbPolicy.LeastRequest.DEFAULT);
    assertThat(cluster.hosts().get(0).endpoint().weight()).isEqualTo(3);
  }

  @Test
  void aPriorityThatIsGoneGetsNoCalls() {
    ClusterState cluster =
        Clusters.roundRobin().level(0, 1, 0, 1).level(1, 2, 0, 0).panicThreshold(50).state();

    cluster.update(Clusters.roundRobin().level(0, 1, 0, 1).panicThreshold(50).config());

    assertThat(RoundRobinTest.picks(cluster, 2)).containsExactly(0, 0);
  }

  @Test
  void anotherClustersConfigurationIsRefused() {
    ClusterState cluster = Clusters.roundRobin().hosts(1).state();
    Cluster mine = cluster.cluster();
    Cluster other =
        new Cluster(
            "other",
            mine.discovery(),
            mine.loadBalancing(),
            mine.connectTimeoutNanos(),
            mine.circuitBreakers(),
            mine.outlierDetection());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> cluster.update(ClusterConfig.of(other, List.of())))
        .withMessage("name: other (expected: " + Clusters.NAME + ")");
  }

  @Test
  void anEndpointStaysTheSameObjectUntilItChanges() {
    ClusterState cluster = Clusters.roundRobin().hosts(2).state();
    Endpoint changes = cluster.hosts().get(0).endpoint();
    Endpoint stays = cluster.hosts().get(1).endpoint();
    cluster.hosts().get(1).attach("prepared");

    Endpoint changed = Clusters.endpoint(0, 0, 2, HealthStatus.HEALTHY);
    cluster.update(
        Clusters.roundRobin().endpoints(0, List.of(changed, Clusters.endpoint(1))).config());

    assertThat(cluster.hosts().get(0).endpoint()).isSameAs(changed).isNotEqualTo(changes);
    assertThat(cluster.hosts().get(1).endpoint()).isSameAs(stays);
    assertThat(cluster.hosts().get(1).attachment()).isEqualTo("prepared");
  }

  private static int pickAtPriorityDraw(ClusterState cluster, int draw) {
    Draws draws = Draws.none().then(Draw.PRIORITY, draw);
    return RoundRobinTest.indexOf(cluster, cluster.pick(draws, PickRequest.ANY));
  }

  private static PickRequest retryOf(HostState failed, int maxPicks) {
    PickRequest request = PickRequest.of(new HostSelection(true, maxPicks));
    request.retryAfter(failed);
    return request;
  }
}
