package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.serve.AdsClients.names;
import static io.librarymesh.controlplane.serve.AdsClients.node;
import static io.librarymesh.controlplane.serve.ServerFixture.CLUSTER_A;
import static io.librarymesh.controlplane.translate.ResourceType.CLUSTER;
import static io.librarymesh.controlplane.translate.ResourceType.ENDPOINT;
import static io.librarymesh.controlplane.translate.ResourceType.LISTENER;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.librarymesh.config.ConfigSource.Update;
import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.controlplane.serve.AdsClients.Sotw;
import io.librarymesh.proto.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryResponse;
import io.librarymesh.xds.Node;
import io.librarymesh.xds.XdsConfigSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Many clients that want their first configuration at the same time. */
class ReconnectStormTest {

  private static ServerFixture mesh(int parallel, int waiting) throws Exception {
    return new ServerFixture(new ServeLimits(parallel, waiting), System::nanoTime);
  }

  @Test
  void clientsThatWaitAreServedWhenOthersHaveAcknowledged() throws Exception {
    try (ServerFixture mesh = mesh(1, 10)) {
      Delta steady = new Delta(mesh.channel, node("steady", "default"), CLUSTER, CLUSTER_A);
      steady.accept();
      mesh.await("steady done", s -> s.admission().syncing() == 0);
      Delta slow = new Delta(mesh.channel, node("slow", "default"), CLUSTER, CLUSTER_A);
      var unacknowledged = slow.next();
      Delta waits = new Delta(mesh.channel, node("waits", "default"), CLUSTER, CLUSTER_A);
      mesh.await("one waits", s -> s.admission().waiting() == 1);
      mesh.policy("a", 7);
      assertThat(names(steady.accept())).containsExactly(CLUSTER_A);
      assertThat(mesh.status().admission().waiting()).isEqualTo(1);
      slow.send(Delta.request(CLUSTER).setResponseNonce(unacknowledged.getNonce()));
      slow.accept();

      assertThat(names(waits.accept())).containsExactly(CLUSTER_A);
      mesh.await("nobody waits", s -> s.admission().waiting() == 0);
      waits.assertQuietToTheEnd();
    }
  }

  @Test
  void workloadOfAClientThatWaitsIsRegistered() throws Exception {
    try (ServerFixture mesh = mesh(1, 10)) {
      Delta slow = new Delta(mesh.channel, node("slow", "default"), CLUSTER, CLUSTER_A);
      slow.next();
      Delta waits =
          new Delta(
              mesh.channel,
              AdsClients.workload("a-1", "default", Map.of("app", "a"), "127.0.0.1", 41234),
              CLUSTER,
              CLUSTER_A);

      mesh.await(
          "registered",
          s -> s.services().stream().anyMatch(service -> service.endpoints(80).size() == 1));
      assertThat(mesh.status().admission().waiting()).isEqualTo(1);
      slow.close();
      assertThat(names(waits.next())).containsExactly(CLUSTER_A);
    }
  }

  /** Asks for all clusters, then for endpoints, and acknowledges at once. */
  private static final class Returning
      implements ClientResponseObserver<DiscoveryRequest, DiscoveryResponse> {

    private final String id;
    private final CompletableFuture<Integer> clusters = new CompletableFuture<>();
    private final CompletableFuture<Integer> endpoints = new CompletableFuture<>();
    private @Nullable ClientCallStreamObserver<DiscoveryRequest> requests;

    Returning(String id) {
      this.id = id;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<DiscoveryRequest> stream) {
      requests = stream;
    }

    private void send(DiscoveryRequest.Builder request) {
      requireNonNull(requests).onNext(request.build());
    }

    void begin() {
      send(Sotw.request(CLUSTER, "", "", "*").setNode(node(id, "default")));
    }

    @Override
    public void onNext(DiscoveryResponse response) {
      boolean first = response.getTypeUrl().equals(CLUSTER.typeUrl());
      send(
          Sotw.request(
              first ? CLUSTER : ENDPOINT,
              response.getVersionInfo(),
              response.getNonce(),
              first ? "*" : CLUSTER_A));
      if (first) {
        send(Sotw.request(ENDPOINT, "", "", CLUSTER_A));
      }
      (first ? clusters : endpoints).complete(response.getResourcesCount());
    }

    @Override
    public void onError(Throwable cause) {
      endpoints.completeExceptionally(cause);
    }

    @Override
    public void onCompleted() {}
  }

  @Test
  void everyClientOfAStormIsServedAll() throws Exception {
    try (ServerFixture mesh = mesh(2, 1_000)) {
      List<Returning> clients = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        Returning client = new Returning("client-" + i);
        var unused =
            AggregatedDiscoveryServiceGrpc.newStub(mesh.channel).streamAggregatedResources(client);
        clients.add(client);
      }
      clients.forEach(Returning::begin);
      for (Returning client : clients) {
        assertThat(mesh.status().admission().syncing()).isLessThanOrEqualTo(2);
        assertThat(client.endpoints.get(20, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(client.clusters.get(20, TimeUnit.SECONDS)).isEqualTo(4);
      }
      mesh.await("done", s -> s.admission().syncing() + s.admission().waiting() == 0);
      assertThat(mesh.status().admission().refused()).isZero();
    }
  }

  @Test
  void clientThatIsTurnedAwayTriesAgain() throws Exception {
    BlockingQueue<Update> updates = new LinkedBlockingQueue<>();
    try (ServerFixture mesh = mesh(1, 0)) {
      Delta slow = new Delta(mesh.channel, node("slow", "default"), CLUSTER, CLUSTER_A);
      var unacknowledged = slow.next();
      try (XdsConfigSource own =
          XdsConfigSource.builder(Node.of("helloweb"))
              .server("storm", () -> InProcessChannelBuilder.forName(mesh.name).build())
              .reconnectBackOff(Duration.ofMillis(20), Duration.ofMillis(50))
              .build()) {
        own.watch("a:80", updates::add);
        Update pending = next(updates);
        while (!(pending instanceof Update.Pending waiting)
            || !waiting.reason().contains("RESOURCE_EXHAUSTED")) {
          pending = next(updates);
        }
        mesh.await("refused again", s -> s.admission().refused() >= 2);
        slow.send(Delta.request(CLUSTER).setResponseNonce(unacknowledged.getNonce()));
        Update resolved = next(updates);
        while (!(resolved instanceof Update.Resolved)) {
          resolved = next(updates);
        }
        mesh.await(
            "in the order of the protocol",
            s ->
                s.clients().stream()
                    .anyMatch(c -> !c.subscription(LISTENER).resources().isEmpty()));
      }
    }
  }

  private static Update next(BlockingQueue<Update> updates) throws InterruptedException {
    Update update = updates.poll(20, TimeUnit.SECONDS);
    assertThat(update).as("update within 20 s").isNotNull();
    return update;
  }
}
