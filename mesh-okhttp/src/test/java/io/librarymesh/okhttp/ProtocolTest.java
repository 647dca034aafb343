package io.librarymesh.okhttp;

import static io.librarymesh.okhttp.Upstream.Behaviour.answer;
import static io.librarymesh.okhttp.Upstream.Behaviour.hangUpAfter;
import static io.librarymesh.okhttp.Upstream.Behaviour.silence;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.Endpoint;
import io.librarymesh.config.RetryOn;
import io.librarymesh.telemetry.AttemptRecord;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** TLS and HTTP/2. */
final class ProtocolTest {
  private static final String HTTPS = "https://greeter-service:3000/hello";
  private static final int REFUSED_STREAM = 7;
  private static final int CANCEL = 8;
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final HeldCertificate ROOT =
      new HeldCertificate.Builder().certificateAuthority(0).build();

  private final MockWebServer server = new MockWebServer();

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void tlsIsForTheNameInTheUrl() throws Exception {
    server.useHttps(certificates("greeter.example").sslSocketFactory());
    server.enqueue(new MockResponse.Builder().body("secret").build());
    try (Fixture mesh = tls(new Fixture.Service())) {
      mesh.source.put(new Fixture.Service().endpoints(endpoint()).config("greeter.example:443"));
      try (Response response = mesh.get("https://greeter.example/hello")) {
        assertThat(response.body().string()).isEqualTo("secret");
        assertThat(response.handshake()).isNotNull();
      }

      RecordedRequest request = take();
      assertThat(request.getHandshakeServerNames()).containsExactly("greeter.example");
      assertThat(request.getUrl().host()).isEqualTo("greeter.example");
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void upstreamThatIsNotWhoTheUrlSaysIsAConnectFailure() throws Exception {
    server.useHttps(certificates("someone-else").sslSocketFactory());
    try (Fixture mesh = tls(new Fixture.Service());
        Response response = mesh.get(HTTPS)) {
      assertThat(response.code()).isEqualTo(503);
      assertThat(response.header("x-mesh-response-flags")).isEqualTo("UF");
      assertThat(response.body().string()).contains("greeter-service not verified");
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void aTimeoutInTheTlsHandshakeSaysSo() throws Exception {
    try (Upstream mute = Upstream.start("mute").then(silence());
        Fixture mesh = tls(new Fixture.Service().timeout(Duration.ofMillis(150)), mute.endpoint());
        Response response = mesh.get(HTTPS)) {
      assertThat(response.code()).isEqualTo(504);
      assertThat(response.header("x-mesh-response-flags")).isEqualTo("UT");
      assertThat(response.body().string())
          .contains("in the TLS handshake: connected, but the endpoint does not answer in TLS");
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void anAnswerInClearTextToATlsHandshakeIsNamed() throws Exception {
    try (ServerSocket clear = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Fixture mesh = tls(new Fixture.Service(), Endpoint.of("127.0.0.1", clear.getLocalPort()))) {
      Thread answering = new Thread(() -> answerInClearText(clear));
      answering.start();
      try (Response response = mesh.get(HTTPS)) {
        assertThat(response.code()).isEqualTo(503);
        assertThat(response.header("x-mesh-response-flags")).isEqualTo("UF");
        assertThat(response.body().string())
            .contains("TLS handshake: ")
            .contains("the endpoint does not answer in TLS (expected: a port that speaks it, or");
      }
      answering.join();
    }
  }

  private static void answerInClearText(ServerSocket server) {
    try (Socket socket = server.accept()) {
      socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
      while (socket.getInputStream().read() >= 0) {
        // Until the client has had enough.
      }
    } catch (IOException e) {
      // The client has hung up, which is what it should do.
    }
  }

  @Test
  void connectTimeoutSpansTheTlsHandshake() throws Exception {
    try (Upstream mute = Upstream.start("mute").then(silence());
        Fixture mesh =
            tls(
                new Fixture.Service().connectTimeout(Duration.ofMillis(150)).timeout(LONG),
                mute.endpoint());
        Response response = mesh.get(HTTPS)) {
      assertThat(response.code()).isEqualTo(503);
      assertThat(response.body().string())
          .contains(
              "TLS handshake timeout after 150 ms: connected, but the endpoint does not answer")
          .contains("(expected: a port that speaks it, or an http URL)");
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void tlsConnectionThatTheUpstreamClosedIsNotUsedAgain() throws Exception {
    ServerSocketFactory sockets =
        certificates("greeter-service").sslContext().getServerSocketFactory();
    try (Upstream a = Upstream.start("a", sockets).then(hangUpAfter(answer(200, "one")));
        Fixture mesh = tls(new Fixture.Service(), a.endpoint())) {
      mesh.get(HTTPS).close();
      a.awaitNoOpenConnection();
      for (int i = 0; i < 2; i++) {
        try (Response response = mesh.get(HTTPS)) {
          assertThat(response.body().string()).isEqualTo("a");
        }
      }

      assertThat(a.received()).extracting(Upstream.Received::connection).containsExactly(0, 1, 1);
      mesh.assertNothingLeaked(3);
    }
  }

  @Test
  void http2SharesAConnection() throws Exception {
    server.useHttps(certificates("greeter-service").sslSocketFactory());
    server.enqueue(new MockResponse.Builder().body("one").build());
    server.enqueue(new MockResponse.Builder().body("two").build());
    try (Fixture mesh = tls(new Fixture.Service())) {
      for (String expected : List.of("one", "two")) {
        try (Response response = mesh.get(HTTPS)) {
          assertThat(response.protocol()).isEqualTo(Protocol.HTTP_2);
          assertThat(response.body().string()).isEqualTo(expected);
        }
      }

      assertThat(take().getConnectionIndex()).isZero();
      assertThat(take().getConnectionIndex()).isZero();
      mesh.assertNothingLeaked(2);
    }
  }

  @Test
  void cleartextHttp2IsThatOfTheTransport() throws Exception {
    server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
    server.enqueue(new MockResponse.Builder().body("one").build());
    try (Fixture mesh = cleartextHttp2(new Fixture.Service());
        Response response = mesh.get()) {
      assertThat(response.protocol()).isEqualTo(Protocol.H2_PRIOR_KNOWLEDGE);
      assertThat(response.body().string()).isEqualTo("one");
    }
  }

  @Test
  void refusedStreamIsToldFromAResetOne() throws Exception {
    server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
    server.enqueue(reset(REFUSED_STREAM));
    server.enqueue(reset(CANCEL));
    try (Fixture mesh = cleartextHttp2(new Fixture.Service().retry(2, RetryOn.REFUSED_STREAM));
        Response response = mesh.get()) {
      assertThat(response.code()).isEqualTo(503);
      assertThat(response.header("x-mesh-response-flags")).isEqualTo("UR");
      assertThat(response.body().string()).contains("remote reset");
      assertThat(mesh.ended(1).attempts())
          .extracting(AttemptRecord::result)
          .containsExactly("refused_stream", "remote_reset");
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void timeoutResetsTheStreamAndNotTheConnection() throws Exception {
    server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
    server.enqueue(new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build());
    server.enqueue(new MockResponse.Builder().body("two").build());
    try (Fixture mesh =
            cleartextHttp2(
                new Fixture.Service()
                    .timeout(LONG)
                    .perTry(Duration.ofMillis(200))
                    .retry(1, RetryOn.RESET));
        Response response = mesh.get()) {
      assertThat(response.body().string()).isEqualTo("two");
      assertThat(take().getConnectionIndex()).isZero();
      assertThat(take().getConnectionIndex()).isZero();
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void canceledCallResetsItsStreamAndKeepsTheConnection() throws Exception {
    server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
    server.enqueue(new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build());
    server.enqueue(new MockResponse.Builder().body("two").build());
    try (Fixture mesh = cleartextHttp2(new Fixture.Service())) {
      Call call = mesh.client.newCall(new Request.Builder().url(Fixture.URL).build());
      CompletableFuture<Response> answer = CancellationTest.enqueue(call);
      assertThat(take().getConnectionIndex()).isZero();
      call.cancel();

      CancellationTest.assertCanceled(answer);
      try (Response response = mesh.get()) {
        assertThat(response.body().string()).isEqualTo("two");
      }
      assertThat(take().getConnectionIndex()).isZero();
      assertThat(mesh.ended(2).flags()).isEmpty();
      mesh.assertNothingLeaked(2);
    }
  }

  private RecordedRequest take() throws InterruptedException {
    RecordedRequest request = server.takeRequest(20, TimeUnit.SECONDS);
    if (request == null) {
      throw new AssertionError("no request");
    }
    return request;
  }

  private Endpoint endpoint() {
    return Endpoint.of("127.0.0.1", server.getPort());
  }

  private Fixture tls(Fixture.Service service) {
    return tls(service, endpoint());
  }

  private static Fixture tls(Fixture.Service service, Endpoint endpoint) {
    HandshakeCertificates trust =
        new HandshakeCertificates.Builder().addTrustedCertificate(ROOT.certificate()).build();
    return service
        .endpoints(endpoint)
        .client(client -> client.sslSocketFactory(trust.sslSocketFactory(), trust.trustManager()))
        .start();
  }

  private Fixture cleartextHttp2(Fixture.Service service) {
    return service
        .endpoints(endpoint())
        .transport(
            new OkHttpClient.Builder().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build())
        .start();
  }

  private static MockResponse reset(int code) {
    return new MockResponse.Builder().onRequestStart(new SocketEffect.CloseStream(code)).build();
  }

  private static HandshakeCertificates certificates(String name) {
    HeldCertificate server =
        new HeldCertificate.Builder().signedBy(ROOT).addSubjectAlternativeName(name).build();
    return new HandshakeCertificates.Builder().heldCertificate(server).build();
  }
}
