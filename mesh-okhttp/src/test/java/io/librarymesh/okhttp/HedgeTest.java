package io.librarymesh.okhttp;

import static io.librarymesh.okhttp.Upstream.Behaviour.answer;
import static io.librarymesh.okhttp.Upstream.Behaviour.silence;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.Explanation;
import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.RetryOn;
import io.librarymesh.okhttp.Upstream.Behaviour;
import io.librarymesh.okhttp.upstream.Arrivals;
import io.librarymesh.okhttp.upstream.Exchange;
import io.librarymesh.okhttp.upstream.Upstreams;
import io.librarymesh.telemetry.AttemptRecord;
import io.librarymesh.telemetry.ResponseFlag;
import io.librarymesh.testkit.FakeTime;
import io.librarymesh.testkit.conformance.Answer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Call;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Attempts beside each other on real sockets: who answers, and what becomes of the others. */
final class HedgeTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SOON = Duration.ofMillis(50);

  @Test
  void anotherAnswersAndTheSlowOneIsHungUp() throws Exception {
    try (Upstream a = Upstream.start("a").then(silence());
        Upstream b = Upstream.start("b");
        Fixture mesh = hedging(1, a, b)) {
      try (Response response = mesh.get()) {
        assertThat(response.body().string()).isEqualTo("b");
        MeshResponse outcome = MeshResponse.of(response).orElseThrow();
        assertThat(outcome.endpoint()).contains(b.endpoint());
        assertThat(outcome.attempts()).isEqualTo(2);
        assertThat(outcome.flags()).isEmpty();
      }
      a.awaitNoOpenConnection();

      assertThat(b.only().header("x-envoy-attempt-count")).isEqualTo("2");
      assertThat(b.openConnections()).isEqualTo(1);
      assertThat(mesh.ended(1).attempts())
          .extracting(AttemptRecord::result)
          .containsExactly("overtaken", "response");
      assertNothingLeft(mesh, 1);
    }
  }

  @Test
  void slowOneAnswersAfterAllAndTheOtherIsHungUp() throws Exception {
    Upstream b = Upstream.start("b").then(silence());
    try (b;
        Upstream a = Upstream.start("a").then(when(() -> b.awaitRequests(1), answer(200, "a")));
        Fixture mesh = hedging(1, a, b)) {
      try (Response response = mesh.get()) {
        assertThat(response.body().string()).isEqualTo("a");
        assertThat(MeshResponse.of(response).orElseThrow().endpoint()).contains(a.endpoint());
      }
      b.awaitNoOpenConnection();

      assertThat(a.openConnections()).isEqualTo(1);
      assertNothingLeft(mesh, 1);
    }
  }

  @Test
  void badAnswerWaitsForAGoodOneWithoutItsConnection() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    Upstream b = Upstream.start("b").then(when(told::await, answer(200, "b")));
    try (b;
        Upstream a = Upstream.start("a").then(when(() -> b.awaitRequests(1), answer(503, "a")));
        Fixture mesh = hedging(1, a, b)) {
      CompletableFuture<Response> answer = CancellationTest.enqueue(call(mesh));
      awaitIdle(mesh.interceptor);
      assertThat(answer).isNotDone();
      told.countDown();

      try (Response response = answer.get(20, TimeUnit.SECONDS)) {
        assertThat(response.body().string()).isEqualTo("b");
      }
      assertNothingLeft(mesh, 1);
    }
  }

  @Test
  void callerGetsTheLastOfSeveralBadAnswersWithItsBody() throws Exception {
    Upstream b = Upstream.start("b");
    try (b;
        Upstream a = Upstream.start("a").then(when(() -> b.awaitRequests(1), answer(503, "a")));
        Fixture mesh = hedging(1, a, b)) {
      b.then(when(() -> awaitIdle(mesh.interceptor), answer(500, "the last", "X-Of: b")));
      try (Response response = mesh.get()) {
        assertThat(response.code()).isEqualTo(500);
        assertThat(response.header("x-of")).isEqualTo("b");
        assertThat(response.header("x-mesh-response-flags")).isEqualTo("URX");
        assertThat(response.body().string()).isEqualTo("the last");
      }
      assertNothingLeft(mesh, 1);
    }
  }

  @Test
  void callersOwnFallbackIsAskedAboutTheLastBadAnswer() throws Exception {
    Upstream b = Upstream.start("b");
    try (b;
        Upstream a = Upstream.start("a").then(when(() -> b.awaitRequests(1), answer(503, "a")));
        Fixture mesh = hedging(1, a, b)) {
      List<String> asked = new ArrayList<>();
      MeshInterceptor falling =
          mesh.interceptor.withFallback(
              (request, failure) -> {
                asked.add(failure.code() + " " + failure.header("X-Of"));
                return Optional.empty();
              });
      b.then(when(() -> awaitIdle(falling), answer(500, "the last", "X-Of: b")));
      OkHttpClient client = new OkHttpClient.Builder().addInterceptor(falling).build();
      Request request = new Request.Builder().url(Fixture.URL).build();
      try (Response response = client.newCall(request).execute()) {
        assertThat(response.body().string()).isEqualTo("the last");
      }
      assertThat(asked).containsExactly("500 b");
      assertCountsAreZero(mesh);
      falling.evictIdleConnections();
    }
  }

  @Test
  void callThatIsCanceledHangsUpOnAll() throws Exception {
    try (Upstream a = Upstream.start("a").then(silence());
        Upstream b = Upstream.start("b").then(silence());
        Fixture mesh = hedging(1, a, b)) {
      Call call = call(mesh);
      CompletableFuture<Response> answer = CancellationTest.enqueue(call);
      b.awaitRequests(1);
      call.cancel();

      CancellationTest.assertCanceled(answer);
      a.awaitNoOpenConnection();
      b.awaitNoOpenConnection();
      assertThat(mesh.ended(1).flags()).containsExactly(ResponseFlag.DC);
      assertNothingLeft(mesh, 1);
    }
  }

  @Test
  void timeoutOfTheRouteHangsUpOnAll() throws Exception {
    try (Upstream a = Upstream.start("a").then(silence());
        Upstream b = Upstream.start("b").then(silence());
        Fixture mesh = service(1).upstreams(a, b).timeout(Duration.ofMillis(400)).start()) {
      try (Response response = mesh.get()) {
        assertThat(response.code()).isEqualTo(504);
      }
      a.awaitNoOpenConnection();
      b.awaitNoOpenConnection();
      assertThat(mesh.ended(1).attempts())
          .extracting(AttemptRecord::result)
          .containsExactly("timeout", "timeout");
      assertNothingLeft(mesh, 1);
    }
  }

  @Test
  void connectionThatIsRefusedLeavesTheAnswerToTheSlowOne() throws Exception {
    FakeTime time = new FakeTime();
    CountDownLatch told = new CountDownLatch(1);
    try (Upstream a = Upstream.start("a").then(when(told::await, answer(200, "a")));
        Fixture mesh =
            service(1).endpoints(a.endpoint(), Upstream.refusing()).clock(time).start()) {
      CompletableFuture<Response> answer = CancellationTest.enqueue(call(mesh));
      a.awaitRequests(1);
      time.advance(SOON);
      Fixture.await("no attempt beside it", () -> mesh.interceptor.hedgeCount() == 0);
      told.countDown();

      try (Response response = answer.get(20, TimeUnit.SECONDS)) {
        assertThat(response.body().string()).isEqualTo("a");
      }
      assertThat(mesh.ended(1).attempts())
          .extracting(AttemptRecord::result)
          .containsExactly("response", "connect_failure");
      assertNothingLeft(mesh, 1);
    }
  }

  @Test
  void bodyIsSentByEachThatNeedsIt() throws Exception {
    try (Upstream a = Upstream.start("a").then(silence());
        Upstream b = Upstream.start("b");
        Fixture mesh = hedging(1, a, b)) {
      Request request =
          new Request.Builder()
              .url(Fixture.URL)
              .put(RequestBody.create("payload", MediaType.get("text/plain")))
              .build();
      try (Response response = mesh.client.newCall(request).execute()) {
        assertThat(response.body().string()).isEqualTo("b");
      }
      assertThat(a.only().body()).isEqualTo("payload");
      assertThat(b.only().body()).isEqualTo("payload");
      assertNothingLeft(mesh, 1);
    }
  }

  @Test
  void bodyThatCanBeSentOnceIsSentOnce() throws Exception {
    FakeTime time = new FakeTime();
    CountDownLatch told = new CountDownLatch(1);
    try (Upstream a = Upstream.start("a").then(when(told::await, answer(200, "a")));
        Upstream b = Upstream.start("b");
        Fixture mesh = service(1).upstreams(a, b).clock(time).start()) {
      Request request = new Request.Builder().url(Fixture.URL).put(new OneShot()).build();
      CompletableFuture<Response> answer = CancellationTest.enqueue(mesh.client.newCall(request));
      a.awaitRequests(1);
      time.advance(SOON);
      assertThat(mesh.interceptor.hedgeCount()).isZero();
      told.countDown();

      try (Response response = answer.get(20, TimeUnit.SECONDS)) {
        assertThat(response.body().string()).isEqualTo("a");
      }
      assertThat(b.received()).isEmpty();
      assertNothingLeft(mesh, 1);
    }
  }

  @Test
  void callOfAFactoryTakesNoThreadWhileItWaitsForTheOthers() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    Upstream b = Upstream.start("b").then(when(told::await, answer(200, "b")));
    try (b;
        Upstream a = Upstream.start("a").then(when(() -> b.awaitRequests(1), answer(503, "a")));
        Fixture mesh = hedging(1, a, b)) {
      OkHttpClient client = new OkHttpClient();
      MeshCallFactory calls = MeshCallFactory.of(mesh.mesh, client);
      CompletableFuture<Response> answer =
          CancellationTest.enqueue(calls.newCall(new Request.Builder().url(Fixture.URL).build()));
      a.awaitRequests(1);
      Fixture.await("one idle connection", () -> calls.idleConnectionCount() == 1);
      Fixture.await("no call running", () -> client.dispatcher().runningCallsCount() == 0);
      assertThat(calls.hedgeCount()).isEqualTo(1);
      told.countDown();

      try (Response response = answer.get(20, TimeUnit.SECONDS)) {
        assertThat(response.body().string()).isEqualTo("b");
      }
      Fixture.await("no attempt beside others", () -> calls.hedgeCount() == 0);
      Fixture.await(
          "all connections idle", () -> calls.connectionCount() == calls.idleConnectionCount());
      assertCountsAreZero(mesh);
      calls.evictIdleConnections();
      client.dispatcher().executorService().shutdown();
    }
  }

  @Test
  void streamThatWasOvertakenIsResetAndItsConnectionStays() throws Exception {
    StreamsOfHttp2 streams = new StreamsOfHttp2();
    try (Upstreams upstreams = Upstreams.http2(List.of(), streams);
        Fixture mesh =
            service(1)
                .endpoints(Endpoint.of("127.0.0.1", upstreams.original().getPort()))
                .transport(
                    new OkHttpClient.Builder()
                        .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
                        .build())
                .start()) {
      for (int i = 1; i <= 3; i++) {
        CompletableFuture<Response> answer = CancellationTest.enqueue(call(mesh));
        Exchange slow = streams.take();
        Exchange other = streams.take();
        (i == 2 ? slow : other).respond(ok("call " + i));

        try (Response response = answer.get(20, TimeUnit.SECONDS)) {
          assertThat(response.body().string()).isEqualTo("call " + i);
        }
        int resets = i;
        Fixture.await("a reset", () -> streams.resets.get() == resets);
      }
      assertThat(mesh.interceptor.connectionCount()).isEqualTo(1);
      assertNothingLeft(mesh, 3);
    }
  }

  @Test
  void noThreadsAreTakenBeyondALimit() {
    Hedges hedges = new Hedges();
    CountDownLatch told = new CountDownLatch(1);
    for (int i = 0; i < Hedges.MAX_IN_FLIGHT; i++) {
      assertThat(hedges.tryRun(() -> awaitQuietly(told))).isTrue();
    }
    assertThat(hedges.tryRun(() -> {})).isFalse();
    assertThat(hedges.inFlight()).isEqualTo(Hedges.MAX_IN_FLIGHT);
    told.countDown();

    Fixture.await("free threads", () -> hedges.inFlight() == 0);
    assertThat(hedges.tryRun(() -> {})).isTrue();
  }

  @Test
  void manyCallsWhoseAttemptsAnswerAtOnceGetOneAnswerEach() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (Upstream a = Upstream.start("a");
        Upstream b = Upstream.start("b");
        Fixture mesh =
            service(3)
                .hedgeAfter(Duration.ofNanos(400_000))
                .limits(CircuitBreakers.of(1000, 1000, 1000, 1000))
                .upstreams(a, b)
                .start()) {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        Callable<Integer> one =
            () -> {
              try (Response response = mesh.get()) {
                assertThat(response.body().string()).isIn("a", "b");
                return response.code();
              }
            };
        answers.add(threads.submit(one));
      }
      for (Future<Integer> answer : answers) {
        assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo(200);
      }
      assertThat(a.received().size() + b.received().size()).isGreaterThanOrEqualTo(400);
      assertNothingLeft(mesh, 400);
    } finally {
      threads.shutdown();
    }
  }

  private static Fixture hedging(int retries, Upstream... upstreams) {
    return service(retries).upstreams(upstreams).start();
  }

  private static Fixture.Service service(int retries) {
    return new Fixture.Service()
        .timeout(LONG)
        .hedgeAfter(SOON)
        .retry(retries, RetryOn.FIVE_XX)
        .limits(CircuitBreakers.of(100, 100, 100, 100));
  }

  private static Call call(Fixture mesh) {
    return mesh.client.newCall(new Request.Builder().url(Fixture.URL).build());
  }

  /** Does something when it may. */
  private static Behaviour when(Condition condition, Behaviour then) {
    return (socket, upstream) -> {
      try {
        condition.await();
      } catch (InterruptedException e) {
        throw new InterruptedIOException();
      }
      then.perform(socket, upstream);
    };
  }

  private static void awaitIdle(MeshInterceptor mesh) {
    Fixture.await("one idle connection", () -> mesh.idleConnectionCount() == 1);
  }

  private static void awaitQuietly(CountDownLatch told) {
    try {
      told.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Answer.Respond ok(String body) {
    return new Answer.Respond(200, Map.of(), new Answer.Body(body, 0, false), Map.of(), 0, true);
  }

  private static void assertNothingLeft(Fixture mesh, int calls) {
    mesh.assertNothingLeaked(calls);
    Fixture.await("no attempt beside others", () -> mesh.interceptor.hedgeCount() == 0);
    assertCountsAreZero(mesh);
  }

  /** Of the cluster: what is in flight, what waits for a connection, what is a retry. */
  private static void assertCountsAreZero(Fixture mesh) {
    Explanation.State state =
        mesh.interceptor
            .explain(new Request.Builder().url(Fixture.URL).build())
            .outcomes()
            .get(0)
            .destinations()
            .get(0)
            .state()
            .orElseThrow();
    assertThat(List.of(state.requests(), state.pending(), state.retries()))
        .containsExactly(0, 0, 0);
  }

  private interface Condition {
    void await() throws InterruptedException;
  }

  /** What arrives over HTTP/2, and how many streams were reset by the client. */
  private static final class StreamsOfHttp2 implements Arrivals {
    final AtomicInteger resets = new AtomicInteger();
    private final BlockingQueue<Exchange> arrived = new LinkedBlockingQueue<>();

    @Override
    public void arrived(String host, Exchange exchange) {
      arrived.add(exchange);
    }

    @Override
    public void brokenOff(String host) {
      resets.incrementAndGet();
    }

    Exchange take() throws InterruptedException {
      Exchange next = arrived.poll(20, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("no request");
      }
      return next;
    }
  }

  private static final class OneShot extends RequestBody {
    @Override
    public @Nullable MediaType contentType() {
      return null;
    }

    @Override
    public boolean isOneShot() {
      return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      sink.writeUtf8("payload");
    }
  }
}
