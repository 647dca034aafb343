package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.serve.AdsClients.names;
import static io.librarymesh.controlplane.serve.AdsClients.node;
import static io.librarymesh.controlplane.serve.ServerFixture.CLUSTER_A;
import static io.librarymesh.controlplane.serve.ServerFixture.CLUSTER_B;
import static io.librarymesh.controlplane.translate.ResourceType.CLUSTER;
import static io.librarymesh.controlplane.translate.ResourceType.ENDPOINT;
import static io.librarymesh.controlplane.translate.ResourceType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.controlplane.serve.AdsClients.Service;
import io.librarymesh.controlplane.serve.AdsClients.Sotw;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.proto.envoy.config.core.v3.Node;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Streams of one type each, of both variants, against the rows XE of the reliability reference.
 *
 * <table>
 * <caption>Rows</caption>
 * <tr><th>row</th><th>test</th></tr>
 * <tr><td>XE1</td><td>nodeIsRememberedAndMayNotChange, and the same incrementally</td></tr>
 * <tr><td>XE2</td><td>refusedResponseIsNotRepeated, and the same incrementally</td></tr>
 * <tr><td>XE3</td><td>staleNonceIsIgnoredWithItsNames, staleNonceStillSubscribesIncrementally</td></tr>
 * <tr><td>XE4</td><td>firstRequestWithAnOldNonceIsAnswered, and the same incrementally</td></tr>
 * <tr><td>XE5</td><td>endpointsAskedBeforeClustersAreAnswered, and the same incrementally; that
 * endpoints are sent again after a change of their cluster does not apply: nothing says that two
 * streams are one client's, and an Envoy without an aggregated stream opens one for the endpoints of
 * each cluster that it makes anew</td></tr>
 * <tr><td>XE7</td><td>does not apply: streams have no order among them</td></tr>
 * <tr><td>XE8</td><td>resubscriptionIsAnsweredAgain, and the same incrementally</td></tr>
 * </table>
 */
class SeparateStreamRulesTest {

  private ServerFixture mesh;

  @BeforeEach
  void start() throws Exception {
    mesh = new ServerFixture();
  }

  @AfterEach
  void stop() {
    mesh.close();
  }

  private Sotw sotw(ResourceType type, String... names) {
    return new Sotw(mesh.channel, Service.SEPARATE, node("client", "default"), type, names);
  }

  private Delta delta(ResourceType type, String name) {
    return delta(node("client", "default"), type, name);
  }

  private Delta delta(Node node, ResourceType type, String name) {
    Delta client = new Delta(mesh.channel, Service.SEPARATE, type);
    client.send(Delta.request(type).setNode(node).addResourceNamesSubscribe(name));
    return client;
  }

  @Test
  void nodeIsRememberedAndMayNotChange() throws Exception {
    Sotw client = sotw(CLUSTER, CLUSTER_A);
    client.accept(CLUSTER, CLUSTER_A, CLUSTER_B);
    DiscoveryResponse second = client.accept(CLUSTER, CLUSTER_A, CLUSTER_B);
    client.send(
        Sotw.request(CLUSTER, second.getVersionInfo(), second.getNonce(), CLUSTER_A)
            .setNode(node("someone-else", "default")));

    assertThat(names(second)).containsExactly(CLUSTER_A, CLUSTER_B);
    assertThat(Status.fromThrowable(client.end()).getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    mesh.await("stream forgotten", status -> status.clients().isEmpty());
  }

  @Test
  void nodeIsRememberedAndMayNotChangeIncrementally() throws Exception {
    Delta client = delta(CLUSTER, CLUSTER_A);
    client.accept();
    client.subscribe(CLUSTER, CLUSTER_B);
    assertThat(names(client.accept())).containsExactly(CLUSTER_B);
    client.send(Delta.request(CLUSTER).setNode(node("someone-else", "default")));

    assertThat(Status.fromThrowable(client.end()).getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    mesh.await("stream forgotten", status -> status.clients().isEmpty());
  }

  @Test
  void refusedResponseIsNotRepeated() throws Exception {
    Sotw client = sotw(ROUTE, CLUSTER_A);
    client.refuse(client.next(), ROUTE, "unknown action", CLUSTER_A);
    AdsStatus status = mesh.await("refusal", s -> s.refusals() == 1);
    mesh.rules("b", 3);
    mesh.await("pushed", s -> s.pushes() > status.pushes());
    mesh.rules("a", 3);

    assertThat(names(client.accept(ROUTE, CLUSTER_A))).containsExactly(CLUSTER_A);
    assertThat(refusal(status, ROUTE)).isEqualTo("unknown action");
    client.assertQuietToTheEnd();
  }

  @Test
  void refusedResourceIsNotRepeatedIncrementally() throws Exception {
    Delta client = delta(CLUSTER, CLUSTER_A);
    client.refuse(client.next(), "too large");
    AdsStatus status = mesh.await("refusal", s -> s.refusals() == 1);
    mesh.policy("b", 7);
    mesh.await("pushed", s -> s.pushes() > status.pushes());
    mesh.policy("a", 7);

    assertThat(names(client.accept())).containsExactly(CLUSTER_A);
    assertThat(refusal(status, CLUSTER)).isEqualTo("too large");
    client.assertQuietToTheEnd();
  }

  private static String refusal(AdsStatus status, ResourceType type) {
    return status.clients().get(0).subscription(type).refusal().orElseThrow().message();
  }

  @Test
  void staleNonceIsIgnoredWithItsNames() throws Exception {
    Sotw client = sotw(ROUTE, CLUSTER_A);
    DiscoveryResponse first = client.accept(ROUTE, CLUSTER_A);
    mesh.rules("a", 3);
    DiscoveryResponse second = client.next();
    client.accept(first, ROUTE, CLUSTER_B);
    client.accept(second, ROUTE, CLUSTER_A, ServerFixture.cluster("c"));

    assertThat(names(client.accept(ROUTE, CLUSTER_A, ServerFixture.cluster("c"))))
        .containsExactly(ServerFixture.cluster("c"));
    client.assertQuietToTheEnd();
  }

  @Test
  void staleNonceStillSubscribesIncrementally() throws Exception {
    Delta client = delta(CLUSTER, CLUSTER_A);
    client.accept();
    client.send(
        Delta.request(CLUSTER)
            .setResponseNonce("no-such-nonce")
            .addResourceNamesSubscribe(CLUSTER_B));

    assertThat(names(client.accept())).containsExactly(CLUSTER_B);
    client.assertQuietToTheEnd();
  }

  @Test
  void firstRequestWithAnOldNonceIsAnswered() throws Exception {
    Sotw before = sotw(CLUSTER, CLUSTER_A);
    DiscoveryResponse first = before.accept(CLUSTER, CLUSTER_A);
    before.assertQuietToTheEnd();
    Sotw after = sotw(first);
    DiscoveryResponse again = after.accept(CLUSTER, CLUSTER_A);

    assertThat(names(again)).containsExactly(CLUSTER_A);
    assertThat(again.getVersionInfo()).isEqualTo(first.getVersionInfo());
    after.assertQuietToTheEnd();
  }

  /** A stream whose first request accepts what an earlier one brought. */
  private Sotw sotw(DiscoveryResponse earlier) {
    return new Sotw(
        mesh.channel,
        Service.SEPARATE,
        CLUSTER,
        Sotw.request(CLUSTER, earlier.getVersionInfo(), earlier.getNonce(), CLUSTER_A)
            .setNode(node("client", "default")));
  }

  @Test
  void firstRequestWithAnOldNonceIsAnsweredIncrementally() throws Exception {
    Delta before = delta(CLUSTER, CLUSTER_A);
    DeltaDiscoveryResponse first = before.accept();
    before.assertQuietToTheEnd();
    Delta after = new Delta(mesh.channel, Service.SEPARATE, CLUSTER);
    after.send(
        Delta.request(CLUSTER)
            .setNode(node("client", "default"))
            .setResponseNonce(first.getNonce())
            .addResourceNamesSubscribe(CLUSTER_A));

    assertThat(after.accept().getResourcesList()).isEqualTo(first.getResourcesList());
    after.assertQuietToTheEnd();
  }

  @Test
  void endpointsAskedBeforeClustersAreAnswered() throws Exception {
    Node envoy = AdsClients.envoy("client");
    Sotw endpoints = new Sotw(mesh.channel, Service.SEPARATE, envoy, ENDPOINT, CLUSTER_A);
    assertThat(names(endpoints.accept(ENDPOINT, CLUSTER_A))).containsExactly(CLUSTER_A);
    Sotw clusters = new Sotw(mesh.channel, Service.SEPARATE, envoy, CLUSTER, CLUSTER_A);
    assertThat(names(clusters.accept(CLUSTER, CLUSTER_A))).containsExactly(CLUSTER_A);
    mesh.policy("a", 7);
    assertThat(names(clusters.accept(CLUSTER, CLUSTER_A))).containsExactly(CLUSTER_A);
    Sotw warming = new Sotw(mesh.channel, Service.SEPARATE, envoy, ENDPOINT, CLUSTER_A);

    assertThat(names(warming.accept(ENDPOINT, CLUSTER_A))).containsExactly(CLUSTER_A);
    endpoints.assertQuietToTheEnd();
  }

  @Test
  void endpointsAskedBeforeClustersAreAnsweredIncrementally() throws Exception {
    Node envoy = AdsClients.envoy("client");
    Delta endpoints = delta(envoy, ENDPOINT, CLUSTER_A);
    assertThat(names(endpoints.accept())).containsExactly(CLUSTER_A);
    Delta clusters = delta(envoy, CLUSTER, CLUSTER_A);
    assertThat(names(clusters.accept())).containsExactly(CLUSTER_A);
    mesh.policy("a", 7);
    assertThat(names(clusters.accept())).containsExactly(CLUSTER_A);
    Delta warming = delta(envoy, ENDPOINT, CLUSTER_A);

    assertThat(names(warming.accept())).containsExactly(CLUSTER_A);
    endpoints.assertQuietToTheEnd();
  }

  @Test
  void resubscriptionIsAnsweredAgain() throws Exception {
    Sotw client = sotw(CLUSTER, CLUSTER_A);
    DiscoveryResponse first = client.next();
    client.accept(first, CLUSTER);
    client.accept(first, CLUSTER, CLUSTER_A);
    DiscoveryResponse second = client.accept(CLUSTER, CLUSTER_A);

    assertThat(second.getResourcesList()).isEqualTo(first.getResourcesList());
    assertThat(second.getNonce()).isNotEqualTo(first.getNonce());
    client.assertQuietToTheEnd();
  }

  @Test
  void resubscriptionIsAnsweredAgainIncrementally() throws Exception {
    Delta client = delta(CLUSTER, CLUSTER_A);
    DeltaDiscoveryResponse first = client.accept();
    client.unsubscribe(CLUSTER, CLUSTER_A);
    client.subscribe(CLUSTER, CLUSTER_A);

    assertThat(client.accept().getResourcesList()).isEqualTo(first.getResourcesList());
    client.assertQuietToTheEnd();
  }
}
