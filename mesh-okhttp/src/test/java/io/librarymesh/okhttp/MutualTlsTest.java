package io.librarymesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.Endpoint;
import io.librarymesh.config.HealthStatus;
import io.librarymesh.config.Metadata;
import io.librarymesh.config.MetadataValue;
import io.librarymesh.config.RetryOn;
import io.librarymesh.config.TransportSockets;
import io.librarymesh.config.UpstreamTls;
import io.librarymesh.config.UpstreamTls.Certificate;
import io.librarymesh.config.UpstreamTls.SubjectAltName;
import io.librarymesh.config.UpstreamTls.Trust;
import io.librarymesh.config.UpstreamTls.Version;
import io.librarymesh.identity.Identity;
import io.librarymesh.identity.MutualTls;
import io.librarymesh.identity.PeerPolicy;
import io.librarymesh.identity.SvidVerifier;
import io.librarymesh.identity.TrustDomain;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;
import org.junit.jupiter.api.Test;

/** Calls of {@code http} URLs over mutual TLS, with real certificates and sockets. */
final class MutualTlsTest {
  private static final String SNI = "greeter-service.default.svc.cluster.local";

  private final MeshRoot root = new MeshRoot();
  private final CountDownLatch slow = new CountDownLatch(1);
  private final MeshRoot.Source web = new MeshRoot.Source(root.identity("web"));

  private static UpstreamTls mutual(String... accounts) {
    return UpstreamTls.ofMesh(
        SNI, List.of(accounts).stream().map(MeshRoot::id).map(SubjectAltName::uri).toList());
  }

  /** What a server refuses is told within the handshake up to TLS 1.2 only. */
  private static UpstreamTls toldAtOnce(UpstreamTls tls) {
    return new UpstreamTls(
        tls.sni(),
        false,
        tls.alpn(),
        tls.certificate(),
        tls.trust(),
        tls.names(),
        Version.TLS_1_2,
        Version.TLS_1_2);
  }

  private MockWebServer server(Identity identity) throws IOException {
    MockWebServer server = new MockWebServer();
    PeerPolicy everybody = PeerPolicy.ofTrustDomains(Set.of(new TrustDomain("cluster.local")));
    server.useHttps(MutualTls.of(identity, everybody).context().getSocketFactory());
    server.requireClientAuth();
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            if (request.getUrl().encodedPath().equals("/slow")) {
              awaited(slow);
            }
            return new MockResponse.Builder().body("hello").build();
          }
        });
    server.start(InetAddress.getLoopbackAddress(), 0);
    return server;
  }

  private static void awaited(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Endpoint at(MockWebServer server) {
    return Endpoint.of("127.0.0.1", server.getPort());
  }

  private Fixture.Service calling(MockWebServer server, UpstreamTls tls) {
    return new Fixture.Service()
        .endpoints(at(server))
        .sockets(TransportSockets.of(tls))
        .identity(web);
  }

  @Test
  void bothSidesProveWhoTheyAre() throws Exception {
    try (MockWebServer greeter = server(root.identity("greeter"));
        Fixture mesh = calling(greeter, mutual("greeter")).start()) {
      for (int i = 0; i < 2; i++) {
        try (Response response = mesh.get()) {
          assertThat(response.body().string()).isEqualTo("hello");
          assertThat(response.request().url()).hasToString(Fixture.URL);
        }
      }

      RecordedRequest request = greeter.takeRequest();
      X509Certificate client = (X509Certificate) request.getHandshake().peerCertificates().get(0);
      assertThat(SvidVerifier.named(client)).hasToString(MeshRoot.id("web"));
      assertThat(request.getHandshakeServerNames()).containsExactly(SNI);
      assertThat(request.getHeaders().get("Host")).isEqualTo(Fixture.AUTHORITY);
      assertThat(greeter.takeRequest().getConnectionIndex()).isEqualTo(0);
      mesh.assertNothingLeaked(2);
    }
  }

  @Test
  void somebodyElseIsRefusedByName() throws Exception {
    assertRefused(
        root.identity("other"),
        mutual("greeter", "greeter-2"),
        "the peer is " + MeshRoot.id("other") + " (expected: " + MeshRoot.id("greeter"));
  }

  @Test
  void aForeignRootIsRefused() throws Exception {
    MeshRoot foreign = new MeshRoot();
    assertRefused(
        foreign.identity("greeter", Duration.ofHours(1), root),
        mutual("greeter"),
        MeshRoot.id("greeter"));
  }

  @Test
  void anExpiredServerIsRefused() throws Exception {
    assertRefused(root.identity("greeter", Duration.ofMinutes(-1)), mutual("greeter"), "expired");
  }

  @Test
  void nobodyIsAcceptedWhereNobodyIsKnown() throws Exception {
    assertRefused(root.identity("greeter"), mutual(), "no identity is known of this destination");
  }

  @Test
  void anExpiredClientIsRefused() throws Exception {
    web.rotateTo(root.identity("web", Duration.ofMinutes(-1)));
    assertRefused(root.identity("greeter"), toldAtOnce(mutual("greeter")), "TLS handshake: ");
  }

  @Test
  void aForeignClientIsRefused() throws Exception {
    web.rotateTo(new MeshRoot().identity("web", Duration.ofHours(1), root));
    assertRefused(root.identity("greeter"), toldAtOnce(mutual("greeter")), "TLS handshake: ");
  }

  @Test
  void aClientWithoutACertificateIsRefused() throws Exception {
    UpstreamTls silent =
        new UpstreamTls(
            SNI,
            false,
            List.of(),
            new Certificate.None(),
            new Trust.OfMesh(),
            mutual("greeter").names(),
            Version.TLS_1_2,
            Version.TLS_1_2);
    assertRefused(root.identity("greeter"), silent, "TLS handshake: ");
  }

  private void assertRefused(Identity server, UpstreamTls tls, String message) throws Exception {
    try (MockWebServer greeter = server(server);
        Fixture mesh = calling(greeter, tls).start();
        Response response = mesh.get()) {
      assertThat(response.code()).isEqualTo(503);
      assertThat(response.header("x-mesh-response-flags")).isEqualTo("UF");
      assertThat(response.body().string()).contains(message);
      assertThat(greeter.getRequestCount()).isZero();
    }
  }

  @Test
  void nothingIsSentWithoutAnIdentity() throws Exception {
    try (MockWebServer greeter = server(root.identity("greeter"));
        Fixture mesh = calling(greeter, mutual("greeter")).identity(new MeshRoot.Source()).start();
        Fixture none =
            new Fixture.Service()
                .endpoints(at(greeter))
                .sockets(TransportSockets.of(mutual("greeter")))
                .start()) {
      try (Response response = mesh.get()) {
        assertThat(response.header("x-mesh-response-flags")).isEqualTo("UF");
        assertThat(response.body().string()).contains("no identity yet: nobody signs");
      }
      try (Response response = none.get()) {
        assertThat(response.header("x-mesh-response-flags")).isEqualTo("UF");
        assertThat(response.body().string()).contains("expected: Mesh.builder(...).identity(...)");
      }
      assertThat(greeter.getRequestCount()).isZero();
    }
  }

  @Test
  void aServerInPlainTextGetsNoRequest() throws Exception {
    try (Upstream plain = Upstream.start("plain");
        Fixture mesh =
            new Fixture.Service()
                .upstreams(plain)
                .sockets(TransportSockets.of(mutual("greeter")))
                .identity(web)
                .start();
        Response response = mesh.get()) {
      assertThat(response.header("x-mesh-response-flags")).isEqualTo("UF");
      assertThat(plain.received()).isEmpty();
    }
  }

  @Test
  void aHandshakeIsBoundedLikeAConnection() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Fixture mesh =
            new Fixture.Service()
                .endpoints(Endpoint.of("127.0.0.1", silent.getLocalPort()))
                .sockets(TransportSockets.of(mutual("greeter")))
                .identity(web)
                .connectTimeout(Duration.ofMillis(200))
                .start();
        Response response = mesh.get()) {
      assertThat(response.header("x-mesh-response-flags")).isEqualTo("UF");
      assertThat(response.body().string()).contains("timeout after 200 ms");
    }
  }

  @Test
  void aRefusedEndpointIsRetriedElsewhere() throws Exception {
    try (MockWebServer other = server(root.identity("other"));
        MockWebServer greeter = server(root.identity("greeter"));
        Fixture mesh =
            calling(greeter, mutual("greeter"))
                .endpoints(at(other), at(greeter))
                .retry(1, RetryOn.CONNECT_FAILURE)
                .start();
        Response response = mesh.get()) {
      assertThat(response.body().string()).isEqualTo("hello");
      assertThat(MeshResponse.of(response).orElseThrow().attempts()).isEqualTo(2);
    }
  }

  @Test
  void onlyEndpointsThatSayTheySpeakItAreSpokenToInTls() throws Exception {
    Metadata istio = Metadata.of(Map.of("tlsMode", new MetadataValue.Text("istio")));
    TransportSockets automatic =
        new TransportSockets(
            List.of(
                new TransportSockets.Match("tlsMode-istio", istio, Optional.of(mutual("greeter")))),
            Optional.empty());
    try (Upstream plain = Upstream.start("plain");
        MockWebServer greeter = server(root.identity("greeter"));
        Fixture mesh =
            new Fixture.Service()
                .endpoints(
                    plain.endpoint(),
                    new Endpoint(
                        "127.0.0.1",
                        greeter.getPort(),
                        1,
                        HealthStatus.HEALTHY,
                        "",
                        Map.of(),
                        Metadata.EMPTY,
                        istio))
                .sockets(automatic)
                .identity(web)
                .start()) {
      List<String> answers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        try (Response response = mesh.get()) {
          answers.add(response.body().string());
        }
      }
      assertThat(answers).containsExactly("plain", "hello", "plain", "hello");
    }
  }

  @Test
  void http2GoesOverItWhereTheCallerKnowsTheServer() throws Exception {
    OkHttpClient http2 =
        new OkHttpClient.Builder().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build();
    try (MockWebServer greeter = server(root.identity("greeter"));
        Fixture mesh = calling(greeter, mutual("greeter")).transport(http2).start();
        Response response = mesh.get()) {
      assertThat(response.body().string()).isEqualTo("hello");
      assertThat(greeter.takeRequest().getVersion()).isEqualTo("HTTP/2");
    }
  }

  @Test
  void peersHearTheNamesOfIstio() throws Exception {
    String sni = "outbound_.80_._.greeter-service.default.svc.cluster.local";
    UpstreamTls tls = UpstreamTls.ofMesh(sni, mutual("greeter").names());
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Fixture mesh =
            new Fixture.Service()
                .endpoints(Endpoint.of("127.0.0.1", listening.getLocalPort()))
                .sockets(TransportSockets.of(tls))
                .identity(web)
                .start()) {
      CompletableFuture<String> hello = CompletableFuture.supplyAsync(() -> firstBytes(listening));
      mesh.get().close();
      assertThat(hello.get(20, TimeUnit.SECONDS))
          .contains(sni)
          .contains("\u000eistio-http/1.1\u0005istio\u0008http/1.1")
          .doesNotContain("istio-peer-exchange")
          .doesNotContain("GET ");
    }
  }

  private static String firstBytes(ServerSocket listening) {
    try (Socket socket = listening.accept()) {
      byte[] bytes = new byte[4096];
      int read = socket.getInputStream().read(bytes);
      return new String(bytes, 0, read, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void noCallFailsWhileIdentitiesAreReplaced() throws Exception {
    int callers = 4;
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger answered = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(callers);
    try (MockWebServer greeter = server(root.identity("greeter"));
        Fixture mesh = calling(greeter, mutual("greeter")).start()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        running.add(
            threads.submit(
                () -> {
                  while (!done.get()) {
                    try (Response response = mesh.get()) {
                      assertThat(response.code()).isEqualTo(200);
                      answered.incrementAndGet();
                    }
                  }
                  return null;
                }));
      }
      for (int i = 0; i < 100; i++) {
        int before = answered.get();
        web.rotateTo(root.identity("web"));
        Fixture.await("an answer", () -> answered.get() > before + callers || anyDone(running));
      }
      done.set(true);
      for (Future<?> caller : running) {
        caller.get(20, TimeUnit.SECONDS);
      }
      Set<X509Certificate> seen = new HashSet<>();
      for (int i = 0; i < answered.get(); i++) {
        seen.add((X509Certificate) greeter.takeRequest().getHandshake().peerCertificates().get(0));
      }
      assertThat(seen).hasSizeGreaterThan(90);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aConnectionOfAnOldIdentityIsClosedWhenWhatGoesOverItHasEnded() throws Exception {
    CountedSockets sockets = new CountedSockets();
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (MockWebServer greeter = server(root.identity("greeter"));
        Fixture mesh =
            calling(greeter, mutual("greeter"))
                .client(builder -> builder.socketFactory(sockets))
                .start()) {
      Future<Integer> old =
          threads.submit(
              () -> {
                try (Response response = mesh.get("http://" + Fixture.AUTHORITY + "/slow")) {
                  response.body().string();
                  return response.code();
                }
              });
      assertThat(greeter.takeRequest(20, TimeUnit.SECONDS)).isNotNull();
      web.rotateTo(root.identity("web"));
      mesh.get().close();
      assertThat(sockets.open()).isEqualTo(2);
      slow.countDown();

      assertThat(old.get(20, TimeUnit.SECONDS)).isEqualTo(200);
      Fixture.await("the end of the old one", () -> sockets.open() == 1);
      mesh.get().close();
      assertThat(sockets.made()).isEqualTo(2);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Sockets of which it is known how many are open. */
  private static final class CountedSockets extends SocketFactory {
    private final List<Socket> made = new CopyOnWriteArrayList<>();

    int made() {
      return made.size();
    }

    int open() {
      return (int) made.stream().filter(socket -> !socket.isClosed()).count();
    }

    @Override
    public Socket createSocket() {
      Socket socket = new Socket();
      made.add(socket);
      return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }
  }

  private static boolean anyDone(List<Future<?>> running) {
    return running.stream().anyMatch(Future::isDone);
  }
}
