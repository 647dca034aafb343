package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.serve.AdsClients.envoy;
import static io.librarymesh.controlplane.serve.AdsClients.names;
import static io.librarymesh.controlplane.serve.AdsClients.node;
import static io.librarymesh.controlplane.serve.ServerFixture.CLUSTER_A;
import static io.librarymesh.controlplane.serve.ServerFixture.CLUSTER_B;
import static io.librarymesh.controlplane.serve.ServerFixture.cluster;
import static io.librarymesh.controlplane.translate.ResourceType.CLUSTER;
import static io.librarymesh.controlplane.translate.ResourceType.ENDPOINT;
import static io.librarymesh.controlplane.translate.ResourceType.LISTENER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.controlplane.serve.AdsClients.Service;
import io.librarymesh.controlplane.serve.AdsClients.Sotw;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients that ask for everything, against the conformance rows of the reliability reference: over
 * the aggregated service and those of one type, with {@code *} and with a first list that is empty.
 *
 * <table>
 * <caption>Rows</caption>
 * <tr><th>row</th><th>test</th></tr>
 * <tr><td>XC1</td><td>everythingArrivesInOneResponse</td></tr>
 * <tr><td>XC2</td><td>oneChangeBringsAllClusters</td></tr>
 * <tr><td>XC3</td><td>newResourceBringsTheEnlargedSet</td></tr>
 * <tr><td>XC9</td><td>typesOfOneStreamDoNotDisturbEachOther</td></tr>
 * <tr><td>XE6</td><td>reconnectBringsOnlyDifferences</td></tr>
 * <tr><td>XE16</td><td>the tests of the incremental variant, and
 * emptyListAfterTheWildcardUnsubscribesFromEverything</td></tr>
 * </table>
 *
 * <p>XC2 is for clusters alone: a listener holds its target and nothing that a file could change.
 */
class WildcardTest {

  private static final String[] LISTENERS = {
    "a.default.svc.cluster.local:80",
    "b.default.svc.cluster.local:80",
    "c.default.svc.cluster.local:80"
  };
  private static final String[] CLUSTERS = {
    CLUSTER_A, CLUSTER_B, cluster("c"), "PassthroughCluster"
  };

  private ServerFixture mesh;

  @BeforeEach
  void start() throws Exception {
    mesh = new ServerFixture();
  }

  @AfterEach
  void stop() {
    mesh.close();
  }

  private static Stream<Arguments> spellings() {
    List<Arguments> all = new ArrayList<>();
    for (Service service : Service.values()) {
      for (ResourceType type : List.of(CLUSTER, LISTENER)) {
        all.add(arguments(service, type, List.of()));
        all.add(arguments(service, type, List.of("*")));
      }
    }
    return all.stream();
  }

  private static String[] everything(ResourceType type) {
    return type == CLUSTER ? CLUSTERS : LISTENERS;
  }

  private static String[] everythingAnd(ResourceType type, String service) {
    String added = type == CLUSTER ? cluster(service) : service + ".default.svc.cluster.local:80";
    return Stream.concat(Stream.of(everything(type)), Stream.of(added)).toArray(String[]::new);
  }

  private Sotw sotw(Service service, ResourceType type, String... names) {
    return new Sotw(mesh.channel, service, node("client", "default"), type, names);
  }

  private Delta delta(Service service, ResourceType type, String... names) {
    Delta client = new Delta(mesh.channel, service, type);
    client.send(
        Delta.request(type)
            .setNode(node("client", "default"))
            .addAllResourceNamesSubscribe(List.of(names)));
    return client;
  }

  @ParameterizedTest
  @MethodSource("spellings")
  void everythingArrivesInOneResponse(Service service, ResourceType type, List<String> spelling)
      throws Exception {
    String[] names = spelling.toArray(String[]::new);
    Sotw client = sotw(service, type, names);
    DiscoveryResponse response = client.accept(type, names);

    assertThat(names(response)).containsExactlyInAnyOrder(everything(type));
    assertThat(response.getVersionInfo()).isNotEmpty();
    client.assertQuietToTheEnd();
  }

  @ParameterizedTest
  @EnumSource
  void oneChangeBringsAllClusters(Service service) throws Exception {
    Sotw client = sotw(service, CLUSTER);
    DiscoveryResponse first = client.accept(CLUSTER);
    mesh.policy("b", 7);
    DiscoveryResponse update = client.accept(CLUSTER);

    assertThat(names(update)).containsExactlyInAnyOrder(CLUSTERS);
    assertThat(update.getVersionInfo()).isNotEqualTo(first.getVersionInfo());
    client.assertQuietToTheEnd();
  }

  @ParameterizedTest
  @MethodSource("spellings")
  void newResourceBringsTheEnlargedSet(Service service, ResourceType type, List<String> spelling)
      throws Exception {
    String[] names = spelling.toArray(String[]::new);
    Sotw client = sotw(service, type, names);
    DiscoveryResponse first = client.accept(type, names);
    mesh.service("d");
    DiscoveryResponse enlarged = client.accept(type, names);

    assertThat(names(enlarged)).containsExactlyInAnyOrder(everythingAnd(type, "d"));
    assertThat(enlarged.getVersionInfo()).isNotEqualTo(first.getVersionInfo());
    client.assertQuietToTheEnd();
  }

  @ParameterizedTest
  @EnumSource(
      value = ResourceType.class,
      names = {"CLUSTER", "LISTENER"})
  void removedResourceIsMissingFromTheNextResponse(ResourceType type) throws Exception {
    Sotw client = sotw(Service.AGGREGATED, type);
    client.accept(type);
    mesh.service("d");
    assertThat(names(client.accept(type))).containsExactlyInAnyOrder(everythingAnd(type, "d"));
    mesh.removeService("d");

    assertThat(names(client.accept(type))).containsExactlyInAnyOrder(everything(type));
    client.assertQuietToTheEnd();
  }

  @Test
  void typesOfOneStreamDoNotDisturbEachOther() throws Exception { // XC9
    Sotw client = sotw(Service.AGGREGATED, CLUSTER);
    client.accept(CLUSTER);
    client.send(Sotw.request(LISTENER, "", ""));
    assertThat(names(client.accept(LISTENER))).containsExactlyInAnyOrder(LISTENERS);
    mesh.policy("a", 7);
    DiscoveryResponse update = client.accept(CLUSTER);

    assertThat(update.getTypeUrl()).isEqualTo(CLUSTER.typeUrl());
    client.assertQuietToTheEnd();
  }

  @Test
  void emptyListAfterTheWildcardUnsubscribesFromEverything() throws Exception { // XE16
    Sotw client = sotw(Service.AGGREGATED, CLUSTER, "*");
    client.accept(CLUSTER);
    long pushes = mesh.status().pushes();
    mesh.policy("a", 7);
    mesh.await("pushed", s -> s.pushes() > pushes);

    client.assertQuietToTheEnd();
  }

  @Test
  void namesBesideTheWildcardAreAskedFor() throws Exception {
    String unlisted = "a:80";
    Sotw client = sotw(Service.AGGREGATED, LISTENER, "*", unlisted);
    DiscoveryResponse both = client.accept(LISTENER, "*");
    assertThat(names(both))
        .containsExactlyInAnyOrder(
            Stream.concat(Stream.of(LISTENERS), Stream.of(unlisted)).toArray(String[]::new));
    mesh.service("d");
    assertThat(names(client.accept(LISTENER, "d:80")))
        .containsExactlyInAnyOrder(everythingAnd(LISTENER, "d"));

    assertThat(names(client.accept(LISTENER, "d:80"))).containsExactly("d:80");
    client.assertQuietToTheEnd();
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsAnAnswerToo(Service service) throws Exception {
    Sotw sotw = new Sotw(mesh.channel, service, envoy("envoy-1"), LISTENER);
    DiscoveryResponse response = sotw.accept(LISTENER);
    assertThat(response.getResourcesList()).isEmpty();
    assertThat(response.getVersionInfo()).isNotEmpty();
    sotw.assertQuietToTheEnd();
    Delta delta = new Delta(mesh.channel, service, LISTENER);
    delta.send(Delta.request(LISTENER).setNode(envoy("envoy-2")));
    assertThat(delta.accept().getResourcesList()).isEmpty();

    delta.assertQuietToTheEnd();
  }

  @ParameterizedTest
  @EnumSource
  void stockEnvoyGetsItsClustersAndTheirEndpoints(Service service) throws Exception {
    Sotw clusters = new Sotw(mesh.channel, service, envoy("envoy"), CLUSTER);
    DiscoveryResponse all = clusters.accept(CLUSTER);
    assertThat(names(all)).containsExactlyInAnyOrder(CLUSTERS);
    String[] named = {CLUSTER_A, CLUSTER_B};
    Sotw endpoints = new Sotw(mesh.channel, service, envoy("envoy"), ENDPOINT, named);

    assertThat(names(endpoints.accept(ENDPOINT, named))).containsExactly(named);
    clusters.assertQuietToTheEnd();
    endpoints.assertQuietToTheEnd();
  }

  @ParameterizedTest
  @MethodSource("spellings")
  void incrementalClientGetsEverythingAndThenWhatChanges(
      Service service, ResourceType type, List<String> spelling) throws Exception {
    Delta client = delta(service, type, spelling.toArray(String[]::new));
    DeltaDiscoveryResponse first = client.accept();
    assertThat(names(first)).containsExactlyInAnyOrder(everything(type));
    assertThat(first.getRemovedResourcesList()).isEmpty();
    mesh.service("d");
    DeltaDiscoveryResponse added = client.accept();
    mesh.removeService("d");
    DeltaDiscoveryResponse removed = client.accept();

    String name = everythingAnd(type, "d")[everything(type).length];
    assertThat(names(added)).containsExactly(name);
    assertThat(removed.getResourcesList()).isEmpty();
    assertThat(removed.getRemovedResourcesList()).containsExactly(name);
    client.assertQuietToTheEnd();
  }

  @Test
  void subsetsComeAndGoWithTheirRule() throws Exception {
    Delta client = delta(Service.AGGREGATED, CLUSTER);
    client.accept();
    mesh.store.put(
        "subsets.yaml",
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: a}
        spec: {host: a, subsets: [{name: v1, labels: {version: v1}}]}
        """);
    DeltaDiscoveryResponse added = client.accept();
    mesh.store.remove("subsets.yaml");

    String subset = "outbound|80|v1|a.default.svc.cluster.local";
    assertThat(names(added)).containsExactlyInAnyOrder(CLUSTER_A, subset);
    assertThat(names(client.accept())).containsExactly(CLUSTER_A);
    assertThat(client.accept().getRemovedResourcesList()).containsExactly(subset);
    client.assertQuietToTheEnd();
  }

  @Test
  void nameUnderTheWildcardIsSentAgainWhenItIsUnsubscribed() throws Exception { // XE16
    Delta client = delta(Service.AGGREGATED, CLUSTER, "*", CLUSTER_A);
    client.accept();
    client.unsubscribe(CLUSTER, CLUSTER_A);
    assertThat(names(client.accept())).containsExactly(CLUSTER_A);
    mesh.policy("a", 7);

    assertThat(names(client.accept())).containsExactly(CLUSTER_A);
    client.assertQuietToTheEnd();
  }

  @Test
  void nameThatTheWildcardDoesNotCoverIsRemovedWhenItIsUnsubscribed() throws Exception { // XE16
    Delta client = delta(Service.AGGREGATED, LISTENER, "*", "a:80");
    assertThat(names(client.accept())).contains("a:80").hasSize(4);
    client.unsubscribe(LISTENER, "a:80");

    assertThat(client.accept().getRemovedResourcesList()).containsExactly("a:80");
    client.assertQuietToTheEnd();
  }

  @Test
  void namesStayWhenTheWildcardIsUnsubscribed() throws Exception { // XE16
    Delta client = delta(Service.AGGREGATED, CLUSTER, "*", CLUSTER_A);
    client.accept();
    client.unsubscribe(CLUSTER, "*");
    client.assertQuiet();
    mesh.policy("b", 7);
    mesh.policy("a", 7);
    assertThat(names(client.accept())).containsExactly(CLUSTER_A);
    client.subscribe(CLUSTER, "*");

    assertThat(names(client.accept()))
        .containsExactlyInAnyOrder(CLUSTER_B, cluster("c"), "PassthroughCluster");
    client.assertQuietToTheEnd();
  }

  @Test
  void firstEmptyListStaysAWildcardWhenNamesFollow() throws Exception {
    Delta client = delta(Service.AGGREGATED, LISTENER);
    client.accept();
    client.subscribe(LISTENER, "a:80");
    assertThat(names(client.accept())).containsExactly("a:80");
    mesh.service("d");

    assertThat(names(client.accept())).containsExactly("d.default.svc.cluster.local:80");
    client.assertQuietToTheEnd();
  }

  @ParameterizedTest
  @EnumSource
  void reconnectBringsOnlyDifferences(Service service) throws Exception { // XE6
    Delta before = delta(service, CLUSTER);
    DeltaDiscoveryResponse first = before.accept();
    before.close();
    Map<String, String> versions =
        first.getResourcesList().stream()
            .collect(Collectors.toMap(Resource::getName, Resource::getVersion));
    mesh.policy("b", 7);
    mesh.removeService("c");
    mesh.await("service removed", s -> s.services().size() == 2);
    Delta after = new Delta(mesh.channel, service, CLUSTER);
    after.send(
        Delta.request(CLUSTER)
            .setNode(node("client", "default"))
            .putAllInitialResourceVersions(versions));

    assertThat(names(after.accept())).containsExactly(CLUSTER_B);
    assertThat(after.accept().getRemovedResourcesList()).containsExactly(cluster("c"));
    mesh.policy("a", 7);
    assertThat(names(after.accept())).containsExactly(CLUSTER_A);
    after.assertQuietToTheEnd();
  }

  @Test
  void clientsSeeWhatIsExportedToThem() throws Exception { // XE17
    mesh.store.put(
        "private.yaml",
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: private, namespace: other}
        spec:
          hosts: [private.example.com]
          exportTo: ['.']
          ports: [{number: 80, name: http, protocol: HTTP}]
          resolution: STATIC
          endpoints: [{address: 10.0.0.1}]
        """);
    mesh.await("in force", s -> s.services().size() == 4);
    Delta client = delta(Service.AGGREGATED, CLUSTER);
    Delta other = new Delta(mesh.channel, node("other", "other"), CLUSTER, "*");

    assertThat(names(client.accept())).containsExactlyInAnyOrder(CLUSTERS);
    assertThat(names(other.accept())).contains("outbound|80||private.example.com").hasSize(5);
  }

  @Test
  void labelsThatBeginToMatterChangeWhatAClientGets() throws Exception {
    Delta client = new Delta(mesh.channel);
    client.send(
        Delta.request(CLUSTER)
            .setNode(AdsClients.workload("x", "default", Map.of("app", "x"), "127.0.0.1", 1)));
    client.accept();
    mesh.store.put(
        "selected.yaml",
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: a}
        spec:
          host: a
          workloadSelector: {matchLabels: {app: x}}
          subsets: [{name: v1, labels: {version: v1}}]
        """);
    DeltaDiscoveryResponse added = client.accept();

    assertThat(names(added)).contains("outbound|80|v1|a.default.svc.cluster.local");
    mesh.store.remove("selected.yaml");
    assertThat(names(client.accept())).containsExactly(CLUSTER_A);
    assertThat(client.accept().getRemovedResourcesList())
        .containsExactly("outbound|80|v1|a.default.svc.cluster.local");
    client.assertQuietToTheEnd();
  }

  @Test
  void statusSaysWhoAskedForEverything() {
    Delta client = delta(Service.AGGREGATED, CLUSTER);
    client.accept();
    client.subscribe(ENDPOINT, CLUSTER_A);
    client.accept();
    AdsStatus.Client seen =
        mesh.await(
                "acknowledged",
                s ->
                    !s.clients()
                        .get(0)
                        .subscription(ENDPOINT)
                        .version(CLUSTER_A)
                        .acknowledged()
                        .isEmpty())
            .clients()
            .get(0);

    assertThat(seen.subscription(CLUSTER).wildcard()).isTrue();
    assertThat(seen.subscription(CLUSTER).resources()).containsOnlyKeys(CLUSTERS);
    assertThat(seen.subscription(ENDPOINT).wildcard()).isFalse();
  }
}
