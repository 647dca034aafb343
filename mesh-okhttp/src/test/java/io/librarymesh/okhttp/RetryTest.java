package io.librarymesh.okhttp;

import static io.librarymesh.okhttp.Upstream.Behaviour.answer;
import static io.librarymesh.okhttp.Upstream.Behaviour.hangUp;
import static io.librarymesh.okhttp.Upstream.Behaviour.head;
import static io.librarymesh.okhttp.Upstream.Behaviour.raw;
import static io.librarymesh.okhttp.Upstream.Behaviour.reset;
import static io.librarymesh.okhttp.Upstream.Behaviour.stallAfter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.config.Endpoint;
import io.librarymesh.config.RetryOn;
import io.librarymesh.telemetry.AttemptRecord;
import io.librarymesh.telemetry.ResponseFlag;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import okhttp3.Response;
import org.junit.jupiter.api.Test;

/** Failures of upstreams, what they count as, and that they are repeated by the mesh alone. */
final class RetryTest {
  @Test
  void retryGoesToAnotherEndpointAndNotOverTheConnectionThatFailed() throws Exception {
    try (Upstream a = Upstream.start("a").then(answer(200, "a"), answer(503, "no"));
        Upstream b = Upstream.start("b");
        Fixture mesh = new Fixture.Service().upstreams(a, b).retry(1, RetryOn.FIVE_XX).start()) {
      mesh.get().close();
      mesh.get().close();
      try (Response response = mesh.get()) {
        assertThat(response.code()).isEqualTo(200);
        assertThat(response.body().string()).isEqualTo("b");
        assertThat(MeshResponse.of(response).orElseThrow().attempts()).isEqualTo(2);
      }

      assertThat(a.received()).hasSize(2);
      assertThat(b.received()).hasSize(2);
      assertThat(b.received().get(1).header("x-envoy-attempt-count")).isEqualTo("2");
      mesh.assertNothingLeaked(3);
    }
  }

  @Test
  void discardedAnswerFreesItsConnection() throws Exception {
    try (Upstream a = Upstream.start("a").then(answer(503, "x".repeat(10_000)));
        Fixture mesh = new Fixture.Service().upstreams(a).retry(1, RetryOn.FIVE_XX).start()) {
      try (Response response = mesh.get()) {
        assertThat(response.body().string()).isEqualTo("a");
      }

      assertThat(a.received()).hasSize(2);
      assertThat(a.connections()).isEqualTo(1);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void discardedAnswerThatDoesNotEndIsDropped() throws Exception {
    try (Upstream a = Upstream.start("a").then(stallAfter(head(503, 100) + "x"));
        Fixture mesh = new Fixture.Service().upstreams(a).retry(1, RetryOn.FIVE_XX).start()) {
      try (Response response = mesh.get()) {
        assertThat(response.body().string()).isEqualTo("a");
      }

      assertThat(a.connections()).isEqualTo(2);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void lastAnswerIsDeliveredWhenRetriesAreUsedUp() throws Exception {
    try (Upstream a = Upstream.start("a").then(answer(503, "1"), answer(503, "2"));
        Fixture mesh = new Fixture.Service().upstreams(a).retry(1, RetryOn.FIVE_XX).start()) {
      try (Response response = mesh.get()) {
        assertThat(response.code()).isEqualTo(503);
        assertThat(response.body().string()).isEqualTo("2");
        assertThat(response.header("x-mesh-response-flags")).isEqualTo("URX");
        assertThat(MeshResponse.of(response).orElseThrow().local()).isFalse();
      }
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void refusedConnectionIsRetried() throws Exception {
    try (Upstream b = Upstream.start("b");
        Fixture mesh =
            new Fixture.Service()
                .endpoints(Upstream.refusing(), b.endpoint())
                .retry(1, RetryOn.CONNECT_FAILURE)
                .start()) {
      try (Response response = mesh.get()) {
        assertThat(response.body().string()).isEqualTo("b");
      }
      assertThat(mesh.ended(1).attempts())
          .extracting(AttemptRecord::result)
          .containsExactly("connect_failure", "response");
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void refusedConnectionIsAnsweredWith503() throws Exception {
    try (Fixture mesh = Fixture.of(Upstream.refusing());
        Response response = mesh.get()) {
      assertThat(response.code()).isEqualTo(503);
      assertThat(response.header("x-mesh-response-flags")).isEqualTo("UF");
      assertThat(response.body().string()).contains("attempt 1 of 1", "Connection refused");
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void unresolvableNameIsAConnectFailure() throws Exception {
    try (Fixture mesh =
            new Fixture.Service()
                .endpoints(Endpoint.of("no.such.host.invalid", 80))
                .client(client -> client.dns(RetryTest::unknown))
                .start();
        Response response = mesh.get()) {
      assertThat(response.code()).isEqualTo(503);
      assertThat(response.header("x-mesh-response-flags")).isEqualTo("UF");
      assertThat(response.body().string()).contains("no.such.host.invalid");
    }
  }

  @Test
  void connectionThatEndsBeforeTheAnswerIsATermination() throws Exception {
    try (Upstream a = Upstream.start("a").then(hangUp(), hangUp());
        Fixture mesh = new Fixture.Service().upstreams(a).retry(1, RetryOn.RESET).start();
        Response response = mesh.get()) {
      assertThat(response.code()).isEqualTo(503);
      assertThat(response.header("x-mesh-response-flags")).isEqualTo("UC,URX");
      assertThat(response.body().string()).contains("connection termination", "attempt 2 of 2");
      assertThat(a.received()).hasSize(2);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void tcpResetIsATermination() throws Exception {
    try (Upstream a = Upstream.start("a").then(reset());
        Fixture mesh = Fixture.of(a);
        Response response = mesh.get()) {
      assertThat(response.header("x-mesh-response-flags")).isEqualTo("UC");
      assertThat(a.received()).hasSize(1);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void terminationAfterTheRequestWasSentIsNoResetBeforeRequest() throws Exception {
    try (Upstream a = Upstream.start("a").then(hangUp());
        Fixture mesh =
            new Fixture.Service().upstreams(a).retry(1, RetryOn.RESET_BEFORE_REQUEST).start();
        Response response = mesh.get()) {
      assertThat(response.code()).isEqualTo(503);
      assertThat(a.received()).hasSize(1);
    }
  }

  @Test
  void halfAHeadIsATermination() throws Exception {
    try (Upstream a =
            Upstream.start("a")
                .then(Upstream.Behaviour.hangUpAfter(raw("HTTP/1.1 200 OK\r\nA: b")));
        Fixture mesh = Fixture.of(a);
        Response response = mesh.get()) {
      assertThat(response.code()).isEqualTo(503);
      assertThat(response.header("x-mesh-response-flags")).isEqualTo("UC");
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void bodyThatIsShorterThanItSaysIsATermination() throws Exception {
    try (Upstream a =
            Upstream.start("a").then(Upstream.Behaviour.hangUpAfter(raw(head(200, 10) + "half")));
        Fixture mesh = Fixture.of(a)) {
      try (Response response = mesh.get()) {
        assertThat(response.code()).isEqualTo(200);
        assertThatThrownBy(() -> response.body().string()).isInstanceOf(IOException.class);
      }

      assertThat(mesh.ended(1).flags()).containsExactly(ResponseFlag.UC);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void answerThatIsNotHttpIsAProtocolError() throws Exception {
    try (Upstream a = Upstream.start("a").then(raw("SSH-2.0-OpenSSH_9.6\r\n"));
        Fixture mesh = Fixture.of(a);
        Response response = mesh.get()) {
      assertThat(response.code()).isEqualTo(502);
      assertThat(response.header("x-mesh-response-flags")).isEqualTo("UPE");
      assertThat(a.received()).hasSize(1);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void oneSendIsOneExchangeThoughOkHttpWouldRepeatIt() throws Exception {
    try (Upstream a =
            Upstream.start("a")
                .then(
                    answer(503, "again", "Retry-After: 0"),
                    answer(408, "again", "Retry-After: 0"));
        Fixture mesh = Fixture.of(a)) {
      try (Response response = mesh.get()) {
        assertThat(response.code()).isEqualTo(503);
        assertThat(response.header("Retry-After")).isEqualTo("0");
        assertThat(response.body().string()).isEqualTo("again");
      }
      try (Response response = mesh.get()) {
        assertThat(response.code()).isEqualTo(408);
      }

      assertThat(a.received()).hasSize(2);
      mesh.assertNothingLeaked(2);
    }
  }

  @Test
  void attemptsAreAsManyAsTheMeshSays() throws Exception {
    try (Upstream a = Upstream.start("a").then(answer(200, "warm"), hangUp(), hangUp(), hangUp());
        Fixture mesh = new Fixture.Service().upstreams(a).retry(2, RetryOn.RESET).start()) {
      mesh.get().close();
      try (Response response = mesh.get()) {
        assertThat(response.code()).isEqualTo(503);
      }

      assertThat(a.received()).hasSize(4);
      assertThat(mesh.ended(2).attempts()).hasSize(3);
    }
  }

  private static List<InetAddress> unknown(String name) throws UnknownHostException {
    throw new UnknownHostException(name);
  }
}
