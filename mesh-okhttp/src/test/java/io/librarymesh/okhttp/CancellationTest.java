package io.librarymesh.okhttp;

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
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;

/** A call can be canceled wherever it stands; it ends at once and holds nothing. */
final class CancellationTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @Test
  void callThatAwaitsConfiguration() throws Exception {
    try (Fixture mesh = Fixture.of(new Upstream[0])) {
      mesh.source.hold("unknown-service:80", "not there yet");
      Call call = call(mesh, "http://unknown-service/");
      CompletableFuture<Response> answer = enqueue(call);
      Fixture.await(
          "the target is watched", () -> mesh.source.watched().contains("unknown-service:80"));
      call.cancel();

      assertCanceled(answer);
      assertThat(mesh.ended(1).flags()).containsExactly(ResponseFlag.DC);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void callThatIsHeldBackByAFault() throws Exception {
    FaultInjection delay =
        new FaultInjection(
            new FaultInjection.Delay(FractionalPercent.ALWAYS, LONG.toNanos()),
            FaultInjection.Abort.NONE);
    try (Fixture mesh = new Fixture.Service().fault(delay).start()) {
      Call call = call(mesh, Fixture.URL);
      CompletableFuture<Response> answer = enqueue(call);
      awaitParked(mesh);
      call.cancel();

      assertCanceled(answer);
      assertThat(mesh.ended(1).flags()).containsExactly(ResponseFlag.DI, ResponseFlag.DC);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void callThatBacksOff() throws Exception {
    try (Upstream a = Upstream.start("a").then(Upstream.Behaviour.answer(503, "no"));
        Fixture mesh =
            new Fixture.Service().upstreams(a).retry(1, RetryOn.FIVE_XX).backOff(LONG).start()) {
      Call call = call(mesh, Fixture.URL);
      CompletableFuture<Response> answer = enqueue(call);
      a.awaitRequests(1);
      awaitParked(mesh);
      call.cancel();

      assertCanceled(answer);
      assertThat(a.received()).hasSize(1);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void callThatWaitsForItsTurn() throws Exception {
    CircuitBreakers one = CircuitBreakers.of(1, 10, 10, 10);
    try (Upstream a = Upstream.start("a").then(silence());
        Fixture mesh = new Fixture.Service().upstreams(a).limits(one).start()) {
      Call first = call(mesh, Fixture.URL);
      CompletableFuture<Response> firstAnswer = enqueue(first);
      a.awaitRequests(1);
      Call second = call(mesh, Fixture.URL);
      CompletableFuture<Response> secondAnswer = enqueue(second);
      awaitParked(mesh);
      second.cancel();

      assertCanceled(secondAnswer);
      first.cancel();
      assertCanceled(firstAnswer);
      try (Response third = mesh.get()) {
        assertThat(third.code()).isEqualTo(200);
      }
      assertThat(a.received()).hasSize(2);
      mesh.assertNothingLeaked(3);
    }
  }

  @Test
  void callThatConnects() throws Exception {
    try (FullBacklog full = new FullBacklog();
        Fixture mesh = new Fixture.Service().endpoints(full.endpoint()).start()) {
      Call call = call(mesh, Fixture.URL);
      CompletableFuture<Response> answer = enqueue(call);
      Fixture.await("a thread that connects", () -> isIn("blockingConnect", "timedFinishConnect"));
      call.cancel();

      assertCanceled(answer);
      assertThat(mesh.ended(1).flags()).containsExactly(ResponseFlag.DC);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void callThatAwaitsItsResponse() throws Exception {
    try (Upstream a = Upstream.start("a").then(silence());
        Fixture mesh = new Fixture.Service().upstreams(a).retry(5, RetryOn.FIVE_XX).start()) {
      Call call = call(mesh, Fixture.URL);
      CompletableFuture<Response> answer = enqueue(call);
      a.awaitRequests(1);
      call.cancel();

      assertCanceled(answer);
      a.awaitNoOpenConnection();
      assertThat(a.received()).hasSize(1);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void callWhoseBodyIsRead() throws Exception {
    try (Upstream a = Upstream.start("a").then(stallAfter(head(200, 100) + "begin"));
        Fixture mesh = Fixture.of(a)) {
      Call call = call(mesh, Fixture.URL);
      try (Response response = call.execute()) {
        assertThat(response.body().source().readUtf8(5)).isEqualTo("begin");
        call.cancel();

        assertThatThrownBy(() -> response.body().string()).isInstanceOf(IOException.class);
      }
      a.awaitNoOpenConnection();
      assertThat(mesh.ended(1).flags()).containsExactly(ResponseFlag.DC);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void callWhoseBodyNobodyReads() throws Exception {
    try (Upstream a = Upstream.start("a").then(stallAfter(head(200, 100)));
        Fixture mesh = Fixture.of(a)) {
      Call call = call(mesh, Fixture.URL);
      Response forgotten = call.execute();
      call.cancel();

      assertThat(mesh.ended(1).flags()).containsExactly(ResponseFlag.DC);
      a.awaitNoOpenConnection();
      forgotten.close();
    }
  }

  @Test
  void callThatHasNotBegun() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = Fixture.of(a)) {
      Call call = call(mesh, Fixture.URL);
      call.cancel();

      assertThatThrownBy(call::execute).isInstanceOf(IOException.class).hasMessage("Canceled");
      assertThat(a.connections()).isZero();
    }
  }

  @Test
  void cancelingAnEndedCallDisturbsNobody() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = Fixture.of(a)) {
      Call call = call(mesh, Fixture.URL);
      try (Response response = call.execute()) {
        assertThat(response.body().string()).isEqualTo("a");
      }
      call.cancel();
      mesh.get().close();

      assertThat(a.connections()).isEqualTo(1);
      assertThat(mesh.ended(1).flags()).isEmpty();
      mesh.assertNothingLeaked(2);
    }
  }

  @Test
  void interruptedCallEndsAndStaysInterrupted() throws Exception {
    try (Upstream a = Upstream.start("a").then(silence());
        Fixture mesh = new Fixture.Service().upstreams(a).retry(5, RetryOn.FIVE_XX).start()) {
      CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
      CompletableFuture<Throwable> failure = new CompletableFuture<>();
      Thread caller =
          new Thread(
              () -> {
                try {
                  mesh.get().close();
                } catch (IOException e) {
                  failure.complete(e);
                }
                interrupted.complete(Thread.currentThread().isInterrupted());
              });
      caller.start();
      a.awaitRequests(1);
      caller.interrupt();

      assertThat(failure.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class);
      assertThat(interrupted.get(20, TimeUnit.SECONDS)).isTrue();
      assertThat(a.received()).hasSize(1);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void interruptedWaitEndsAndStaysInterrupted() throws Exception {
    try (Fixture mesh = Fixture.of(new Upstream[0])) {
      mesh.source.hold("unknown-service:80", "not there yet");
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> mesh.get("http://unknown-service/"))
          .isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
      mesh.assertNothingLeaked(1);
    }
  }

  private static Call call(Fixture mesh, String url) {
    return mesh.client.newCall(new Request.Builder().url(url).build());
  }

  static CompletableFuture<Response> enqueue(Call call) {
    CompletableFuture<Response> answer = new CompletableFuture<>();
    call.enqueue(
        new Callback() {
          @Override
          public void onResponse(Call ended, Response response) {
            answer.complete(response);
          }

          @Override
          public void onFailure(Call ended, IOException e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  static void assertCanceled(CompletableFuture<Response> answer) {
    assertThatThrownBy(() -> answer.get(20, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(IOException.class)
        .hasMessage("Canceled");
  }

  /** Waits until the thread of a call waits for what the mesh told it to wait for. */
  private static void awaitParked(Fixture mesh) {
    Fixture.await("a waiting call", () -> isIn("await") && mesh.observer.calls().isEmpty());
  }

  private static boolean isIn(String... methods) {
    return Thread.getAllStackTraces().values().stream()
        .anyMatch(
            stack -> {
              boolean ours = false;
              boolean there = false;
              for (StackTraceElement frame : stack) {
                ours |=
                    frame.getClassName().startsWith("io.librarymesh.okhttp.OutgoingCall")
                        || frame.getClassName().startsWith("io.librarymesh.okhttp.Caller");
                there |= java.util.List.of(methods).contains(frame.getMethodName());
              }
              return ours && there;
            });
  }
}
