package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.serve.AdsClients.node;
import static io.librarymesh.controlplane.serve.ServerFixture.CLUSTER_A;
import static io.librarymesh.controlplane.translate.ResourceType.CLUSTER;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.librarymesh.config.ConfigSource.Update;
import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.controlplane.translate.MeshConfig;
import io.librarymesh.xds.Node;
import io.librarymesh.xds.Registration;
import io.librarymesh.xds.XdsConfigSource;
import io.librarymesh.xds.XdsStatus;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections that end of age: XE18. Over TCP, with ages of a fraction of a second. */
class ConnectionAgeTest {

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final Duration AGE = Duration.ofMillis(300);

  private final ScriptedStore store = new ScriptedStore();
  private final AdsServer server =
      new AdsServer(store, MeshConfig.DEFAULT, ServeLimits.DEFAULT.withMaxConnectionAge(AGE));
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    store.put(
        "service.yaml",
        """
        apiVersion: v1
        kind: Service
        metadata: {name: a}
        spec: {selector: {app: a}, ports: [{name: http, port: 80}]}
        """);
    server.start(Optional.of(ANY_PORT), Optional.empty(), Duration.ZERO);
    channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()))
            .usePlaintext()
            .build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.close();
  }

  private static void await(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - start).as(what).isLessThan(TimeUnit.SECONDS.toNanos(30));
      Thread.onSpinWait();
    }
  }

  @Test
  void streamEndsWithoutAFaultAndTheNextOneIsServed() throws Exception {
    for (int i = 0; i < 3; i++) {
      long start = System.nanoTime();
      Delta client = new Delta(channel, node("client", "default"), CLUSTER, CLUSTER_A);
      client.accept();

      assertThat(client.end()).hasMessage("completed");
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(AGE.toNanos());
    }
    await("streams forgotten", () -> server.status().join().clients().isEmpty());
  }

  @Test
  void ownClientTakesItForNoFaultAndItsWorkloadStays() throws Exception {
    BlockingQueue<Update> updates = new LinkedBlockingQueue<>();
    List<Integer> endpoints = new CopyOnWriteArrayList<>();
    try (XdsConfigSource own =
        XdsConfigSource.builder(Node.of("a").withLabels(Map.of("app", "a")))
            .server("127.0.0.1:" + server.port())
            .registration(Registration.of("127.0.0.1", 41234))
            .build()) {
      own.watch("a:80", updates::add);
      Update first = updates.poll(30, TimeUnit.SECONDS);
      while (!(first instanceof Update.Resolved)) {
        assertThat(first).as("update within 30 s").isNotNull();
        first = updates.poll(30, TimeUnit.SECONDS);
      }
      await("registered", () -> registered() == 1);
      await(
          "several streams",
          () -> {
            endpoints.add(registered());
            return status(own).counts().streams() >= 5;
          });

      assertThat(endpoints).containsOnly(1);
      assertThat(updates)
          .allSatisfy(update -> assertThat(update).isInstanceOf(Update.Resolved.class));
      assertThat(status(own).counts().refusals()).isZero();
    }
    await("gone with its client", () -> registered() == 0);
  }

  private int registered() {
    return server.status().join().services().get(0).endpoints(80).size();
  }

  private static XdsStatus status(XdsConfigSource source) {
    return source.status().join();
  }
}
