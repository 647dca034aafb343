package io.librarymesh.okhttp;

import static io.librarymesh.okhttp.Upstream.Behaviour.head;
import static io.librarymesh.okhttp.Upstream.Behaviour.silence;
import static io.librarymesh.okhttp.Upstream.Behaviour.stallAfter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.config.RetryOn;
import io.librarymesh.telemetry.AttemptRecord;
import io.librarymesh.telemetry.ResponseFlag;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okhttp3.Response;
import org.junit.jupiter.api.Test;

/** Timeouts of the mesh, which are answers, and those of the caller, which are exceptions. */
final class TimeoutTest {
  private static final Duration SHORT = Duration.ofMillis(150);
  private static final Duration LONG = Duration.ofSeconds(30);

  @Test
  void routeTimeoutIsAnsweredWith504() throws Exception {
    try (Upstream a = Upstream.start("a").then(silence());
        Fixture mesh = new Fixture.Service().upstreams(a).timeout(SHORT).start()) {
      long start = System.nanoTime();
      try (Response response = mesh.get()) {
        assertThat(response.code()).isEqualTo(504);
        assertThat(response.header("x-mesh-response-flags")).isEqualTo("UT");
        assertThat(response.body().string()).startsWith("upstream request timeout");
      }

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(SHORT, LONG);
      a.awaitNoOpenConnection();
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void triesTimeOutOneByOne() throws Exception {
    try (Upstream a = Upstream.start("a").then(silence(), silence());
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .timeout(LONG)
                .perTry(SHORT)
                .retry(2, RetryOn.FIVE_XX)
                .start()) {
      try (Response response = mesh.get()) {
        assertThat(response.body().string()).isEqualTo("a");
      }

      assertThat(mesh.ended(1).attempts())
          .extracting(AttemptRecord::result)
          .containsExactly("timeout", "timeout", "response");
      assertThat(a.connections()).isEqualTo(3);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void slowDripOfAHeadDoesNotProlongTheAttempt() throws Exception {
    try (Upstream a = Upstream.start("a").then(stallAfter("HTTP/1.1 200 OK\r\nX: "));
        Fixture mesh = new Fixture.Service().upstreams(a).timeout(LONG).perTry(SHORT).start();
        Response response = mesh.get()) {
      assertThat(response.code()).isEqualTo(504);
    }
  }

  @Test
  void routeTimeoutSpansTheBody() throws Exception {
    try (Upstream a = Upstream.start("a").then(stallAfter(head(200, 100) + "begin"));
        Fixture mesh = new Fixture.Service().upstreams(a).timeout(Duration.ofSeconds(1)).start();
        Response response = mesh.get()) {
      assertThat(response.code()).isEqualTo(200);
      assertThat(response.body().source().readUtf8(5)).isEqualTo("begin");
      assertThatThrownBy(() -> response.body().string())
          .isInstanceOf(InterruptedIOException.class)
          .hasMessageContaining("upstream request timeout");
      a.awaitNoOpenConnection();
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void maxStreamDurationSpansTheBody() throws Exception {
    try (Upstream a = Upstream.start("a").then(stallAfter(head(200, 100) + "begin"));
        Fixture mesh = new Fixture.Service().upstreams(a).maxStream(Duration.ofSeconds(1)).start();
        Response response = mesh.get()) {
      assertThatThrownBy(() -> response.body().string())
          .isInstanceOf(InterruptedIOException.class)
          .hasMessage("downstream duration timeout while the body was read");
      assertThat(mesh.ended(1).flags()).containsExactly(ResponseFlag.DT);
      a.awaitNoOpenConnection();
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void silenceIsAnsweredWith504() throws Exception {
    try (Upstream a = Upstream.start("a").then(silence());
        Fixture mesh = new Fixture.Service().upstreams(a).idle(SHORT).start();
        Response response = mesh.get()) {
      assertThat(response.code()).isEqualTo(504);
      assertThat(response.header("x-mesh-response-flags")).isEqualTo("SI");
      assertThat(response.body().string()).startsWith("stream timeout");
      a.awaitNoOpenConnection();
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void silenceInTheBodyBreaksItOff() throws Exception {
    try (Upstream a = Upstream.start("a").then(stallAfter(head(200, 100) + "begin"));
        Fixture mesh = new Fixture.Service().upstreams(a).idle(Duration.ofSeconds(1)).start();
        Response response = mesh.get()) {
      assertThat(response.body().source().readUtf8(5)).isEqualTo("begin");
      assertThatThrownBy(() -> response.body().string())
          .isInstanceOf(InterruptedIOException.class)
          .hasMessage("stream timeout while the body was read");
      assertThat(mesh.ended(1).flags()).containsExactly(ResponseFlag.SI);
      a.awaitNoOpenConnection();
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void bodyThatNobodyReadsIsGivenUpAfterItsSilence() throws Exception {
    try (Upstream a = Upstream.start("a").then(stallAfter(head(200, 100)));
        Fixture mesh = new Fixture.Service().upstreams(a).idle(SHORT).start()) {
      Response forgotten = mesh.get();

      mesh.ended(1);
      a.awaitNoOpenConnection();
      forgotten.close();
    }
  }

  @Test
  void bodyThatNobodyReadsIsGivenUpWhenTheRouteTimesOut() throws Exception {
    try (Upstream a = Upstream.start("a").then(stallAfter(head(200, 100)));
        Fixture mesh = new Fixture.Service().upstreams(a).timeout(Duration.ofSeconds(1)).start()) {
      Response forgotten = mesh.get();

      mesh.ended(1);
      a.awaitNoOpenConnection();
      forgotten.close();
    }
  }

  @Test
  void bodyInTimeIsNotDisturbed() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = new Fixture.Service().upstreams(a).timeout(LONG).start()) {
      for (int i = 0; i < 3; i++) {
        try (Response response = mesh.get()) {
          assertThat(response.body().contentLength()).isEqualTo(1);
          assertThat(response.body().string()).isEqualTo("a");
        }
      }
      assertThat(a.connections()).isEqualTo(1);
      mesh.assertNothingLeaked(3);
    }
  }

  @Test
  void connectTimeoutIsThatOfTheCluster() throws Exception {
    try (FullBacklog full = new FullBacklog();
        Fixture mesh =
            new Fixture.Service()
                .endpoints(full.endpoint())
                .connectTimeout(SHORT)
                .timeout(LONG)
                .start()) {
      long start = System.nanoTime();
      try (Response response = mesh.get()) {
        assertThat(response.code()).isEqualTo(503);
        assertThat(response.header("x-mesh-response-flags")).isEqualTo("UF");
        assertThat(response.body().string()).contains("connect timeout after 150 ms");
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void readTimeoutOfTheCallerIsTheCallersAffair() throws Exception {
    try (Upstream a = Upstream.start("a").then(silence());
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .timeout(LONG)
                .retry(3, RetryOn.FIVE_XX)
                .client(client -> client.readTimeout(SHORT))
                .start()) {
      assertThatThrownBy(mesh::get).isInstanceOf(SocketTimeoutException.class);

      assertThat(a.received()).hasSize(1);
      assertThat(mesh.ended(1).status()).isZero();
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void readTimeoutWithinTheBodyIsTheCallersAffair() throws Exception {
    try (Upstream a = Upstream.start("a").then(stallAfter(head(200, 100) + "begin"));
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .timeout(LONG)
                .client(client -> client.readTimeout(SHORT))
                .start()) {
      try (Response response = mesh.get()) {
        assertThatThrownBy(() -> response.body().string())
            .isInstanceOf(SocketTimeoutException.class);
      }

      assertThat(mesh.ended(1).flags()).containsExactly(ResponseFlag.DC);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void readTimeoutThatAnInterceptorSetsCountsForItsCall() throws Exception {
    try (Upstream a = Upstream.start("a").then(silence());
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .client(
                    client ->
                        client
                            .readTimeout(LONG)
                            .addInterceptor(
                                chain ->
                                    chain
                                        .withReadTimeout(150, TimeUnit.MILLISECONDS)
                                        .proceed(chain.request())))
                .start()) {
      assertThatThrownBy(mesh::get).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void callTimeoutOfTheCallerSpansTheHead() throws Exception {
    try (Upstream a = Upstream.start("a").then(silence());
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .client(client -> client.callTimeout(SHORT))
                .start()) {
      assertThatThrownBy(mesh::get)
          .isInstanceOf(InterruptedIOException.class)
          .hasMessage("timeout");
      a.awaitNoOpenConnection();
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void callTimeoutOfTheCallerSpansTheBody() throws Exception {
    try (Upstream a = Upstream.start("a").then(stallAfter(head(200, 100)));
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .client(client -> client.callTimeout(Duration.ofSeconds(1)))
                .start();
        Response response = mesh.get()) {
      assertThatThrownBy(() -> response.body().string())
          .isInstanceOf(InterruptedIOException.class)
          .hasMessage("timeout");
      a.awaitNoOpenConnection();
      mesh.assertNothingLeaked(1);
    }
  }
}
