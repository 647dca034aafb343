package io.librarymesh.okhttp;

import static io.librarymesh.okhttp.Upstream.Behaviour.answer;
import static io.librarymesh.okhttp.Upstream.Behaviour.raw;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.config.Coalesce;
import io.librarymesh.config.FailureCondition;
import io.librarymesh.config.Fallback;
import io.librarymesh.config.LastGoodResponse;
import io.librarymesh.telemetry.ResponseFlag;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import okhttp3.Cache;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.Buffer;
import okio.GzipSink;
import okio.Okio;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers that the mesh copies while their caller reads them, and whom it gives them to. */
final class SharedAnswerTest {
  private static final Coalesce COALESCE =
      new Coalesce(List.of(), 1000, Duration.ofSeconds(20).toNanos());
  private static final Fallback LAST_GOOD =
      new Fallback(
          Set.of(FailureCondition.FIVE_XX),
          Set.of(),
          "",
          new LastGoodResponse(List.of(), Duration.ofHours(1).toNanos(), 10, 1000),
          null);

  private static Fixture coalescing(Upstream upstream) {
    return new Fixture.Service().upstreams(upstream).policy(COALESCE, Fallback.NONE).start();
  }

  private static Fixture keeping(Upstream upstream) {
    return new Fixture.Service().upstreams(upstream).policy(Coalesce.NONE, LAST_GOOD).start();
  }

  private static Upstream.Behaviour held(CountDownLatch told, Upstream.Behaviour answer) {
    return raw("").andWhen(told, answer, new CountDownLatch(1));
  }

  private static String text(Response response) throws IOException {
    try (response) {
      return response.body().string();
    }
  }

  @Test
  void oneOfManyThreadsSendsTheRequestAndAllGetTheAnswer() throws Exception {
    int callers = 24;
    CountDownLatch told = new CountDownLatch(1);
    Callers threads = new Callers();
    try (Upstream a = Upstream.start("a").then(held(told, answer(200, "hello", "X-From: a")));
        Fixture mesh = coalescing(a)) {
      List<Future<Got>> calls = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        calls.add(threads.call(mesh));
      }
      a.awaitRequests(1);
      Fixture.await("all others to wait", () -> threads.waiting() == callers - 1);
      told.countDown();

      int shared = 0;
      for (Future<Got> call : calls) {
        Got got = call.get(20, TimeUnit.SECONDS);
        assertThat(got.from()).isEqualTo("a");
        assertThat(got.text()).isEqualTo("hello");
        shared += got.flags().contains(ResponseFlag.CO) ? 1 : 0;
      }
      assertThat(shared).isEqualTo(callers - 1);
      assertThat(a.received()).hasSize(1);
      mesh.assertNothingLeaked(callers);
    } finally {
      threads.close();
    }
  }

  @Test
  void callsThatWaitForOthersHoldNoThread() throws Exception {
    int callers = 50;
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(callers);
    List<String> bodies = new ArrayList<>();
    try (Upstream a = Upstream.start("a").then(held(told, answer(200, "hello")));
        Fixture mesh = coalescing(a)) {
      MeshCallFactory factory = MeshCallFactory.of(mesh.mesh, new OkHttpClient());
      Dispatcher dispatcher = factory.client.dispatcher();
      for (int i = 0; i < callers; i++) {
        factory
            .newCall(new Request.Builder().url(Fixture.URL).build())
            .enqueue(into(bodies, answered));
      }
      a.awaitRequests(1);
      Fixture.await(
          "one call running",
          () -> dispatcher.runningCallsCount() == 1 && dispatcher.queuedCallsCount() == 0);
      told.countDown();

      assertThat(answered.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(bodies).hasSize(callers).containsOnly("hello");
      assertThat(a.received()).hasSize(1);
      factory.evictIdleConnections();
      dispatcher.executorService().shutdown();
    }
  }

  private static Callback into(List<String> bodies, CountDownLatch answered) {
    return new Callback() {
      @Override
      public void onResponse(Call call, Response response) throws IOException {
        String body = text(response);
        synchronized (bodies) {
          bodies.add(body);
        }
        answered.countDown();
      }

      @Override
      public void onFailure(Call call, IOException e) {
        synchronized (bodies) {
          bodies.add(e.toString());
        }
        answered.countDown();
      }
    };
  }

  @Test
  void compressedBodyIsKeptAsItsCallerReadIt() throws Exception {
    String body = "compress me ".repeat(40);
    Buffer packed = new Buffer();
    try (var sink = Okio.buffer(new GzipSink(packed))) {
      sink.writeUtf8(body);
    }
    String bytes = packed.readString(ISO_8859_1);
    try (Upstream a =
            Upstream.start("a")
                .then(answer(200, bytes, "Content-Encoding: gzip"), answer(503, "down"));
        Fixture mesh = keeping(a)) {
      assertThat(text(mesh.get())).isEqualTo(body);

      Response kept = mesh.get();
      assertThat(kept.header("Content-Encoding")).isNull();
      assertThat(kept.header("Age")).isEqualTo("0");
      assertThat(text(kept)).isEqualTo(body);
      mesh.assertNothingLeaked(2);
    }
  }

  @Test
  void bodyThatIsClosedBeforeItsLastChunkIsSeenIsKept() throws Exception {
    String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    try (Upstream a = Upstream.start("a").then(raw(chunked), answer(503, "down"));
        Fixture mesh = keeping(a)) {
      try (Response response = mesh.get()) {
        assertThat(response.body().source().readUtf8(2)).isEqualTo("{}");
      }

      assertThat(text(mesh.get())).isEqualTo("{}");
      assertThat(a.received()).extracting(Upstream.Received::connection).containsOnly(0);
      mesh.assertNothingLeaked(2);
    }
  }

  @Test
  void bodyThatIsClosedWhileItStillComesIsNotKept() throws Exception {
    String half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
    try (Upstream a = Upstream.start("a").then(raw(half), answer(503, "down"));
        Fixture mesh = keeping(a)) {
      try (Response response = mesh.get()) {
        assertThat(response.body().source().readUtf8(4)).isEqualTo("half");
      }

      assertThat(text(mesh.get())).isEqualTo("down");
      mesh.assertNothingLeaked(2);
    }
  }

  @Test
  void bodyThatBreaksOffReachesItsCallerAndIsNotKept() throws Exception {
    String half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
    CountDownLatch now = new CountDownLatch(0);
    try (Upstream a =
            Upstream.start("a")
                .then(
                    raw(half).andWhen(now, (s, u) -> s.close(), new CountDownLatch(1)),
                    answer(503, "down"));
        Fixture mesh = keeping(a)) {
      try (Response response = mesh.get()) {
        assertThatThrownBy(() -> response.body().string()).isInstanceOf(IOException.class);
      }

      assertThat(text(mesh.get())).isEqualTo("down");
      mesh.assertNothingLeaked(2);
    }
  }

  @Test
  void bodyThatIsTooLargeReachesItsCallerAsAWhole() throws Exception {
    String large = "x".repeat(5000);
    String chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\n" + large + "\r\n0\r\n\r\n";
    try (Upstream a =
            Upstream.start("a").then(raw(chunked), answer(200, large), answer(503, "down"));
        Fixture mesh = keeping(a)) {
      assertThat(text(mesh.get())).isEqualTo(large);
      assertThat(text(mesh.get())).isEqualTo(large);

      assertThat(text(mesh.get())).isEqualTo("down");
      mesh.assertNothingLeaked(3);
    }
  }

  @Test
  void emptyAnswersAreKept() throws Exception {
    try (Upstream a =
            Upstream.start("a")
                .then(raw("HTTP/1.1 204 No Content\r\nX-From: a\r\n\r\n"), answer(503, "down"));
        Fixture mesh = keeping(a)) {
      assertThat(text(mesh.get())).isEmpty();

      try (Response kept = mesh.get()) {
        assertThat(kept.code()).isEqualTo(204);
        assertThat(kept.header("X-From")).isEqualTo("a");
      }
    }
  }

  @Test
  void answerThatTheCallersCacheConfirmedIsKeptAsTheCallerSawIt(@TempDir Path folder)
      throws Exception {
    try (Upstream a =
            Upstream.start("a")
                .then(
                    answer(200, "cached", "ETag: \"1\"", "Cache-Control: no-cache"),
                    raw("HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n"),
                    answer(503, "down"));
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .policy(Coalesce.NONE, LAST_GOOD)
                .client(client -> client.cache(new Cache(folder.toFile(), 100_000)))
                .start()) {
      assertThat(text(mesh.get())).isEqualTo("cached");
      try (Response confirmed = mesh.get()) {
        assertThat(confirmed.code()).isEqualTo(200);
        assertThat(confirmed.body().string()).isEqualTo("cached");
      }

      Response kept = mesh.get();
      assertThat(kept.code()).isEqualTo(200);
      assertThat(MeshResponse.flags(kept)).contains(ResponseFlag.FB);
      assertThat(text(kept)).isEqualTo("cached");
    }
  }

  @Test
  void callerThatCancelsWhileItReadsLeavesItsPlaceToAnother() throws Exception {
    String half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
    CountDownLatch told = new CountDownLatch(1);
    Callers thread = new Callers();
    try (Upstream a = Upstream.start("a").then(raw(half), held(told, answer(200, "second")));
        Fixture mesh = coalescing(a)) {
      Call first = mesh.client.newCall(new Request.Builder().url(Fixture.URL).build());
      Response reading = first.execute();
      assertThat(reading.body().source().readUtf8(4)).isEqualTo("half");
      Future<Got> second = thread.call(mesh);
      Fixture.await("the second call to wait", () -> thread.waiting() == 1);
      first.cancel();
      a.awaitRequests(2);
      told.countDown();

      assertThat(second.get(20, TimeUnit.SECONDS).text()).isEqualTo("second");
      reading.close();
      mesh.assertNothingLeaked(2);
    } finally {
      thread.close();
    }
  }

  private record Got(String from, String text, Set<ResponseFlag> flags) {}

  /** Threads that make calls, and whether they stand in one that waits. */
  private static final class Callers implements AutoCloseable {
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final ExecutorService executor =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "caller");
              threads.add(thread);
              return thread;
            });

    /** Others wait for the end of the body, so that each reads its own. */
    Future<Got> call(Fixture mesh) {
      return executor.submit(
          () -> {
            Response response = mesh.get();
            return new Got(
                response.header("X-From", ""), text(response), MeshResponse.flags(response));
          });
    }

    long waiting() {
      return threads.stream().filter(Callers::waits).count();
    }

    private static boolean waits(Thread thread) {
      return Stream.of(thread.getStackTrace())
          .anyMatch(
              frame ->
                  frame.getClassName().equals(CountDownLatch.class.getName())
                      && frame.getMethodName().equals("await"));
    }

    @Override
    public void close() {
      executor.shutdownNow();
    }
  }
}
