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
import io.grpc.StatusRuntimeException;
import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The incremental variant against the conformance rows of the reliability reference.
 *
 * <table>
 * <caption>Rows</caption>
 * <tr><th>row</th><th>test</th></tr>
 * <tr><td>XC4</td><td>namedResourcesArriveOfEveryType</td></tr>
 * <tr><td>XC13</td><td>eachSubscriptionIsAnsweredByItself</td></tr>
 * <tr><td>XC14</td><td>updateHoldsOnlyWhatChanged</td></tr>
 * <tr><td>XC15</td><td>absentNameIsToldAndArrivesAloneWhenItComesToBe</td></tr>
 * <tr><td>XC16</td><td>removalNamesTheResourceAndItComesBackAlone</td></tr>
 * <tr><td>XC17</td><td>whatWasUnsubscribedIsNeverSentAgain</td></tr>
 * <tr><td>XC18</td><td>typesOfOneStreamDoNotDisturbEachOther</td></tr>
 * <tr><td>XE1</td><td>nodeIsRememberedAndMayNotChange, streamWithoutNodeIsRefused</td></tr>
 * <tr><td>XE2</td><td>refusedResourceIsNotSentAgainUntilItChanges</td></tr>
 * <tr><td>XE3</td><td>staleNonceStillSubscribes</td></tr>
 * <tr><td>XE5</td><td>endpointsFollowAChangedClusterWhereTheClientMayWaitForThem</td></tr>
 * <tr><td>XE6</td><td>reconnectBringsOnlyDifferences</td></tr>
 * <tr><td>XE7</td><td>clustersGoBeforeRoutesAndLeaveAfterThem</td></tr>
 * <tr><td>XE8</td><td>resubscriptionIsAnsweredAgain</td></tr>
 * </table>
 *
 * <p>XC1 to XC12 are of the other variant, XE16 is in {@link WildcardTest}, and the same rows over
 * streams of one type in {@link SeparateStreamsTest}.
 */
class IncrementalTest {

  private ServerFixture mesh;

  @BeforeEach
  void start() throws Exception {
    mesh = new ServerFixture();
  }

  @AfterEach
  void stop() {
    mesh.close();
  }

  private Delta connect(ResourceType type, String... names) {
    return new Delta(mesh.channel, node("client", "default"), type, names);
  }

  @Test
  void namedResourcesArriveOfEveryType() {
    Delta client = connect(LISTENER, "a:80", "b.default:80");
    DeltaDiscoveryResponse listeners = client.accept();
    client.subscribe(ROUTE, CLUSTER_A, CLUSTER_B);
    DeltaDiscoveryResponse routes = client.accept();
    client.subscribe(CLUSTER, CLUSTER_A, CLUSTER_B);
    DeltaDiscoveryResponse clusters = client.accept();
    client.subscribe(ENDPOINT, CLUSTER_A, CLUSTER_B);
    DeltaDiscoveryResponse endpoints = client.accept();

    assertThat(names(listeners)).containsExactly("a:80", "b.default:80");
    for (DeltaDiscoveryResponse response : List.of(routes, clusters, endpoints)) {
      assertThat(names(response)).containsExactly(CLUSTER_A, CLUSTER_B);
      assertThat(response.getResourcesList()).noneMatch(r -> r.getVersion().isEmpty());
    }
    assertThat(
            List.of(
                listeners.getNonce(), routes.getNonce(), clusters.getNonce(), endpoints.getNonce()))
        .doesNotHaveDuplicates();
    client.assertQuiet();
  }

  @Test
  void eachSubscriptionIsAnsweredByItself() {
    Delta client = connect(CLUSTER, CLUSTER_A);
    assertThat(names(client.accept())).containsExactly(CLUSTER_A);
    client.subscribe(CLUSTER, CLUSTER_B);

    assertThat(names(client.accept())).containsExactly(CLUSTER_B);
    client.assertQuiet();
  }

  @Test
  void updateHoldsOnlyWhatChanged() {
    Delta client = connect(CLUSTER, CLUSTER_A, CLUSTER_B);
    DeltaDiscoveryResponse first = client.accept();
    mesh.policy("a", 7);
    DeltaDiscoveryResponse update = client.accept();

    assertThat(names(update)).containsExactly(CLUSTER_A);
    assertThat(update.getNonce()).isNotEqualTo(first.getNonce());
    assertThat(update.getResources(0).getVersion())
        .isNotEqualTo(first.getResources(0).getVersion());
    client.assertQuiet();
  }

  @Test
  void equalContentHasEqualVersionsAndIsNotSent() {
    Delta client = connect(CLUSTER, CLUSTER_A);
    String original = client.accept().getResources(0).getVersion();
    mesh.policy("a", 7);
    client.accept();
    mesh.store.remove("policy-a.yaml");

    assertThat(client.accept().getResources(0).getVersion()).isEqualTo(original);
    mesh.service("a");
    mesh.rules("c", 3);
    mesh.await("changes applied", status -> status.pushes() > 3);
    client.assertQuiet();
  }

  @Test
  void absentNameIsToldAndArrivesAloneWhenItComesToBe() {
    String absent = ServerFixture.cluster("d");
    Delta client = connect(CLUSTER, CLUSTER_A, absent);
    assertThat(names(client.accept())).containsExactly(CLUSTER_A);
    assertThat(client.accept().getRemovedResourcesList()).containsExactly(absent);
    mesh.service("d");

    DeltaDiscoveryResponse created = client.accept();
    assertThat(names(created)).containsExactly(absent);
    assertThat(created.getRemovedResourcesList()).isEmpty();
    client.assertQuiet();
  }

  @Test
  void removalNamesTheResourceAndItComesBackAlone() {
    Delta client = connect(CLUSTER, CLUSTER_A, CLUSTER_B);
    client.accept();
    mesh.removeService("a");
    DeltaDiscoveryResponse removal = client.accept();
    mesh.service("a");
    DeltaDiscoveryResponse back = client.accept();

    assertThat(removal.getRemovedResourcesList()).containsExactly(CLUSTER_A);
    assertThat(removal.getResourcesList()).isEmpty();
    assertThat(names(back)).containsExactly(CLUSTER_A);
    client.assertQuiet();
  }

  @Test
  void whatWasUnsubscribedIsNeverSentAgain() {
    Delta client = connect(CLUSTER, CLUSTER_A, CLUSTER_B);
    client.accept();
    client.unsubscribe(CLUSTER, CLUSTER_A);
    client.assertQuiet();
    mesh.policy("a", 7);
    mesh.policy("b", 7);
    assertThat(names(client.accept())).containsExactly(CLUSTER_B);
    client.unsubscribe(CLUSTER, CLUSTER_B);
    client.assertQuiet();
    long pushes = mesh.status().pushes();
    mesh.policy("b", 8);
    mesh.await("pushed", status -> status.pushes() > pushes);

    client.assertQuiet();
  }

  @Test
  void typesOfOneStreamDoNotDisturbEachOther() {
    Delta client = connect(ROUTE, CLUSTER_A);
    client.accept();
    client.subscribe(CLUSTER, CLUSTER_A);
    client.accept();
    mesh.rules("a", 3);
    DeltaDiscoveryResponse route = client.accept();
    client.assertQuiet();
    mesh.policy("a", 3);
    DeltaDiscoveryResponse cluster = client.accept();

    assertThat(route.getTypeUrl()).isEqualTo(ROUTE.typeUrl());
    assertThat(cluster.getTypeUrl()).isEqualTo(CLUSTER.typeUrl());
    client.assertQuiet();
  }

  @Test
  void nodeIsRememberedAndMayNotChange() throws Exception {
    Delta client = connect(CLUSTER, CLUSTER_A);
    client.accept();
    client.send(
        Delta.request(CLUSTER)
            .setNode(node("someone-else", "default"))
            .addResourceNamesSubscribe(CLUSTER_B));

    assertThat(Status.fromThrowable(client.end()).getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    mesh.await("stream forgotten", status -> status.clients().isEmpty());
  }

  @Test
  void streamWithoutNodeIsRefused() throws Exception {
    Delta client = new Delta(mesh.channel);
    client.subscribe(CLUSTER, CLUSTER_A);

    assertThat(client.end())
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("INVALID_ARGUMENT")
        .hasMessageContaining("node.id");
  }

  @Test
  void refusedResourceIsNotSentAgainUntilItChanges() {
    Delta client = connect(CLUSTER, CLUSTER_A);
    client.refuse(client.next(), "too large");
    AdsStatus status = mesh.await("refusal", s -> s.refusals() == 1);
    client.assertQuiet();
    mesh.policy("b", 7);
    mesh.await("pushed", s -> s.pushes() > status.pushes());
    client.assertQuiet();

    AdsStatus.Subscription clusters = status.clients().get(0).subscription(CLUSTER);
    assertThat(clusters.refusal().orElseThrow().message()).isEqualTo("too large");
    assertThat(clusters.refusal().orElseThrow().versions()).containsOnlyKeys(CLUSTER_A);
    assertThat(clusters.version(CLUSTER_A).acknowledged()).isEmpty();
    mesh.policy("a", 7);
    assertThat(names(client.accept())).containsExactly(CLUSTER_A);
    mesh.await(
        "refusal forgotten", s -> s.clients().get(0).subscription(CLUSTER).refusal().isEmpty());
  }

  @Test
  void staleNonceStillSubscribes() {
    Delta client = connect(CLUSTER, CLUSTER_A);
    client.accept();
    client.send(
        Delta.request(CLUSTER)
            .setResponseNonce("no-such-nonce")
            .addResourceNamesSubscribe(CLUSTER_B));

    assertThat(names(client.accept())).containsExactly(CLUSTER_B);
    client.assertQuiet();
  }

  @Test
  void endpointsFollowAChangedClusterWhereTheClientMayWaitForThem() {
    Delta client = new Delta(mesh.channel);
    client.send(
        Delta.request(CLUSTER)
            .setNode(node("client", "default").toBuilder().clearUserAgentName())
            .addResourceNamesSubscribe(CLUSTER_A));
    client.accept();
    client.subscribe(ENDPOINT, CLUSTER_A);
    String version = client.accept().getResources(0).getVersion();
    mesh.policy("a", 7);

    assertThat(client.accept().getTypeUrl()).isEqualTo(CLUSTER.typeUrl());
    DeltaDiscoveryResponse endpoints = client.accept();
    assertThat(endpoints.getTypeUrl()).isEqualTo(ENDPOINT.typeUrl());
    assertThat(names(endpoints)).containsExactly(CLUSTER_A);
    assertThat(endpoints.getResources(0).getVersion()).isEqualTo(version);
  }

  @ParameterizedTest
  @ValueSource(strings = {"library-mesh", "gRPC Java", "gRPC Go", "grpc-node-js", "gRPC C-core"})
  void endpointsOfAChangedClusterAreNotSentAgainToClientsThatKeepThem(String userAgent) {
    Delta client = new Delta(mesh.channel);
    client.send(
        Delta.request(CLUSTER)
            .setNode(node("client", "default").toBuilder().setUserAgentName(userAgent))
            .addResourceNamesSubscribe(CLUSTER_A));
    client.accept();
    client.subscribe(ENDPOINT, CLUSTER_A);
    client.accept();
    mesh.policy("a", 7);

    assertThat(client.accept().getTypeUrl()).isEqualTo(CLUSTER.typeUrl());
    client.assertQuiet();
  }

  @Test
  void reconnectBringsOnlyDifferences() {
    String gone = ServerFixture.cluster("c");
    Delta before = connect(CLUSTER, CLUSTER_A, CLUSTER_B, gone);
    DeltaDiscoveryResponse first = before.accept();
    before.close();
    mesh.policy("b", 7);
    mesh.removeService("c");
    mesh.await("service removed", s -> s.services().size() == 2);
    Delta after = new Delta(mesh.channel);
    after.send(
        Delta.request(CLUSTER)
            .setNode(node("client", "default"))
            .addAllResourceNamesSubscribe(List.of(CLUSTER_A, CLUSTER_B, gone))
            .putAllInitialResourceVersions(
                Map.of(
                    CLUSTER_A, first.getResources(0).getVersion(),
                    CLUSTER_B, first.getResources(1).getVersion(),
                    gone, first.getResources(2).getVersion())));

    DeltaDiscoveryResponse changed = after.accept();
    assertThat(names(changed)).containsExactly(CLUSTER_B);
    assertThat(after.accept().getRemovedResourcesList()).containsExactly(gone);
    after.assertQuiet();
    mesh.policy("a", 7);
    assertThat(names(after.accept())).containsExactly(CLUSTER_A);
  }

  @Test
  void clustersGoBeforeRoutesAndLeaveAfterThem() {
    Delta client = connect(LISTENER, "d:80");
    client.accept();
    String cluster = ServerFixture.cluster("d");
    client.subscribe(ROUTE, cluster);
    client.accept();
    client.subscribe(CLUSTER, cluster);
    client.accept();
    client.subscribe(ENDPOINT, cluster);
    client.accept();
    mesh.service("d");
    List<String> created =
        List.of(
            client.accept().getTypeUrl(),
            client.accept().getTypeUrl(),
            client.accept().getTypeUrl(),
            client.accept().getTypeUrl());
    client.assertQuiet();
    mesh.removeService("d");

    assertThat(created)
        .containsExactly(
            CLUSTER.typeUrl(), ENDPOINT.typeUrl(), LISTENER.typeUrl(), ROUTE.typeUrl());
    // The Listener does not vanish: the host is unknown again and passes through.
    assertThat(client.accept().getTypeUrl()).isEqualTo(LISTENER.typeUrl());
    assertThat(List.of(client.accept(), client.accept(), client.accept()))
        .extracting(DeltaDiscoveryResponse::getTypeUrl)
        .containsExactly(ROUTE.typeUrl(), ENDPOINT.typeUrl(), CLUSTER.typeUrl());
  }

  @Test
  void resubscriptionIsAnsweredAgain() {
    Delta client = connect(CLUSTER, CLUSTER_A);
    DeltaDiscoveryResponse first = client.accept();
    client.unsubscribe(CLUSTER, CLUSTER_A);
    client.subscribe(CLUSTER, CLUSTER_A);
    DeltaDiscoveryResponse second = client.accept();
    client.subscribe(CLUSTER, CLUSTER_A);

    assertThat(second.getResourcesList()).isEqualTo(first.getResourcesList());
    assertThat(client.accept().getResourcesList()).isEqualTo(first.getResourcesList());
  }
}
