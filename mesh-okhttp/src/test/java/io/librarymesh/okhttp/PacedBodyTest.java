package io.librarymesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.FractionalPercent;
import io.librarymesh.telemetry.ResponseFlag;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;
import org.junit.jupiter.api.Test;

/**
 * Bodies that a fault slows down to 1 KiB a second: 64 bytes at once, and sixteen times a second.
 */
final class PacedBodyTest {
  private static final Duration SHORT = Duration.ofMillis(150);
  private static final Duration LONG = Duration.ofSeconds(20);

  /** For more than a minute. */
  private static final String LARGE = "x".repeat(64 * 1024);

  private static Fixture.Service slow(Upstream upstream) {
    return new Fixture.Service()
        .upstreams(upstream)
        .fault(
            new FaultInjection(
                FaultInjection.Delay.NONE,
                FaultInjection.Abort.NONE,
                new FaultInjection.ResponseRateLimit(FractionalPercent.ALWAYS, 1),
                FaultInjection.Gate.OPEN,
                FaultInjection.UNLIMITED));
  }

  private static Upstream answering(String body) {
    return Upstream.start("a").then(Upstream.Behaviour.answer(200, body));
  }

  private static CompletableFuture<String> readRest(Response response) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (response) {
            return "read " + response.body().string().length();
          } catch (IOException e) {
            return e.toString();
          }
        });
  }

  @Test
  void bodyComesSliceBySliceAndTheConnectionIsUsedAgain() throws Exception {
    String body = "0123456789".repeat(20);
    try (Upstream a = answering(body).then(Upstream.Behaviour.answer(200, "again"));
        Fixture mesh = slow(a).start()) {
      long start = System.nanoTime();
      try (Response response = mesh.get()) {
        assertThat(response.body().string()).isEqualTo(body);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(Duration.ofMillis(180), LONG);
      try (Response response = mesh.get()) {
        assertThat(response.body().string()).isEqualTo("again");
      }
      assertThat(a.connections()).isEqualTo(1);
      assertThat(mesh.ended(1).flags()).isEmpty();
      mesh.assertNothingLeaked(2);
    }
  }

  @Test
  void callIsNotOverBeforeItsCallerHasTheLastSlice() throws Exception {
    String body = "x".repeat(200);
    try (Upstream a = answering(body);
        Fixture mesh = slow(a).start();
        Response response = mesh.get()) {
      BufferedSource source = response.body().source();
      assertThat(source.readUtf8(64)).hasSize(64);
      assertThat(mesh.observer.calls()).isEmpty();
      assertThat(source.readUtf8(200 - 64)).hasSize(200 - 64);
      mesh.assertNothingLeaked(1);
      assertThat(source.exhausted()).isTrue();
    }
  }

  @Test
  void callerThatCancelsIsNotKeptWaiting() throws Exception {
    try (Upstream a = answering(LARGE);
        Fixture mesh = slow(a).start()) {
      Call call = mesh.client.newCall(new Request.Builder().url(Fixture.URL).build());
      Response response = call.execute();
      CompletableFuture<String> rest = readRest(response);
      call.cancel();
      assertThat(rest.get(LONG.toSeconds(), TimeUnit.SECONDS)).contains("IOException");
      assertThat(mesh.ended(1).flags()).containsExactly(ResponseFlag.DC);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void routesTimeoutEndsTheWait() throws Exception {
    try (Upstream a = answering(LARGE);
        Fixture mesh = slow(a).timeout(SHORT).start();
        Response response = mesh.get()) {
      assertThatThrownBy(() -> response.body().string())
          .isInstanceOf(InterruptedIOException.class)
          .hasMessageContaining("upstream request timeout");
      assertThat(mesh.ended(1).flags()).containsExactly(ResponseFlag.UT);
    }
  }

  @Test
  void callersTimeoutEndsTheWait() throws Exception {
    try (Upstream a = answering(LARGE);
        Fixture mesh = slow(a).start()) {
      OkHttpClient hasty = mesh.client.newBuilder().callTimeout(SHORT).build();
      try (Response response =
          hasty.newCall(new Request.Builder().url(Fixture.URL).build()).execute()) {
        assertThatThrownBy(() -> response.body().string())
            .isInstanceOf(InterruptedIOException.class)
            .hasMessage("timeout");
      }
      assertThat(mesh.ended(1).flags()).containsExactly(ResponseFlag.DC);
    }
  }

  @Test
  void deadlineOfTheSourceEndsTheWait() throws Exception {
    try (Upstream a = answering(LARGE);
        Fixture mesh = slow(a).start();
        Response response = mesh.get()) {
      BufferedSource source = response.body().source();
      source.timeout().deadline(SHORT.toMillis(), TimeUnit.MILLISECONDS);
      assertThatThrownBy(source::readUtf8).isInstanceOf(InterruptedIOException.class);
    }
  }

  @Test
  void interruptedReaderStopsWaiting() throws Exception {
    try (Upstream a = answering(LARGE);
        Fixture mesh = slow(a).start();
        Response response = mesh.get()) {
      BufferedSource source = response.body().source();
      assertThat(source.readUtf8(64)).hasSize(64);
      Thread.currentThread().interrupt();
      assertThatThrownBy(source::readUtf8)
          .isInstanceOf(InterruptedIOException.class)
          .hasMessage("interrupted");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void bodyThatIsClosedEarlyIsNotWaitedFor() throws Exception {
    try (Upstream a = answering(LARGE);
        Fixture mesh = slow(a).start()) {
      mesh.get().close();
      mesh.assertNothingLeaked(1);
    }
  }
}
