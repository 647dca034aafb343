package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.Semantics;
import io.librarymesh.controlplane.ControlPlane;
import io.librarymesh.controlplane.store.DirectoryStore;
import io.librarymesh.telemetry.MeshObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The control plane goes away under load, and comes back with other rules. */
class OutageTest {
  private static final Connections.Caller CALLER =
      new Connections.Caller(
          WorkloadOptions.Workload.NOBODY,
          Duration.ofSeconds(15),
          Semantics.STANDARD,
          MeshObserver.NONE);

  @TempDir Path directory;
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicBoolean running = new AtomicBoolean(true);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Timeout(60)
  void noCallFailsWithoutAControlPlaneAndANewOneIsObeyedWithinTwoSeconds(boolean registered)
      throws Exception {
    try (Echoes echoes = new Echoes()) {
      EchoServer v1 = echoes.add("v1", Echoes.WELL);
      EchoServer v2 = echoes.add("v2", Echoes.WELL);
      if (registered) {
        Echoes.declareForRegistration(directory);
      } else {
        echoes.declare(directory);
      }
      Echoes.rules(directory, onlyTo("v1"));
      ControlPlane first = controlPlane(0);
      int port = first.port();
      if (registered) {
        echoes.register(port);
        await(() -> first.status().clients().size() == 2);
      }
      try (Connections.Connection connection =
          Connections.remote(new Options.HostPort("127.0.0.1", port), CALLER)) {
        Thread load = load(connection.client(1, false));
        await(() -> v1.received() > 50);

        first.close();
        long atLoss = v1.received();
        await(() -> v1.received() > atLoss + 500);

        // A subset that the client has not had before.
        Echoes.rules(directory, onlyTo("v2"));
        try (ControlPlane second = controlPlane(port)) {
          await(() -> second.status().clients().size() == (registered ? 3 : 1));
          long reconnected = System.nanoTime();
          await(() -> v2.received() > 0);
          assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - reconnected))
              .as("milliseconds from reconnect to obedience")
              .isLessThan(2000);
          long settled = v2.received();
          await(() -> v2.received() > settled + 200);
        }
        running.set(false);
        load.join();
      }
      assertThat(calls.get()).isGreaterThan(700);
      assertThat(failures).hasValue(0);
    }
  }

  private static String onlyTo(String subset) {
    return """
        - route:
            - destination: {host: echo.test, subset: %s}
    """
        .formatted(subset);
  }

  private Thread load(OkHttpClient client) {
    Request request = new Request.Builder().url("http://echo.test/").build();
    Thread thread =
        new Thread(
            () -> {
              while (running.get()) {
                calls.incrementAndGet();
                try (Response response = client.newCall(request).execute()) {
                  response.body().bytes();
                  if (response.code() != 200) {
                    failures.incrementAndGet();
                  }
                } catch (IOException e) {
                  failures.incrementAndGet();
                }
              }
            });
    thread.start();
    return thread;
  }

  private ControlPlane controlPlane(int port) throws IOException {
    ControlPlane controlPlane =
        ControlPlane.builder(DirectoryStore.open(directory))
            .xds(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .build();
    controlPlane.start();
    return controlPlane;
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }
}
