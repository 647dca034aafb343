package io.librarymesh.okhttp;

import static io.librarymesh.okhttp.Upstream.Behaviour.answer;
import static io.librarymesh.okhttp.Upstream.Behaviour.head;
import static io.librarymesh.okhttp.Upstream.Behaviour.silence;
import static io.librarymesh.okhttp.Upstream.Behaviour.stallAfter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.RetryOn;
import io.librarymesh.telemetry.ResponseFlag;
import io.librarymesh.testkit.FakeTime;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Dispatcher;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls that hold no thread while they wait. Their timers run on a fake clock. */
final class MeshCallFactoryTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final FakeTime time = new FakeTime();
  private final Dispatcher dispatcher = new Dispatcher();

  @AfterEach
  void stop() {
    dispatcher.executorService().shutdown();
  }

  @Test
  void callIsSentAndAnswered() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = Fixture.of(a)) {
      MeshCallFactory calls = factory(mesh);
      try (Response response = get(enqueue(call(calls)))) {
        assertThat(response.body().string()).isEqualTo("a");
        assertThat(MeshResponse.of(response).orElseThrow().endpoint()).contains(a.endpoint());
      }
      try (Response response = call(calls).execute()) {
        assertThat(response.body().string()).isEqualTo("a");
      }

      assertThat(a.connections()).isEqualTo(1);
      assertNothingLeaked(calls, mesh, 2);
    }
  }

  @Test
  void backOffTakesNoPlaceOfTheDispatcher() throws Exception {
    dispatcher.setMaxRequests(1);
    try (Upstream a = Upstream.start("a").then(answer(503, "no"), answer(200, "other"));
        Fixture mesh = backingOff(a)) {
      MeshCallFactory calls = factory(mesh);
      CompletableFuture<Response> first = enqueue(call(calls));
      awaitWaiting();
      try (Response response = get(enqueue(call(calls)))) {
        assertThat(response.body().string()).isEqualTo("other");
      }
      assertThat(first).isNotDone();
      time.advance(LONG);

      try (Response response = get(first)) {
        assertThat(response.body().string()).isEqualTo("a");
      }
      assertNothingLeaked(calls, mesh, 2);
    }
  }

  @Test
  void injectedDelayTakesNoThread() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = delaying(a)) {
      MeshCallFactory calls = factory(mesh);
      CompletableFuture<Response> answer = enqueue(call(calls));
      awaitWaiting();
      assertThat(a.connections()).isZero();
      time.advance(LONG);

      get(answer).close();
      assertThat(mesh.ended(1).flags()).containsExactly(ResponseFlag.DI);
      assertNothingLeaked(calls, mesh, 1);
    }
  }

  @Test
  void callThatAwaitsConfigurationGoesOnWhenItComes() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = Fixture.of(new Upstream[0])) {
      MeshCallFactory calls = factory(mesh);
      mesh.source.hold("late-service:80", "not there yet");
      CompletableFuture<Response> answer = enqueue(call(calls, "http://late-service/"));
      awaitWaiting();
      mesh.source.put(new Fixture.Service().upstreams(a).config("late-service:80"));

      try (Response response = get(answer)) {
        assertThat(response.body().string()).isEqualTo("a");
      }
      assertThat(time.pendingTasks()).isZero();
      assertNothingLeaked(calls, mesh, 1);
    }
  }

  @Test
  void callThatWaitsForItsTurnGoesOnWhenItComes() throws Exception {
    CircuitBreakers one = CircuitBreakers.of(1, 10, 10, 10);
    try (Upstream a = Upstream.start("a").then(silence());
        Fixture mesh = new Fixture.Service().upstreams(a).limits(one).start()) {
      MeshCallFactory calls = factory(mesh);
      Call first = call(calls);
      CompletableFuture<Response> firstAnswer = enqueue(first);
      a.awaitRequests(1);
      CompletableFuture<Response> second = enqueue(call(calls));
      Fixture.await("one running call", () -> dispatcher.runningCallsCount() == 1);
      first.cancel();

      assertCanceled(firstAnswer);
      try (Response response = get(second)) {
        assertThat(response.body().string()).isEqualTo("a");
      }
      assertNothingLeaked(calls, mesh, 2);
    }
  }

  @Test
  void dispatcherLimitsAttempts() throws Exception {
    dispatcher.setMaxRequestsPerHost(1);
    try (Upstream a = Upstream.start("a").then(silence());
        Fixture mesh = Fixture.of(a)) {
      MeshCallFactory calls = factory(mesh);
      Call first = call(calls);
      CompletableFuture<Response> firstAnswer = enqueue(first);
      a.awaitRequests(1);
      CompletableFuture<Response> second = enqueue(call(calls));
      assertThat(dispatcher.queuedCallsCount()).isEqualTo(1);
      first.cancel();

      assertCanceled(firstAnswer);
      get(second).close();
      assertNothingLeaked(calls, mesh, 2);
    }
  }

  @Test
  void waitingCallCanBeCanceled() throws Exception {
    try (Upstream a = Upstream.start("a").then(answer(503, "no"));
        Fixture mesh = backingOff(a)) {
      MeshCallFactory calls = factory(mesh);
      Call call = call(calls);
      CompletableFuture<Response> answer = enqueue(call);
      awaitWaiting();
      call.cancel();

      assertCanceled(answer);
      assertThat(call.isCanceled()).isTrue();
      assertThat(time.pendingTasks()).isZero();
      assertThat(mesh.ended(1).flags()).contains(ResponseFlag.DC);
      assertNothingLeaked(calls, mesh, 1);
    }
  }

  @Test
  void callInTheHandsOfTheCallerCanBeCanceled() throws Exception {
    try (Upstream a = Upstream.start("a").then(stallAfter(head(200, 100)));
        Fixture mesh = Fixture.of(a)) {
      MeshCallFactory calls = factory(mesh);
      Call call = call(calls);
      try (Response response = get(enqueue(call))) {
        call.cancel();
        assertThatThrownBy(() -> response.body().string()).isInstanceOf(IOException.class);
      }

      assertThat(mesh.ended(1).flags()).containsExactly(ResponseFlag.DC);
      assertNothingLeaked(calls, mesh, 1);
    }
  }

  @Test
  void callThatWasCanceledBeforeIsNotSent() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = Fixture.of(a)) {
      Call call = call(factory(mesh));
      call.cancel();

      assertCanceled(enqueue(call));
      assertThat(a.connections()).isZero();
    }
  }

  @Test
  void dispatcherCancelsCalls() throws Exception {
    try (Upstream a = Upstream.start("a").then(silence());
        Fixture mesh = Fixture.of(a)) {
      MeshCallFactory calls = factory(mesh);
      CompletableFuture<Response> answer = enqueue(call(calls));
      a.awaitRequests(1);
      dispatcher.cancelAll();

      assertCanceled(answer);
      assertNothingLeaked(calls, mesh, 1);
    }
  }

  @Test
  void callTimeoutSpansWaits() throws Exception {
    try (Upstream a = Upstream.start("a").then(answer(503, "no"));
        Fixture mesh = backingOff(a)) {
      MeshCallFactory calls = factory(mesh);
      Call call = call(calls);
      call.timeout().timeout(500, TimeUnit.MILLISECONDS);

      CompletableFuture<Response> answer = enqueue(call);
      awaitTimers(2);
      time.advance(Duration.ofMillis(500));

      assertThatThrownBy(() -> get(answer))
          .isInstanceOf(InterruptedIOException.class)
          .hasMessage("timeout");
      assertNothingLeaked(calls, mesh, 1);
    }
  }

  @Test
  void synchronousCallWaitsOnItsThread() throws Exception {
    try (Upstream a = Upstream.start("a").then(answer(503, "no"));
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .retry(1, RetryOn.FIVE_XX)
                .backOff(Duration.ofMillis(50))
                .start()) {
      MeshCallFactory calls = MeshCallFactory.of(mesh.mesh, new OkHttpClient());
      try (Response response = call(calls).execute()) {
        assertThat(response.body().string()).isEqualTo("a");
      }
    }
  }

  @Test
  void redirectIsFollowedAcrossWaits() throws Exception {
    try (Upstream a = Upstream.start("a").then(answer(302, "", "Location: /there"));
        Fixture mesh = delaying(a)) {
      MeshCallFactory calls = factory(mesh);
      CompletableFuture<Response> answer = enqueue(call(calls));
      awaitWaiting();
      time.advance(LONG);
      awaitWaiting();
      time.advance(LONG);

      try (Response response = get(answer)) {
        assertThat(response.request().url().encodedPath()).isEqualTo("/there");
        assertThat(response.priorResponse()).isNotNull().extracting(Response::code).isEqualTo(302);
      }
      assertNothingLeaked(calls, mesh, 2);
    }
  }

  @Test
  void listenerSeesOneCallThatEndsWithItsBody() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    try (Upstream a = Upstream.start("a").then(answer(503, "no"));
        Fixture mesh = backingOff(a)) {
      MeshCallFactory calls =
          MeshCallFactory.of(
              mesh.mesh,
              new OkHttpClient.Builder()
                  .dispatcher(dispatcher)
                  .eventListener(new Ends(heard))
                  .build(),
              call -> time);
      Call call = call(calls);
      CompletableFuture<Response> answer = enqueue(call);
      awaitWaiting();
      time.advance(LONG);
      try (Response response = get(answer)) {
        assertThat(heard).containsExactly("start " + call);
        assertThat(response.body().string()).isEqualTo("a");
      }

      assertThat(heard).containsExactly("start " + call, "end " + call);
    }
  }

  @Test
  void callIsMadeOnceAndClonedForMore() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = Fixture.of(a)) {
      Call call = call(factory(mesh));
      assertThat(call.isExecuted()).isFalse();
      call.execute().close();

      assertThat(call.isExecuted()).isTrue();
      assertThatThrownBy(call::execute).isInstanceOf(IllegalStateException.class);
      call.clone().execute().close();
      assertThat(a.received()).hasSize(2);
    }
  }

  @Test
  void callKeepsTags() {
    try (Fixture mesh = Fixture.of(new Upstream[0])) {
      Request request = new Request.Builder().url(Fixture.URL).tag(String.class, "mine").build();
      Call call = factory(mesh).newCall(request);

      assertThat(call.request()).isSameAs(request);
      assertThat(call.tag(String.class)).isEqualTo("mine");
      assertThat(call.tag(Integer.class, () -> 7)).isEqualTo(7);
      assertThat(call.tag(Integer.class, () -> 8)).isEqualTo(7);
    }
  }

  @Test
  void clientWithApplicationInterceptorsIsRefused() {
    try (Fixture mesh = Fixture.of(new Upstream[0])) {
      assertThatThrownBy(() -> MeshCallFactory.of(mesh.mesh, mesh.client))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "application interceptors: 1 (expected: none; use MeshInterceptor with them)");
    }
  }

  private static Fixture backingOff(Upstream upstream) {
    return new Fixture.Service()
        .upstreams(upstream)
        .retry(1, RetryOn.FIVE_XX)
        .backOff(LONG)
        .start();
  }

  private static Fixture delaying(Upstream upstream) {
    FaultInjection delay =
        new FaultInjection(
            new FaultInjection.Delay(FractionalPercent.ALWAYS, LONG.toNanos()),
            FaultInjection.Abort.NONE);
    return new Fixture.Service().upstreams(upstream).fault(delay).start();
  }

  private MeshCallFactory factory(Fixture mesh) {
    OkHttpClient client = new OkHttpClient.Builder().dispatcher(dispatcher).build();
    return MeshCallFactory.of(mesh.mesh, client, call -> time);
  }

  private static Call call(MeshCallFactory calls) {
    return call(calls, Fixture.URL);
  }

  private static Call call(MeshCallFactory calls, String url) {
    return calls.newCall(new Request.Builder().url(url).build());
  }

  /** Waits until a call waits on the clock and no thread is at work for it. */
  private void awaitWaiting() {
    awaitTimers(1);
  }

  private void awaitTimers(int count) {
    Fixture.await(
        "a call that waits",
        () -> time.pendingTasks() == count && dispatcher.runningCallsCount() == 0);
  }

  private void assertNothingLeaked(MeshCallFactory calls, Fixture mesh, int count) {
    mesh.ended(count);
    Fixture.await(
        "all connections idle", () -> calls.connectionCount() == calls.idleConnectionCount());
    Fixture.await("no call running", () -> dispatcher.runningCallsCount() == 0);
    assertThat(mesh.observer.calls()).hasSize(count);
    time.assertNoMoreTasks();
    calls.evictIdleConnections();
  }

  private static CompletableFuture<Response> enqueue(Call call) {
    CompletableFuture<Response> answer = new CompletableFuture<>();
    call.enqueue(
        new Callback() {
          @Override
          public void onResponse(Call ended, Response response) {
            assertThat(ended).isSameAs(call);
            answer.complete(response);
          }

          @Override
          public void onFailure(Call ended, IOException e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  private static Response get(CompletableFuture<Response> answer) throws Exception {
    try {
      return answer.get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : e;
    }
  }

  private static void assertCanceled(CompletableFuture<Response> answer) {
    assertThatThrownBy(() -> get(answer)).isInstanceOf(IOException.class).hasMessage("Canceled");
  }

  private static final class Ends extends EventListener {
    private final BlockingQueue<String> heard;

    Ends(BlockingQueue<String> heard) {
      this.heard = heard;
    }

    @Override
    public void callStart(Call call) {
      heard.add("start " + call);
    }

    @Override
    public void callEnd(Call call) {
      heard.add("end " + call);
    }

    @Override
    public void callFailed(Call call, IOException e) {
      heard.add("failed " + List.of(call, e));
    }
  }
}
