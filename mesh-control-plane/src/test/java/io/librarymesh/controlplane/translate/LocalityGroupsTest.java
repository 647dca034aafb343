package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.istio.LocalityLbSetting;
import io.librarymesh.controlplane.registry.ServiceEndpoint;
import io.librarymesh.controlplane.translate.LocalityGroups.Group;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 10.4 of the reference on Istio. */
class LocalityGroupsTest {
  private static final LocalityPolicy FAILOVER =
      new LocalityPolicy(List.of(), true, List.of(), List.of());

  private final List<ServiceEndpoint> endpoints = new ArrayList<>();

  @Test
  void withoutFailoverAllAreOfOnePriority() {
    endpoint("a", "r1/z1", 1);
    endpoint("b", "r2/z1", 1);

    assertThat(priorities(LocalityPolicy.NONE, "r1/z1")).isEqualTo(Map.of("a", 0, "b", 0));
  }

  @Test
  void whatIsNearComesFirst() {
    endpoint("subzone", "r1/z1/s1", 1);
    endpoint("zone", "r1/z1/s2", 1);
    endpoint("region", "r1/z2/s1", 1);
    endpoint("world", "r2/z1/s1", 1);

    assertThat(priorities(FAILOVER, "r1/z1/s1"))
        .isEqualTo(Map.of("subzone", 0, "zone", 1, "region", 2, "world", 3));
  }

  @Test
  void prioritiesHaveNoGaps() {
    endpoint("region", "r1/z2", 1);
    endpoint("world", "r2/z1", 1);

    assertThat(priorities(FAILOVER, "r1/z1")).isEqualTo(Map.of("region", 0, "world", 1));
  }

  @Test
  void aClientWithoutALocalityIsNearToEndpointsWithoutOne() {
    endpoint("somewhere", "r1/z1", 1);
    endpoint("nowhere", "", 1);

    assertThat(priorities(FAILOVER, "")).isEqualTo(Map.of("nowhere", 0, "somewhere", 1));
  }

  @Test
  void otherRegionsThanTheOneToFailOverToComeLast() {
    endpoint("own", "r1/z1", 1);
    endpoint("told", "r3/z1", 1);
    endpoint("other", "r2/z1", 1);
    LocalityPolicy policy =
        new LocalityPolicy(
            List.of(), true, List.of(new LocalityLbSetting.Failover("r1", "r3")), List.of());

    assertThat(priorities(policy, "r1/z1")).isEqualTo(Map.of("own", 0, "told", 1, "other", 2));
    assertThat(priorities(policy, "r2/z9")).isEqualTo(Map.of("other", 0, "own", 1, "told", 1));
  }

  @Test
  void labelsThatAreEqualFromTheFirstOnDecide() {
    labelled("both", Map.of("row", "w1", "rack", "k1"));
    labelled("row", Map.of("row", "w1", "rack", "k2"));
    labelled("rack", Map.of("row", "w2", "rack", "k1"));
    labelled("none", Map.of());
    LocalityPolicy policy = labels("row", "rack");

    assertThat(
            priorities(policy, new ClientView("prod", Map.of("row", "w1", "rack", "k1"), "", LIB)))
        .isEqualTo(Map.of("both", 0, "row", 1, "rack", 2, "none", 2));
    // What neither has is equal, too.
    assertThat(priorities(policy, new ClientView("prod", Map.of(), "", LIB)))
        .isEqualTo(Map.of("none", 0, "both", 1, "row", 1, "rack", 1));
  }

  private static final Dialect LIB = Dialect.LIBRARY;

  @Test
  void aValueInTheListStandsForTheClients() {
    labelled("blue", Map.of("cell", "blue"));
    labelled("green", Map.of("cell", "green"));

    assertThat(
            priorities(
                labels("cell=green"), new ClientView("prod", Map.of("cell", "blue"), "", LIB)))
        .isEqualTo(Map.of("green", 0, "blue", 1));
  }

  @Test
  void topologyLabelsAreThoseOfTheLocality() {
    endpoint("zone", "r1/z1/s2", 1);
    endpoint("region", "r1/z2", 1);
    endpoint("world", "r2/z1", 1);

    assertThat(
            priorities(
                labels("topology.kubernetes.io/region", "topology.kubernetes.io/zone"), "r1/z1/s1"))
        .isEqualTo(Map.of("zone", 0, "region", 1, "world", 2));
  }

  @Test
  void anotherNetworkComesAfterAllThatIsNotButIsSortedInItself() {
    labelled("near", Map.of("topology.istio.io/network", "n1", "zone", "z1"));
    labelled("far", Map.of("topology.istio.io/network", "n1", "zone", "z2"));
    labelled("other-near", Map.of("topology.istio.io/network", "n2", "zone", "z1"));
    labelled("other-far", Map.of("topology.istio.io/network", "n2", "zone", "z2"));

    assertThat(
            priorities(
                labels("topology.istio.io/network", "zone"),
                new ClientView(
                    "prod", Map.of("topology.istio.io/network", "n1", "zone", "z1"), "", LIB)))
        .isEqualTo(Map.of("near", 0, "far", 1, "other-near", 2, "other-far", 3));
  }

  @Test
  void labelsComeBeforeRegions() {
    add("own-blue", "r1", Map.of("cell", "blue"), 1);
    add("told-blue", "r3", Map.of("cell", "blue"), 1);
    add("own-green", "r1", Map.of("cell", "green"), 1);
    LocalityPolicy policy =
        new LocalityPolicy(
            List.of(), true, List.of(new LocalityLbSetting.Failover("r1", "r3")), List.of("cell"));

    assertThat(priorities(policy, new ClientView("prod", Map.of("cell", "blue"), "r1", LIB)))
        .isEqualTo(Map.of("own-blue", 0, "told-blue", 1, "own-green", 2));
  }

  @Test
  void sharesAreSplitByWeightAndRoundedUp() {
    endpoint("a", "r1/z1/s1", 1);
    endpoint("b", "r1/z1/s2", 2);
    endpoint("c", "r1/z2/s1", 1);
    endpoint("d", "r2/z1/s1", 1);
    LocalityPolicy policy =
        new LocalityPolicy(
            List.of(
                new LocalityLbSetting.Distribute("r9/*", Map.of("r2/*", 100L)),
                new LocalityLbSetting.Distribute("r1/z1/*", ordered("r1/z1/*", 80, "r1/z2", 20)),
                new LocalityLbSetting.Distribute("*", Map.of("r2/*", 100L))),
            true,
            List.of(),
            List.of());

    Map<String, Long> shares = new LinkedHashMap<>();
    for (Group group : LocalityGroups.of(endpoints, policy, client("r1/z1/s1"))) {
      assertThat(group.priority()).isZero();
      shares.put(group.endpoints().get(0).workload(), group.weight());
    }

    // 80 * 1 / 3 and 80 * 2 / 3, rounded up; what no entry names gets nothing.
    assertThat(shares).isEqualTo(Map.of("a", 27L, "b", 54L, "c", 20L));
  }

  @ParameterizedTest
  @CsvSource({
    "*, r1/z1/s1, true",
    "r1, r1/z1/s1, true",
    "r1/*, r1/z1/s1, true",
    "r1/z1, r1/z1/s1, true",
    "r1/z1/*, r1/z1/s1, true",
    "r1/z1/*, r1/z1, true",
    "r1/z1/s1, r1/z1/s1, true",
    "r1/z1/s1, r1/z1, false",
    "r1/z2/*, r1/z1/s1, false",
    "r2, r1/z1/s1, false",
    "*, '', true",
    "r1/*, '', false"
  })
  void placesCoverLocalities(String from, String locality, boolean covers) {
    endpoint("a", "here", 1);
    LocalityPolicy policy =
        new LocalityPolicy(
            List.of(new LocalityLbSetting.Distribute(from, Map.of("elsewhere", 100L))),
            false,
            List.of(),
            List.of());

    // An entry that applies leaves nothing of what it does not name.
    assertThat(LocalityGroups.of(endpoints, policy, client(locality)).isEmpty()).isEqualTo(covers);
  }

  private static Map<String, Long> ordered(String first, long one, String second, long other) {
    Map<String, Long> map = new LinkedHashMap<>();
    map.put(first, one);
    map.put(second, other);
    return map;
  }

  private static LocalityPolicy labels(String... labels) {
    return new LocalityPolicy(List.of(), true, List.of(), List.of(labels));
  }

  private static ClientView client(String locality) {
    return new ClientView("prod", Map.of(), locality, LIB);
  }

  private Map<String, Integer> priorities(LocalityPolicy policy, String locality) {
    return priorities(policy, client(locality));
  }

  private Map<String, Integer> priorities(LocalityPolicy policy, ClientView client) {
    Map<String, Integer> priorities = new LinkedHashMap<>();
    for (Group group : LocalityGroups.of(endpoints, policy, client)) {
      group.endpoints().forEach(e -> priorities.put(e.workload(), group.priority()));
    }
    return priorities;
  }

  private void endpoint(String name, String locality, long weight) {
    add(name, locality, Map.of(), weight);
  }

  private void labelled(String name, Map<String, String> labels) {
    add(name, "", labels, 1);
  }

  private void add(String name, String locality, Map<String, String> labels, long weight) {
    endpoints.add(
        new ServiceEndpoint(
            "10.0.0." + endpoints.size(), 80, labels, name, "prod", locality, weight, true));
  }
}
