package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.serve.AdsClients.names;
import static io.librarymesh.controlplane.serve.AdsClients.node;
import static io.librarymesh.controlplane.serve.ServerFixture.CLUSTER_A;
import static io.librarymesh.controlplane.serve.ServerFixture.CLUSTER_B;
import static io.librarymesh.controlplane.translate.ResourceType.CLUSTER;
import static io.librarymesh.controlplane.translate.ResourceType.ENDPOINT;
import static io.librarymesh.controlplane.translate.ResourceType.LISTENER;
import static io.librarymesh.controlplane.translate.ResourceType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.librarymesh.controlplane.serve.AdsClients.Sotw;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The state-of-the-world variant against the conformance rows of the reliability reference.
 *
 * <table>
 * <caption>Rows</caption>
 * <tr><th>row</th><th>test</th></tr>
 * <tr><td>XC4</td><td>namedResourcesArriveInOneResponse</td></tr>
 * <tr><td>XC5</td><td>oneChangeBringsAllSubscribedClusters</td></tr>
 * <tr><td>XC6</td><td>oneChangeBringsTheChangedRoute, oneChangeBringsTheChangedEndpoints</td></tr>
 * <tr><td>XC7</td><td>missingClusterBringsAllWhenItIsCreated</td></tr>
 * <tr><td>XC8</td><td>missingResourceComesWhenItIsCreated</td></tr>
 * <tr><td>XC9</td><td>typesOfOneStreamDoNotDisturbEachOther</td></tr>
 * <tr><td>XC10, XC11</td><td>narrowedListBringsOnlyWhatWasKept</td></tr>
 * <tr><td>XC12</td><td>emptyListAfterNamesUnsubscribesFromEverything</td></tr>
 * <tr><td>XE1</td><td>nodeIsRememberedAndMayNotChange</td></tr>
 * <tr><td>XE2</td><td>refusedResponseIsNotRepeated</td></tr>
 * <tr><td>XE3</td><td>staleNonceIsIgnoredWithItsNames</td></tr>
 * <tr><td>XE4</td><td>firstRequestWithAnOldNonceIsAnswered</td></tr>
 * <tr><td>XE5</td><td>endpointsAskedBeforeClustersAreAnsweredAndFollowAChangedCluster</td></tr>
 * <tr><td>XE7</td><td>clustersGoBeforeRoutesAndLeaveAfterListeners: this variant has no removal of
 * routes and endpoints to put in order</td></tr>
 * <tr><td>XE8</td><td>resubscriptionIsAnsweredAgain</td></tr>
 * </table>
 *
 * <p>XC1 to XC3 are in {@link WildcardTest}, the same rows over streams of one type in {@link
 * SeparateStreamsTest}.
 */
class StateOfTheWorldTest {

  private ServerFixture mesh;

  @BeforeEach
  void start() throws Exception {
    mesh = new ServerFixture();
  }

  @AfterEach
  void stop() {
    mesh.close();
  }

  private Sotw connect(ResourceType type, String... names) {
    return new Sotw(mesh.channel, node("client", "default"), type, names);
  }

  private static String[] namesOf(ResourceType type) {
    return type == LISTENER ? new String[] {"a:80", "b:80"} : new String[] {CLUSTER_A, CLUSTER_B};
  }

  private static ResourceType unusedBeside(ResourceType type) {
    return type == LISTENER ? ROUTE : LISTENER;
  }

  @ParameterizedTest
  @EnumSource
  void namedResourcesArriveInOneResponse(ResourceType type) {
    String[] names = namesOf(type);
    Sotw client = connect(type, names);
    DiscoveryResponse response = client.next();
    client.accept(response, type, names);

    assertThat(names(response)).containsExactly(names);
    assertThat(response.getVersionInfo()).isNotEmpty();
    client.assertQuiet(unusedBeside(type));
  }

  @Test
  void oneChangeBringsAllSubscribedClusters() {
    Sotw client = connect(CLUSTER, CLUSTER_A, CLUSTER_B);
    DiscoveryResponse first = client.next();
    client.accept(first, CLUSTER, CLUSTER_A, CLUSTER_B);
    mesh.policy("a", 7);
    DiscoveryResponse update = client.next();
    client.accept(update, CLUSTER, CLUSTER_A, CLUSTER_B);

    assertThat(names(update)).containsExactly(CLUSTER_A, CLUSTER_B);
    assertThat(update.getVersionInfo()).isNotEqualTo(first.getVersionInfo());
    assertThat(update.getNonce()).isNotEqualTo(first.getNonce());
    client.assertQuiet(LISTENER);
  }

  @Test
  void oneChangeBringsTheChangedRoute() {
    Sotw client = connect(ROUTE, CLUSTER_A, CLUSTER_B);
    client.accept(client.next(), ROUTE, CLUSTER_A, CLUSTER_B);
    mesh.rules("a", 3);
    DiscoveryResponse update = client.next();
    client.accept(update, ROUTE, CLUSTER_A, CLUSTER_B);

    assertThat(names(update)).containsExactly(CLUSTER_A);
    client.assertQuiet(LISTENER);
  }

  @Test
  void oneChangeBringsTheChangedEndpoints() {
    Sotw client = connect(ENDPOINT, CLUSTER_A, CLUSTER_B);
    client.accept(client.next(), ENDPOINT, CLUSTER_A, CLUSTER_B);
    new AdsClients.Delta(
            mesh.channel,
            AdsClients.workload("b-1", "default", Map.of("app", "b"), "127.0.0.1", 41234),
            ENDPOINT,
            "outbound|1||nobody")
        .accept();
    DiscoveryResponse update = client.next();
    client.accept(update, ENDPOINT, CLUSTER_A, CLUSTER_B);

    assertThat(names(update)).containsExactly(CLUSTER_B);
    client.assertQuiet(LISTENER);
  }

  @Test
  void missingClusterBringsAllWhenItIsCreated() {
    String missing = ServerFixture.cluster("d");
    Sotw client = connect(CLUSTER, CLUSTER_A, missing);
    DiscoveryResponse first = client.next();
    client.accept(first, CLUSTER, CLUSTER_A, missing);
    client.assertQuiet(LISTENER);
    mesh.service("d");
    DiscoveryResponse created = client.next();
    client.accept(created, CLUSTER, CLUSTER_A, missing);

    assertThat(names(first)).containsExactly(CLUSTER_A);
    assertThat(names(created)).containsExactly(CLUSTER_A, missing);
    client.assertQuiet(LISTENER);
  }

  @ParameterizedTest
  @EnumSource(names = {"ROUTE", "ENDPOINT"})
  void missingResourceComesWhenItIsCreated(ResourceType type) {
    String missing = ServerFixture.cluster("d");
    Sotw client = connect(type, CLUSTER_A, missing);
    DiscoveryResponse first = client.next();
    client.accept(first, type, CLUSTER_A, missing);
    mesh.service("d");
    DiscoveryResponse created = client.next();
    client.accept(created, type, CLUSTER_A, missing);

    assertThat(names(first)).containsExactly(CLUSTER_A);
    assertThat(names(created)).containsExactly(missing);
    client.assertQuiet(LISTENER);
  }

  @Test
  void nothingIsSaidAboutAbsentNames() throws Exception {
    // Our own client reads errors of resources and is told.
    Sotw client =
        new Sotw(
            mesh.channel,
            node("client", "default").toBuilder().setUserAgentName("gRPC Java").build(),
            CLUSTER,
            ServerFixture.cluster("d"));

    client.assertQuietToTheEnd();
  }

  @Test
  void removedClusterIsMissingFromTheNextResponse() {
    Sotw client = connect(CLUSTER, CLUSTER_A, CLUSTER_B);
    client.accept(client.next(), CLUSTER, CLUSTER_A, CLUSTER_B);
    mesh.removeService("a");
    DiscoveryResponse removal = client.next();
    client.accept(removal, CLUSTER, CLUSTER_A, CLUSTER_B);
    mesh.removeService("b");
    DiscoveryResponse last = client.next();

    assertThat(names(removal)).containsExactly(CLUSTER_B);
    assertThat(names(last)).isEmpty();
  }

  @Test
  void removedClusterStaysUntilTheOtherChangesHaveBeenSent() { // make before break
    Sotw client = connect(CLUSTER, CLUSTER_A, CLUSTER_B);
    client.accept(client.next(), CLUSTER, CLUSTER_A, CLUSTER_B);
    client.send(Sotw.request(ROUTE, "", "", CLUSTER_B));
    DiscoveryResponse routes = client.next();
    client.accept(routes, ROUTE, CLUSTER_B);
    mesh.store.put(
        "service-a.yaml",
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: b}
        spec: {hosts: [b], http: [{timeout: 9s, route: [{destination: {host: b}}]}]}
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: b}
        spec: {host: b, trafficPolicy: {connectionPool: {tcp: {maxConnections: 9}}}}
        """);
    DiscoveryResponse additions = client.next();
    DiscoveryResponse newRoutes = client.next();
    DiscoveryResponse removals = client.next();

    assertThat(names(additions)).containsExactly(CLUSTER_A, CLUSTER_B);
    assertThat(newRoutes.getTypeUrl()).isEqualTo(ROUTE.typeUrl());
    assertThat(names(removals)).containsExactly(CLUSTER_B);
  }

  @Test
  void typesOfOneStreamDoNotDisturbEachOther() {
    Sotw client = connect(ROUTE, CLUSTER_A);
    client.accept(client.next(), ROUTE, CLUSTER_A);
    client.send(Sotw.request(ENDPOINT, "", "", CLUSTER_A));
    client.accept(client.next(), ENDPOINT, CLUSTER_A);
    mesh.rules("a", 3);
    DiscoveryResponse update = client.next();
    client.accept(update, ROUTE, CLUSTER_A);

    assertThat(update.getTypeUrl()).isEqualTo(ROUTE.typeUrl());
    client.assertQuiet(LISTENER);
  }

  @ParameterizedTest
  @EnumSource(names = {"CLUSTER", "ROUTE"})
  void narrowedListBringsOnlyWhatWasKept(ResourceType type) {
    Sotw client = connect(type, CLUSTER_A, CLUSTER_B);
    client.accept(client.next(), type, CLUSTER_B);
    client.assertQuiet(LISTENER);
    mesh.policy("a", 7);
    mesh.rules("a", 7);
    mesh.policy("b", 7);
    mesh.rules("b", 7);
    DiscoveryResponse update = client.next();
    client.accept(update, type, CLUSTER_B);

    assertThat(names(update)).containsExactly(CLUSTER_B);
    client.assertQuiet(LISTENER);
  }

  @ParameterizedTest
  @EnumSource
  void emptyListAfterNamesUnsubscribesFromEverything(ResourceType type) {
    Sotw client = connect(type, namesOf(type));
    client.accept(client.next(), type);
    client.assertQuiet(unusedBeside(type));
    long pushes = mesh.status().pushes();
    mesh.policy("a", 7);
    mesh.rules("a", 7);
    mesh.removeService("b");
    mesh.await("pushed", s -> s.pushes() > pushes && s.services().size() == 2);

    client.assertQuiet(unusedBeside(type));
    assertThat(mesh.status().clients().get(0).subscription(type).resources()).isEmpty();
  }

  @Test
  void nodeIsRememberedAndMayNotChange() throws Exception {
    Sotw client = connect(CLUSTER, CLUSTER_A);
    DiscoveryResponse response = client.next();
    client.accept(response, CLUSTER, CLUSTER_A, CLUSTER_B);
    DiscoveryResponse second = client.next();
    client.send(
        Sotw.request(CLUSTER, second.getVersionInfo(), second.getNonce(), CLUSTER_A, CLUSTER_B)
            .setNode(node("client", "default")));
    client.assertQuiet(LISTENER);
    client.send(Sotw.request(ROUTE, "", "", CLUSTER_A).setNode(node("someone-else", "default")));

    assertThat(Status.fromThrowable(client.end()).getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    mesh.await("stream forgotten", status -> status.clients().isEmpty());
  }

  @Test
  void clustersGoBeforeRoutesAndLeaveAfterListeners() { // make before break
    String[] listeners = {"a:80", "d:80"};
    String[] others = {CLUSTER_A, ServerFixture.cluster("d")};
    Sotw client = new Sotw(mesh.channel, AdsClients.grpc("client", "default"), LISTENER, listeners);
    client.accept(LISTENER, listeners);
    for (ResourceType type : List.of(ROUTE, CLUSTER, ENDPOINT)) {
      client.send(Sotw.request(type, "", "", others));
      client.accept(type, others);
    }
    mesh.service("d");

    assertThat(client.accept(CLUSTER, others).getTypeUrl()).isEqualTo(CLUSTER.typeUrl());
    assertThat(client.accept(ENDPOINT, others).getTypeUrl()).isEqualTo(ENDPOINT.typeUrl());
    assertThat(client.accept(LISTENER, listeners).getTypeUrl()).isEqualTo(LISTENER.typeUrl());
    assertThat(client.accept(ROUTE, others).getTypeUrl()).isEqualTo(ROUTE.typeUrl());
    mesh.removeService("d");
    assertThat(names(client.accept(LISTENER, listeners))).containsExactly("a:80");
    assertThat(names(client.accept(CLUSTER, others))).containsExactly(CLUSTER_A);
  }

  @Test
  void resubscriptionIsAnsweredAgain() {
    Sotw client = connect(CLUSTER, CLUSTER_A);
    DiscoveryResponse first = client.next();
    client.accept(first, CLUSTER);
    client.accept(first, CLUSTER, CLUSTER_A);

    DiscoveryResponse second = client.next();
    assertThat(second.getResourcesList()).isEqualTo(first.getResourcesList());
    assertThat(second.getNonce()).isNotEqualTo(first.getNonce());
    assertThat(second.getVersionInfo()).isEqualTo(first.getVersionInfo());
  }

  @Test
  void refusedResponseIsNotRepeated() {
    Sotw client = connect(ROUTE, CLUSTER_A);
    client.refuse(client.next(), ROUTE, "unknown action", CLUSTER_A);
    AdsStatus status = mesh.await("refusal", s -> s.refusals() == 1);
    client.assertQuiet(LISTENER);
    mesh.rules("b", 3);
    mesh.await("pushed", s -> s.pushes() > status.pushes());
    client.assertQuiet(LISTENER);
    mesh.rules("a", 3);

    assertThat(names(client.next())).containsExactly(CLUSTER_A);
    assertThat(mesh.status().refusals()).isEqualTo(1);
  }

  @Test
  void staleNonceIsIgnoredWithItsNames() {
    Sotw client = connect(ROUTE, CLUSTER_A);
    DiscoveryResponse first = client.next();
    client.accept(first, ROUTE, CLUSTER_A);
    mesh.rules("a", 3);
    DiscoveryResponse second = client.next();
    client.accept(first, ROUTE, CLUSTER_A, CLUSTER_B);
    client.assertQuiet(LISTENER);
    client.accept(second, ROUTE, CLUSTER_A, CLUSTER_B);

    assertThat(names(client.next())).containsExactly(CLUSTER_B);
  }

  @Test
  void laterAnswerCountsWhenTheEarlierNeverComes() {
    Sotw client = connect(ROUTE, CLUSTER_A);
    client.next();
    mesh.rules("a", 3);
    DiscoveryResponse second = client.next();
    client.accept(second, ROUTE, CLUSTER_A);

    mesh.await("everything answered", s -> s.admission().syncing() == 0);
    AdsStatus.Version version =
        mesh.status().clients().get(0).subscription(ROUTE).version(CLUSTER_A);
    assertThat(version.acknowledged()).isEqualTo(version.current()).isNotEmpty();
  }

  @Test
  void firstRequestWithAnOldNonceIsAnswered() {
    Sotw before = connect(CLUSTER, CLUSTER_A);
    DiscoveryResponse first = before.next();
    before.close();
    Sotw after = new Sotw(mesh.channel, node("client", "default"), LISTENER, "a:80");
    after.next();
    after.accept(first, CLUSTER, CLUSTER_A);

    DiscoveryResponse again = after.next();
    assertThat(names(again)).containsExactly(CLUSTER_A);
    assertThat(again.getVersionInfo()).isEqualTo(first.getVersionInfo());
  }

  @Test
  void endpointsAskedBeforeClustersAreAnsweredAndFollowAChangedCluster() {
    Sotw client =
        new Sotw(
            mesh.channel,
            node("client", "default").toBuilder().setUserAgentName("envoy").build(),
            ENDPOINT,
            CLUSTER_A);
    DiscoveryResponse endpoints = client.next();
    client.accept(endpoints, ENDPOINT, CLUSTER_A);
    client.send(Sotw.request(CLUSTER, "", "", CLUSTER_A));
    assertThat(names(client.next())).containsExactly(CLUSTER_A);
    assertThat(client.next().getTypeUrl()).isEqualTo(ENDPOINT.typeUrl());
    mesh.policy("a", 7);

    assertThat(client.next().getTypeUrl()).isEqualTo(CLUSTER.typeUrl());
    DiscoveryResponse again = client.next();
    assertThat(again.getTypeUrl()).isEqualTo(ENDPOINT.typeUrl());
    assertThat(again.getResourcesList()).isEqualTo(endpoints.getResourcesList());
  }
}
