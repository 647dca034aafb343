package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.Explanation;
import io.librarymesh.Mesh;
import io.librarymesh.Semantics;
import io.librarymesh.okhttp.MeshCallFactory;
import io.librarymesh.okhttp.MeshInterceptor;
import io.librarymesh.telemetry.MeshObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Calls of all kinds over upstreams that fail, under rules that change, canceled here and there: in
 * the end nothing is held. Runs for {@code soak.seconds}, 60 unless told.
 */
class SoakTest {
  private static final long SECONDS = Long.getLong("soak.seconds", 60);
  private static final int WORKERS = 6;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;
  private final AtomicBoolean running = new AtomicBoolean(true);
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger canceled = new AtomicInteger();
  private final Phaser inFlight = new Phaser(1);

  @Test
  void nothingIsHeldInTheEnd() throws Exception {
    int threadsBefore = meshThreads();
    try (Echoes echoes = new Echoes()) {
      echoes.add("v1", new EchoServer.Behaviour(200, 503, 0, 10, Duration.ZERO));
      echoes.add("v1", new EchoServer.Behaviour(200, 500, 0, 60, Duration.ZERO));
      echoes.add("v2", new EchoServer.Behaviour(200, 503, 0, 0, Duration.ofMillis(20)));
      echoes.declare(directory);
      limits();
      rules(0);
      Connections.Caller caller =
          new Connections.Caller(
              WorkloadOptions.Workload.NOBODY,
              Duration.ofSeconds(10),
              Semantics.STANDARD,
              MeshObserver.NONE);
      try (Connections.Connection connection = Connections.embedded(directory, caller)) {
        soak(connection.mesh());
      }
    }
    assertThat(answered.get()).isGreaterThan(100);
    assertThat(canceled.get()).isPositive();
    await(() -> meshThreads() <= threadsBefore);
  }

  private void soak(Mesh mesh) throws Exception {
    MeshInterceptor interceptor = MeshInterceptor.of(mesh);
    OkHttpClient plain = new OkHttpClient();
    OkHttpClient client = plain.newBuilder().addInterceptor(interceptor).build();
    MeshCallFactory factory = MeshCallFactory.of(mesh, plain);
    try {
      List<Thread> workers = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        SplittableRandom random = new SplittableRandom(i);
        boolean async = i % 2 == 1;
        Call.Factory calls = async ? factory : client;
        Thread worker = new Thread(() -> work(calls, random, async), "soak-" + i);
        worker.start();
        workers.add(worker);
      }
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      for (int i = 1; System.nanoTime() < end; i++) {
        rules(i);
        TimeUnit.MILLISECONDS.sleep(100);
      }
      running.set(false);
      for (Thread worker : workers) {
        worker.join(PATIENCE.toMillis());
        assertThat(worker.isAlive()).as(worker.getName()).isFalse();
      }
      await(() -> inFlight.getRegisteredParties() == 1);
      await(() -> interceptor.connectionCount() == interceptor.idleConnectionCount());
      await(() -> factory.connectionCount() == factory.idleConnectionCount());
      await(() -> nothingHeld(interceptor));
      interceptor.evictIdleConnections();
      factory.evictIdleConnections();
      assertThat(interceptor.connectionCount() + factory.connectionCount()).isZero();
    } finally {
      client.dispatcher().executorService().shutdown();
    }
  }

  private static boolean nothingHeld(MeshInterceptor mesh) {
    Explanation explanation = mesh.explain(new Request.Builder().url("http://echo.test/").build());
    List<Explanation.State> states =
        explanation.outcomes().stream()
            .flatMap(outcome -> outcome.destinations().stream())
            .flatMap(destination -> destination.state().stream())
            .toList();
    assertThat(states).hasSize(2);
    return states.stream()
        .allMatch(
            state ->
                state.requests() == 0
                    && state.pending() == 0
                    && state.retries() == 0
                    && state.hosts().stream().allMatch(host -> host.active() == 0));
  }

  private void work(Call.Factory calls, SplittableRandom random, boolean async) {
    while (running.get()) {
      Request.Builder request = new Request.Builder().url("http://echo.test/a?b=1");
      if (random.nextInt(4) == 0) {
        request.put(RequestBody.create(new byte[random.nextInt(20_000)]));
      }
      Call call = calls.newCall(request.build());
      boolean cancel = random.nextInt(20) == 0;
      inFlight.register();
      if (async) {
        enqueue(call);
        if (cancel) {
          call.cancel();
        }
        awaitRoom();
      } else {
        execute(call, cancel, random.nextBoolean());
      }
    }
  }

  private void execute(Call call, boolean cancel, boolean read) {
    try (Response response = call.execute()) {
      answered.incrementAndGet();
      if (cancel) {
        canceled.incrementAndGet();
        call.cancel();
      } else if (read) {
        response.body().bytes();
      }
    } catch (IOException e) {
      canceled.incrementAndGet();
    } finally {
      inFlight.arriveAndDeregister();
    }
  }

  /** Not faster than calls end, or what is measured is a queue. */
  private void awaitRoom() {
    while (inFlight.getRegisteredParties() > 50 && running.get()) {
      LockSupport.parkNanos(100_000);
    }
  }

  private void enqueue(Call call) {
    call.enqueue(
        new Callback() {
          @Override
          public void onFailure(Call failed, IOException e) {
            canceled.incrementAndGet();
            inFlight.arriveAndDeregister();
          }

          @Override
          public void onResponse(Call done, Response response) {
            answered.incrementAndGet();
            response.close();
            inFlight.arriveAndDeregister();
          }
        });
  }

  private void rules(int round) throws IOException {
    int v1 = round % 2 == 0 ? 90 : 30;
    Echoes.rules(
        directory,
        """
            - route:
                - destination: {host: echo.test, subset: v1}
                  weight: %d
                - destination: {host: echo.test, subset: v2}
                  weight: %d
              timeout: %s
              retries: {attempts: 3, perTryTimeout: 100ms, retryOn: "5xx,connect-failure,reset", backoff: 5ms}
              fault:
                delay: {percentage: {value: 5}, fixedDelay: 5ms}
                abort: {percentage: {value: 2}, httpStatus: 418}
        """
            .formatted(v1, 100 - v1, round % 3 == 0 ? "30ms" : "500ms"));
  }

  private void limits() throws IOException {
    Files.writeString(
        directory.resolve("limits.yaml"),
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata:
          name: echo-limits
        spec:
          host: echo.test
          trafficPolicy:
            connectionPool:
              tcp: {maxConnections: 8}
              http: {http1MaxPendingRequests: 6, http2MaxRequests: 10, maxRetries: 3}
            outlierDetection:
              {consecutive5xxErrors: 3, interval: 100ms, baseEjectionTime: 200ms, maxEjectionPercent: 50}
        """);
  }

  private static int meshThreads() {
    return (int)
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("library-mesh-ads"))
            .count();
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }
}
