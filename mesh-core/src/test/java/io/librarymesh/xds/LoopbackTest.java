package io.librarymesh.xds;

import static io.librarymesh.xds.FakeControlPlane.resource;
import static io.librarymesh.xds.SampleResources.cluster;
import static io.librarymesh.xds.SampleResources.endpoints;
import static io.librarymesh.xds.SampleResources.listener;
import static io.librarymesh.xds.SampleResources.routes;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import com.sun.net.httpserver.HttpServer;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import io.librarymesh.config.ConfigSource.Update;
import io.librarymesh.config.Endpoint;
import io.librarymesh.proto.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The client over real sockets, with its own thread, timer and transport. */
class LoopbackTest {
  private static final long BOUND_SECONDS = 30;

  private final BlockingQueue<Update> updates = new LinkedBlockingQueue<>();

  /** Answers what is asked for from a fixed set, and tells the rest to be missing. */
  private static final class FixedResources extends AggregatedDiscoveryServiceImplBase {
    private final Map<String, Message> resources;

    FixedResources(Map<String, Message> resources) {
      this.resources = resources;
    }

    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
        StreamObserver<DeltaDiscoveryResponse> responses) {
      return new StreamObserver<>() {
        private int nonce;

        @Override
        public void onNext(DeltaDiscoveryRequest request) {
          if (request.getResourceNamesSubscribeCount() == 0) {
            return;
          }
          DeltaDiscoveryResponse.Builder response =
              DeltaDiscoveryResponse.newBuilder()
                  .setTypeUrl(request.getTypeUrl())
                  .setNonce("n" + nonce++);
          String type = request.getTypeUrl().substring(request.getTypeUrl().lastIndexOf('.') + 1);
          for (String name : request.getResourceNamesSubscribeList()) {
            Message message = resources.get(type + " " + name);
            if (message == null) {
              response.addRemovedResources(name);
            } else {
              response.addResources(resource(name, "" + message.hashCode(), message));
            }
          }
          responses.onNext(response.build());
        }

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {
          responses.onCompleted();
        }
      };
    }
  }

  private static Server serve(int port, int endpointPort) throws IOException {
    return Grpc.newServerBuilderForPort(port, InsecureServerCredentials.create())
        .addService(
            new FixedResources(
                Map.of(
                    "Listener a:80", listener("a:80", "r"),
                    "RouteConfiguration r", routes("r", "c"),
                    "Cluster c", cluster("c"),
                    "ClusterLoadAssignment c", endpoints("c", endpointPort))))
        .build()
        .start();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private int nextPort() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_SECONDS);
    while (true) {
      Update update = updates.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      assertThat(update).describedAs("an update within %d s", BOUND_SECONDS).isNotNull();
      if (update instanceof Update.Resolved resolved) {
        Endpoint endpoint =
            requireNonNull(resolved.config().clusters().get("c"))
                .localities()
                .get(0)
                .endpoints()
                .get(0);
        return endpoint.port();
      }
    }
  }

  @Test
  void configurationComesOverTheNetworkAndAgainAfterARestart() throws Exception {
    FakeControlPlane.quiet();
    int port = freePort();
    Server server = serve(port, 1001);
    try (XdsConfigSource source =
        XdsConfigSource.builder(Node.of("helloweb"))
            .server("127.0.0.1:" + port)
            .reconnectBackOff(Duration.ofMillis(20), Duration.ofMillis(200))
            .build()) {
      source.watch("a:80", updates::add);
      assertThat(nextPort()).isEqualTo(1001);

      server.shutdownNow();
      assertThat(server.awaitTermination(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
      server = serve(port, 1002);
      assertThat(nextPort()).isEqualTo(1002);
      assertThat(source.status().get(BOUND_SECONDS, TimeUnit.SECONDS).connected()).isTrue();
    } finally {
      server.shutdownNow();
    }
  }

  @Test
  void aPortOfAnotherKindIsSaidToBeOne() throws Exception {
    FakeControlPlane.quiet();
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    http.start();
    String address = "127.0.0.1:" + http.getAddress().getPort();
    try (XdsConfigSource source =
        XdsConfigSource.builder(Node.of("helloweb")).server(address).build()) {
      source.watch("a:80", updates::add);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_SECONDS);
      String reason = "";
      while (!reason.startsWith("control plane not reached")) {
        Update update = updates.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        assertThat(update).describedAs("a reason after '%s'", reason).isNotNull();
        reason = ((Update.Pending) requireNonNull(update)).reason();
      }
      assertThat(reason)
          .isEqualTo(
              "control plane not reached: "
                  + address
                  + ": that is not an xDS port: what answers there does not speak HTTP/2");
    } finally {
      http.stop(0);
    }
  }

  @Test
  void responseThatIsTooLargeIsNotRead() throws Exception {
    FakeControlPlane.quiet();
    Server server = serve(0, 1001);
    try (XdsConfigSource source =
        XdsConfigSource.builder(Node.of("helloweb"))
            .server("127.0.0.1:" + server.getPort())
            .maxResponseBytes(64)
            .build()) {
      source.watch("a:80", updates::add);
      Update update = updates.poll(BOUND_SECONDS, TimeUnit.SECONDS);
      while (!(update instanceof Update.Pending pending)
          || !pending.reason().contains("RESOURCE_EXHAUSTED")) {
        assertThat(update).isNotNull();
        update = updates.poll(BOUND_SECONDS, TimeUnit.SECONDS);
      }
      assertThat(source.status().get(BOUND_SECONDS, TimeUnit.SECONDS).counts().responses())
          .isZero();
    } finally {
      server.shutdownNow();
    }
  }

  @Test
  void unreachableControlPlaneIsAReasonToWait() throws Exception {
    FakeControlPlane.quiet();
    try (XdsConfigSource source =
        XdsConfigSource.builder(Node.of("helloweb")).server("127.0.0.1:" + freePort()).build()) {
      source.watch("a:80", updates::add);
      Update update = updates.poll(BOUND_SECONDS, TimeUnit.SECONDS);
      while (!(update instanceof Update.Pending pending)
          || !pending.reason().contains("Connection refused")) {
        assertThat(update).isNotNull();
        update = updates.poll(BOUND_SECONDS, TimeUnit.SECONDS);
      }
    }
  }
}
