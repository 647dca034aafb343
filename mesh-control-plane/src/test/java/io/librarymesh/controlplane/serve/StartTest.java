package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.serve.AdsClients.names;
import static io.librarymesh.controlplane.serve.AdsClients.node;
import static io.librarymesh.controlplane.serve.ServerFixture.CLUSTER_A;
import static io.librarymesh.controlplane.translate.ResourceType.CLUSTER;
import static io.librarymesh.controlplane.translate.ResourceType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.controlplane.store.ConfigSnapshot;
import io.librarymesh.controlplane.store.ConfigStore;
import io.librarymesh.controlplane.translate.MeshConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When a server begins to serve, and when it tells of changes. */
class StartTest {

  /** A store whose first read takes until the test lets it go on. */
  private static final class SlowStore implements ConfigStore {

    private final ScriptedStore content = new ScriptedStore();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch read = new CountDownLatch(1);

    @Override
    public ConfigSnapshot snapshot() {
      asked.countDown();
      try {
        assertThat(read.await(20, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      return content.snapshot();
    }

    @Override
    public Subscription subscribe(Listener listener) {
      return content.subscribe(listener);
    }

    @Override
    public void close() {
      content.close();
    }
  }

  @Test
  void noStreamIsAcceptedBeforeTheSourcesAreRead() throws Exception { // XE12
    SlowStore store = new SlowStore();
    store.content.put(
        "service.yaml",
        """
        apiVersion: v1
        kind: Service
        metadata: {name: a}
        spec: {selector: {app: a}, ports: [{name: http, port: 80}]}
        """);
    String name = InProcessServerBuilder.generateName();
    ManagedChannel tooEarly = InProcessChannelBuilder.forName(name).build();
    ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
    try (AdsServer server = new AdsServer(store, MeshConfig.DEFAULT, ServeLimits.DEFAULT)) {
      CompletableFuture<Void> started =
          CompletableFuture.runAsync(
              () -> {
                try {
                  server.start(Optional.empty(), Optional.of(name), Duration.ZERO);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      assertThat(store.asked.await(20, TimeUnit.SECONDS)).isTrue();
      Delta early = new Delta(tooEarly, node("early", "default"), CLUSTER, CLUSTER_A);
      assertThat(Status.fromThrowable(early.end()).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      store.read.countDown();
      started.get(20, TimeUnit.SECONDS);

      Delta client = new Delta(channel, node("client", "default"), CLUSTER, CLUSTER_A);
      assertThat(names(client.next())).containsExactly(CLUSTER_A);
    } finally {
      tooEarly.shutdownNow();
      channel.shutdownNow();
    }
  }

  @Test
  void aLoneChangeIsToldAtOnceAndABurstWhenItIsOver() throws Exception {
    AtomicLong now = new AtomicLong();
    try (ServerFixture mesh = new ServerFixture(ServeLimits.DEFAULT, now::get)) {
      Delta client = new Delta(mesh.channel, node("client", "default"), ROUTE, CLUSTER_A);
      client.accept();
      now.addAndGet(TimeUnit.SECONDS.toNanos(1));
      long before = mesh.status().pushes();
      mesh.rules("a", 1);
      client.accept();
      assertThat(mesh.status().pushes()).isEqualTo(before + 1);
      for (int i = 2; i <= 50; i++) {
        mesh.rules("a", i);
      }
      client.assertQuiet();
      assertThat(mesh.status().pushes()).isEqualTo(before + 1);
      now.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));
      client.accept();

      assertThat(mesh.status().pushes()).isEqualTo(before + 2);
      assertThat(mesh.status().generation()).isEqualTo(mesh.store.snapshot().generation());
      client.assertQuietToTheEnd();
    }
  }
}
