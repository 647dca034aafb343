package io.librarymesh.pick;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.Endpoint;
import io.librarymesh.config.HealthStatus;
import io.librarymesh.config.Metadata;
import io.librarymesh.config.MetadataValue;
import io.librarymesh.config.RetryPolicy.HostSelection;
import io.librarymesh.random.Draw;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the picks of retries turn down, and the priorities that they leave out. */
class PickRequestTest {
  private static final Metadata CANARY =
      Metadata.of(Map.of("canary", new MetadataValue.Flag(true)));
  private static final Metadata OLD =
      Metadata.of(Map.of("stage", MetadataValue.of("old"), "rack", MetadataValue.of("r1")));

  @Test
  void re18CanaryHostsAreLeftToFirstAttempts() {
    ClusterState cluster = cluster(Metadata.EMPTY, CANARY, Metadata.EMPTY);
    HostSelection selection = new HostSelection(false, true, List.of(), 1, 0);
    PickRequest call = PickRequest.of(selection);

    HostState first = pick(cluster, call);
    HostState canary = pick(cluster, call);
    assertThat(cluster.hosts()).startsWith(first, canary);

    pick(cluster, PickRequest.ANY);
    call.retryAfter(canary);
    assertThat(pick(cluster, call)).isSameAs(cluster.hosts().get(0));
    assertThat(pick(cluster, call)).isSameAs(cluster.hosts().get(2));
  }

  @Test
  void onlyTheBooleanTrueMakesACanary() {
    ClusterState cluster =
        cluster(Metadata.of(Map.of("canary", MetadataValue.of("true"))), Metadata.EMPTY);
    PickRequest call = PickRequest.of(new HostSelection(false, true, List.of(), 1, 0));
    call.retryAfter(cluster.hosts().get(1));

    assertThat(pick(cluster, call)).isSameAs(cluster.hosts().get(0));
  }

  @Test
  void re18HostsOfSomeMetadataAreTurnedDown() {
    ClusterState cluster = cluster(OLD, Metadata.EMPTY);
    Metadata old = Metadata.of(Map.of("stage", MetadataValue.of("old")));
    Metadata other =
        Metadata.of(Map.of("stage", MetadataValue.of("old"), "rack", MetadataValue.of("r2")));

    assertThat(retry(cluster, old)).isSameAs(cluster.hosts().get(1));
    assertThat(retry(cluster(OLD, Metadata.EMPTY), other).endpoint().metadata()).isEqualTo(OLD);
  }

  private static HostState retry(ClusterState cluster, Metadata omitted) {
    PickRequest call = PickRequest.of(new HostSelection(false, false, List.of(omitted), 1, 0));
    call.retryAfter(cluster.hosts().get(1));
    return pick(cluster, call);
  }

  @Test
  void aListOfAHostHoldsEachOfItsValues() {
    Metadata host =
        Metadata.of(
            Map.of(
                "stage",
                new MetadataValue.Items(List.of(MetadataValue.of("a"), MetadataValue.of("b")))));

    assertThat(host.matches(Metadata.of(Map.of("stage", MetadataValue.of("b"))))).isTrue();
    assertThat(host.matches(Metadata.of(Map.of("stage", MetadataValue.of("c"))))).isFalse();
    assertThat(host.matches(Metadata.of(Map.of("other", MetadataValue.of("b"))))).isFalse();
  }

  @Test
  void re18TheLastPickIsTakenWhenAllAreTurnedDown() {
    ClusterState cluster = cluster(CANARY, CANARY);
    PickRequest call = PickRequest.of(new HostSelection(false, true, List.of(), 3, 0));
    call.retryAfter(cluster.hosts().get(0));

    // Three more picks than the first: the round robin of two ends at the second.
    assertThat(pick(cluster, call)).isSameAs(cluster.hosts().get(1));
  }

  @Test
  void re19PrioritiesThatWereTriedAreLeftOut() {
    ClusterState cluster = levels();
    PickRequest call = request(1);

    assertThat(priority(cluster, call)).isZero();
    call.retryAfter(cluster.hosts().get(0));
    assertThat(priority(cluster, call)).isEqualTo(1);
    call.retryAfter(cluster.hosts().get(1));
    assertThat(priority(cluster, call)).isEqualTo(2);
  }

  @Test
  void re19WhenNoPriorityIsLeftAllCountAgain() {
    ClusterState cluster = levels();
    PickRequest call = request(1);
    for (int level = 0; level < 3; level++) {
      call.retryAfter(cluster.hosts().get(level));
    }

    assertThat(priority(cluster, call)).isZero();
    call.retryAfter(cluster.hosts().get(0));
    assertThat(priority(cluster, call)).isEqualTo(1);
  }

  @Test
  void re19PrioritiesAreLeftOutEverySoManyAttempts() {
    ClusterState cluster = levels();
    PickRequest call = request(2);

    call.retryAfter(cluster.hosts().get(0));
    assertThat(priority(cluster, call)).isZero();
    call.retryAfter(cluster.hosts().get(0));
    assertThat(priority(cluster, call)).isEqualTo(1);
    call.retryAfter(cluster.hosts().get(1));
    assertThat(priority(cluster, call)).isEqualTo(1);
    call.retryAfter(cluster.hosts().get(1));
    assertThat(priority(cluster, call)).isEqualTo(2);
  }

  @Test
  void loadOfPrioritiesThatAreLeftFollowsTheirHealth() {
    // P1 takes 42 %, P2 the rest: its health is full.
    ClusterState cluster =
        Clusters.roundRobin().level(0, 2, 0, 0).level(1, 3, 0, 7).level(2, 2, 0, 0).state();
    PickRequest call = request(1);
    call.retryAfter(cluster.hosts().get(0));
    int second = 0;
    for (int draw = 0; draw < 100; draw++) {
      HostState host = (HostState) cluster.pick(Draws.none().then(Draw.PRIORITY, draw), call);
      assertThat(host.priority()).isIn(1, 2);
      second += host.priority() == 1 ? 1 : 0;
    }

    assertThat(second).isEqualTo(42);
  }

  @Test
  void whenNothingCanBePickedThePriorityStays() {
    ClusterState cluster = Clusters.roundRobin().level(0, 0, 0, 1).level(1, 0, 0, 1).state();
    PickRequest call = request(1);
    call.retryAfter(cluster.hosts().get(0));

    assertThat(cluster.pick(Draws.none().always(Draw.PRIORITY, 99), call))
        .isSameAs(NoHealthyUpstream.INSTANCE);
  }

  private static PickRequest request(int frequency) {
    return PickRequest.of(new HostSelection(false, false, List.of(), 0, frequency));
  }

  /** One healthy host on each of three levels. */
  private static ClusterState levels() {
    return Clusters.roundRobin().level(0, 1, 0, 0).level(1, 1, 0, 0).level(2, 1, 0, 0).state();
  }

  private static int priority(ClusterState cluster, PickRequest call) {
    return ((HostState) cluster.pick(Draws.none().always(Draw.PRIORITY, 0), call)).priority();
  }

  private static HostState pick(ClusterState cluster, PickRequest call) {
    return (HostState) cluster.pick(Draws.none(), call);
  }

  private static ClusterState cluster(Metadata... metadata) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < metadata.length; i++) {
      endpoints.add(
          new Endpoint("10.0.0." + i, 80, 1, HealthStatus.HEALTHY, "", Map.of(), metadata[i]));
    }
    return Clusters.roundRobin().endpoints(0, endpoints).state();
  }
}
