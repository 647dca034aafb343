package io.librarymesh.kubernetes;

import static io.librarymesh.kubernetes.Manifests.pod;
import static io.librarymesh.kubernetes.Manifests.runningPod;
import static io.librarymesh.kubernetes.Manifests.service;
import static io.librarymesh.kubernetes.Manifests.slice;
import static io.librarymesh.kubernetes.Manifests.virtualService;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.librarymesh.controlplane.ControlPlane;
import io.librarymesh.proto.envoy.config.core.v3.Node;
import io.librarymesh.proto.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.Resource;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Control planes beside one another over one API server. */
class ReplicasTest {
  private static final String TYPES = "type.googleapis.com/envoy.config.";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ApiServer server = new ApiServer();

  @AfterEach
  void stop() {
    server.close();
  }

  private ControlPlane start(String name) throws IOException {
    KubernetesSource source = KubernetesSource.open(server.client(), PATIENCE);
    ControlPlane controlPlane =
        ControlPlane.builder(source.configuration())
            .endpoints(source.endpoints())
            .inProcess(name)
            .build();
    controlPlane.start();
    return controlPlane;
  }

  @Test
  void serveIdenticalVersionsWhateverTheOrderInWhichTheyHeard() throws Exception {
    try (ControlPlane early = start("early")) {
      server.apply(virtualService("shop", "greeter", "{route: [{destination: {host: greeter}}]}"));
      server.apply(service("shop", "other"));
      server.apply(
          slice(
              "shop",
              "greeter-b",
              "greeter",
              "{addresses: [10.1.0.6], targetRef: {kind: Pod, name: greeter-2}}"));
      server.apply(service("shop", "greeter"));
      server.apply(pod("shop", "greeter-2", "version: v2"));
      server.apply(slice("shop", "greeter-a", "greeter", "{addresses: [10.1.0.5]}"));
      awaitEndpoints(early, 2);
      try (ControlPlane late = start("late")) {
        awaitEndpoints(late, 2);
        Map<String, String> clusters = served("early", "cluster.v3.Cluster", "*");
        Map<String, String> endpoints =
            served(
                "early",
                "endpoint.v3.ClusterLoadAssignment",
                "outbound|80||greeter.shop.svc.cluster.local");

        assertThat(clusters).hasSizeGreaterThanOrEqualTo(2);
        assertThat(endpoints).hasSize(1);
        assertThat(served("late", "cluster.v3.Cluster", "*")).isEqualTo(clusters);
        assertThat(
                served(
                    "late",
                    "endpoint.v3.ClusterLoadAssignment",
                    "outbound|80||greeter.shop.svc.cluster.local"))
            .isEqualTo(endpoints);
      }
    }
  }

  @Test
  void podsServeTheEntriesThatSelectThem() throws Exception {
    server.install("networking.istio.io", "v1", "ServiceEntry", "serviceentries");
    server.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: orders, namespace: shop}
        spec:
          hosts: [orders.example.com]
          location: MESH_INTERNAL
          resolution: STATIC
          ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}]
          workloadSelector: {labels: {app: orders-1}}
        """);
    server.apply(runningPod("shop", "orders-1", "10.1.0.5", "Running", "True"));
    server.apply(runningPod("shop", "orders-2", "10.1.0.6", "Running", "True"));
    try (ControlPlane controlPlane = start("pods")) {
      awaitEndpoints(controlPlane, "orders.example.com", 1);

      server.delete(runningPod("shop", "orders-1", "10.1.0.5", "Running", "True"));
      awaitEndpoints(controlPlane, "orders.example.com", 0);
    }
  }

  private static void awaitEndpoints(ControlPlane controlPlane, int count) {
    awaitEndpoints(controlPlane, "greeter.", count);
  }

  private static void awaitEndpoints(ControlPlane controlPlane, String host, int count) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (controlPlane.status().services().stream()
        .noneMatch(s -> s.service().host().startsWith(host) && s.endpoints(80).size() == count)) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited in vain: " + controlPlane.status().services());
      }
      Thread.onSpinWait();
    }
  }

  /** Names and versions of the first response. */
  private static Map<String, String> served(String replica, String type, String name)
      throws InterruptedException {
    ManagedChannel channel = InProcessChannelBuilder.forName(replica).build();
    try {
      BlockingQueue<DeltaDiscoveryResponse> answers = new LinkedBlockingQueue<>();
      StreamObserver<DeltaDiscoveryRequest> requests =
          AggregatedDiscoveryServiceGrpc.newStub(channel).deltaAggregatedResources(into(answers));
      requests.onNext(
          DeltaDiscoveryRequest.newBuilder()
              .setNode(
                  Node.newBuilder().setId("sidecar~10.0.0.1~client.shop~shop.svc.cluster.local"))
              .setTypeUrl(TYPES + type)
              .addResourceNamesSubscribe(name)
              .build());
      DeltaDiscoveryResponse answer = answers.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      Map<String, String> versions = new TreeMap<>();
      if (answer != null) {
        for (Resource resource : answer.getResourcesList()) {
          versions.put(resource.getName(), resource.getVersion());
        }
      }
      return versions;
    } finally {
      channel.shutdownNow();
    }
  }

  private static <T> StreamObserver<T> into(BlockingQueue<T> queue) {
    return new StreamObserver<>() {
      @Override
      public void onNext(T value) {
        queue.add(value);
      }

      @Override
      public void onError(Throwable t) {}

      @Override
      public void onCompleted() {}
    };
  }
}
