package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.serve.AdsClients.node;
import static io.librarymesh.controlplane.serve.ServerFixture.CLUSTER_A;
import static io.librarymesh.controlplane.serve.ServerFixture.CLUSTER_B;
import static io.librarymesh.controlplane.translate.ResourceType.CLUSTER;
import static io.librarymesh.controlplane.translate.ResourceType.ENDPOINT;
import static io.librarymesh.controlplane.translate.ResourceType.LISTENER;
import static io.librarymesh.controlplane.translate.ResourceType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.controlplane.serve.AdsClients.Service;
import io.librarymesh.controlplane.serve.AdsClients.Sotw;
import io.librarymesh.controlplane.serve.ConnectedClient.TypeState;
import io.librarymesh.controlplane.translate.Dialect;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the server tells of its clients, and what it counts. */
class OverviewTest {

  private final AtomicLong nanos = new AtomicLong();
  private ServerFixture mesh;

  @BeforeEach
  void start() throws IOException {
    mesh = new ServerFixture(ServeLimits.DEFAULT, nanos::get);
  }

  @AfterEach
  void stop() {
    mesh.close();
  }

  private Overview overview() {
    return mesh.server.overview().join();
  }

  private ConnectedClient await(String what, Predicate<ConnectedClient> condition) {
    mesh.await(
        what,
        any -> {
          List<ConnectedClient> clients = overview().clients();
          return clients.size() == 1 && condition.test(clients.get(0));
        });
    return overview().clients().get(0);
  }

  private List<ClientResource> resources(ConnectedClient client) {
    return mesh.server.resources(client.connections()).join();
  }

  private void awaitMetric(String line) {
    mesh.await(line, any -> mesh.metrics.text().contains(line + "\n"));
  }

  @Test
  void aClientIsStaleUntilItHasAcceptedAndSyncedThen() {
    Delta client = new Delta(mesh.channel, node("c", "default"), ROUTE, CLUSTER_A);
    DeltaDiscoveryResponse response = client.next();

    ConnectedClient stale = await("sent", c -> c.type(ROUTE).sync() == SyncState.STALE);
    assertThat(stale.type(ROUTE))
        .isEqualTo(
            new TypeState(SyncState.STALE, false, 1, 0, response.getNonce(), "", Optional.empty()));
    assertThat(stale.type(CLUSTER)).isEqualTo(TypeState.NONE);
    assertThat(stale.sync()).isEqualTo(SyncState.STALE);
    assertThat(resources(stale).get(0).sync()).isEqualTo(SyncState.STALE);

    client.send(Delta.request(ROUTE).setResponseNonce(response.getNonce()));
    ConnectedClient synced = await("accepted", c -> c.sync() == SyncState.SYNCED);
    assertThat(synced.type(ROUTE).acknowledgedNonce()).isEqualTo(response.getNonce());
    assertThat(synced.type(ROUTE).acknowledged()).isEqualTo(1);
    ClientResource resource = resources(synced).get(0);
    assertThat(resource.sync()).isEqualTo(SyncState.SYNCED);
    assertThat(resource.version().acknowledged()).isEqualTo(response.getResources(0).getVersion());
    assertThat(resource.sent())
        .hasValueSatisfying(any -> assertThat(any.is(RouteConfiguration.class)).isTrue());
  }

  @Test
  void aRefusalIsToldWithItsReasonUntilSomethingElseIsAccepted() {
    Delta client = new Delta(mesh.channel, node("c", "default"), ROUTE, CLUSTER_A, CLUSTER_B);
    client.refuse(client.next(), "no such filter");

    ConnectedClient refusing = await("refused", c -> c.sync() == SyncState.NACK);
    assertThat(refusing.type(ROUTE).refusal())
        .hasValueSatisfying(
            refusal -> {
              assertThat(refusal.message()).isEqualTo("no such filter");
              assertThat(refusal.versions()).containsOnlyKeys(CLUSTER_A, CLUSTER_B);
            });
    assertThat(resources(refusing))
        .extracting(ClientResource::sync)
        .containsExactly(SyncState.NACK, SyncState.NACK);
    awaitMetric("pilot_total_xds_rejects{type=\"rds\"} 1");
    awaitMetric("pilot_xds_rds_reject{node=\"c\",err=\"INVALID_ARGUMENT\"} 1");

    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    mesh.rules("a", 7);
    client.accept();
    ConnectedClient going = await("accepted", c -> c.sync() == SyncState.SYNCED);
    assertThat(resources(going).get(0).sync()).isEqualTo(SyncState.SYNCED);
    assertThat(resources(going).get(1).sync()).isEqualTo(SyncState.STALE);
    mesh.await("no refusal", any -> !mesh.metrics.text().contains("pilot_xds_rds_reject{"));
  }

  @Test
  void aRefusalIsForgottenWithTheClient() throws Exception {
    Delta client = new Delta(mesh.channel, node("c", "default"), ROUTE, CLUSTER_A);
    client.refuse(client.next(), "no");
    awaitMetric("pilot_xds_rds_reject{node=\"c\",err=\"INVALID_ARGUMENT\"} 1");
    client.die();

    mesh.await("gone", any -> overview().clients().isEmpty());
    assertThat(mesh.metrics.text())
        .doesNotContain("pilot_xds_rds_reject{")
        .doesNotContain("pilot_xds{");
  }

  @Test
  void whatDoesNotExistIsNotSentAndSaysWhy() {
    Delta client = new Delta(mesh.channel, node("c", "default"), CLUSTER, "outbound|80||nobody");
    client.accept();

    ConnectedClient synced = await("told", c -> c.sync() == SyncState.SYNCED);
    ClientResource absent = resources(synced).get(0);
    assertThat(absent.sync()).isEqualTo(SyncState.NOT_SENT);
    assertThat(absent.sent()).isEmpty();
    assertThat(absent.absence()).contains("nobody");
  }

  @Test
  void aStateOfTheWorldClientThatWaitsIsNotSent() {
    Sotw client = new Sotw(mesh.channel, AdsClients.envoy("e"), ROUTE, "outbound|80||nobody");

    ConnectedClient waiting = await("asked", c -> c.type(ROUTE).sync() == SyncState.NOT_SENT);
    assertThat(waiting.incremental()).isFalse();
    assertThat(waiting.dialect()).isEqualTo(Dialect.ENVOY);
    client.close();
  }

  @Test
  void streamsOfOneTypeEachAreOneClient() {
    Delta clusters = new Delta(mesh.channel, Service.SEPARATE, CLUSTER);
    clusters.send(
        Delta.request(CLUSTER).setNode(node("c", "default")).addResourceNamesSubscribe(CLUSTER_A));
    Delta endpoints = new Delta(mesh.channel, Service.SEPARATE, ENDPOINT);
    endpoints.send(
        Delta.request(ENDPOINT).setNode(node("c", "default")).addResourceNamesSubscribe(CLUSTER_A));
    clusters.accept();
    endpoints.accept();

    ConnectedClient client =
        await("both", c -> c.connections().size() == 2 && c.sync() == SyncState.SYNCED);
    assertThat(client.types()).containsOnlyKeys(CLUSTER, ENDPOINT);
    assertThat(client.type(LISTENER).sync()).isEqualTo(SyncState.IGNORED);
    assertThat(resources(client))
        .extracting(ClientResource::type)
        .containsExactly(CLUSTER, ENDPOINT);
  }

  @Test
  void twoClientsThatGoByOneNameStayTwo() {
    new Delta(mesh.channel, node("twin", "default"), CLUSTER, CLUSTER_A).accept();
    new Delta(mesh.channel, node("twin", "default"), CLUSTER, CLUSTER_A).accept();

    mesh.await("both", any -> overview().clients().size() == 2);
    assertThat(overview().clients()).extracting(ConnectedClient::node).containsOnly("twin");
  }

  @Test
  void agesGoByTheClockOfTheServer() {
    new Delta(mesh.channel, node("c", "default"), CLUSTER, CLUSTER_A).accept();
    await("connected", c -> c.sync() == SyncState.SYNCED);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(90));

    assertThat(overview().clients().get(0).age()).isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void responsesAndAnswersAreCountedByType() {
    Delta client = new Delta(mesh.channel, node("c", "default"), CLUSTER, CLUSTER_A);
    client.accept();
    client.subscribe(ENDPOINT, CLUSTER_A);
    client.accept();

    awaitMetric("librarymesh_xds_acks{type=\"eds\"} 1");
    assertThat(mesh.metrics.text())
        .contains("pilot_xds_pushes{type=\"cds\"} 1\n", "pilot_xds_pushes{type=\"eds\"} 1\n")
        .contains("pilot_xds_pushes{type=\"lds\"} 0\n", "librarymesh_xds_acks{type=\"cds\"} 1\n")
        .contains("pilot_xds{version=\"library-mesh\"} 1\n", "pilot_services 3\n")
        .contains("librarymesh_config_resources{kind=\"Service\"} 3\n")
        .contains("librarymesh_xds_resources 2\n");
  }

  @Test
  void convergenceIsMeasuredFromTheFirstChangeToTheWrite() {
    Delta client = new Delta(mesh.channel, node("c", "default"), ROUTE, CLUSTER_A);
    client.accept();
    await("accepted", c -> c.sync() == SyncState.SYNCED);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    mesh.rules("a", 3);
    client.accept();
    awaitMetric("pilot_proxy_convergence_time_count 1");
    assertThat(mesh.metrics.text()).contains("pilot_proxy_convergence_time_sum 0\n");

    mesh.rules("a", 4);
    mesh.await(
        "second change",
        any -> overview().config().generation() == mesh.store.snapshot().generation());
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(250));
    client.accept();

    awaitMetric("pilot_proxy_convergence_time_count 2");
    assertThat(mesh.metrics.text())
        .contains("pilot_proxy_convergence_time_sum 0.25\n")
        .contains("pilot_debounce_time_sum 0.25\n")
        .contains("pilot_push_triggers{type=\"config\"} 3\n");
  }

  @Test
  void requestsThatWereOvertakenAreCounted() {
    Sotw client = new Sotw(mesh.channel, AdsClients.envoy("e"), ROUTE, CLUSTER_A);
    client.next();
    client.send(Sotw.request(ROUTE, "", "of another stream", CLUSTER_A));

    awaitMetric("pilot_xds_expired_nonce{type=\"rds\"} 1");
  }

  @Test
  void oldNumbersOfClientsAreNotShown() {
    Delta client = new Delta(mesh.channel, node("c", "default"), ROUTE, CLUSTER_A);
    client.accept();
    awaitMetric("pilot_xds{version=\"library-mesh\"} 1");
    client.close();

    mesh.await("gone", any -> !mesh.metrics.text().contains("pilot_xds{"));
  }
}
