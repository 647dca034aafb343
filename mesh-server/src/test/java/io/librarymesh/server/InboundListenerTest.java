package io.librarymesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.InboundListener.Mode;
import io.librarymesh.identity.Identity;
import io.librarymesh.identity.SpiffeId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.conscrypt.Conscrypt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A port of the mesh before a JDK server, with real certificates and sockets. */
final class InboundListenerTest {
  private static final String WEB = "caller=" + TestRoot.id("web");

  private final TestRoot root = new TestRoot();
  private final TestRoot.Source greeter = new TestRoot.Source(root.identity("greeter"));
  private final Identity web = root.identity("web");

  private Greeter start(Mode mode) throws Exception {
    return new Greeter(greeter, TestRules.open(mode), Greeter.LIMITS);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void plaintextIsTakenUnlessTheModeIsStrict(Mode mode) throws Exception {
    try (Greeter server = start(mode);
        TestClient client = TestClient.plain(server.port())) {
      if (mode == Mode.STRICT) {
        client.send("G");
        assertThat(client.isClosedWithoutAWord()).isTrue();
        assertThat(server.refused(InboundRefusal.PLAINTEXT)).isEqualTo(1);
      } else {
        assertThat(client.get("/a"))
            .startsWith("HTTP/1.1 200")
            .contains("path=/a caller=absent tls=false")
            .contains("from=" + client.socket().getLocalPort() + " ");
        assertThat(server.listener().counts().plaintextConnections()).isEqualTo(1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void whoCallsOverMutualTlsIsKnown(Mode mode) throws Exception {
    try (Greeter server = start(mode);
        TestClient client = TestClient.mutual(server.port(), web)) {
      if (mode == Mode.DISABLE) {
        // The bytes go to the application as they are, and it does not understand them.
        assertThat(client.isClosedWithoutAWord()).isTrue();
        assertThat(server.listener().counts().mutualTlsConnections()).isZero();
      } else {
        assertThat(client.get("/a")).startsWith("HTTP/1.1 200").contains(WEB + " tls=true");
        assertThat(server.listener().counts().mutualTlsConnections()).isEqualTo(1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = Mode.class, names = "DISABLE", mode = EnumSource.Mode.EXCLUDE)
  void whoHasNoGoodCertificateIsClosedAndNeverTakenForPlaintext(Mode mode) throws Exception {
    TestRoot foreign = new TestRoot();
    Duration hour = Duration.ofHours(1);
    List<SSLContext> bad =
        List.of(
            TestClient.withoutCertificate(web),
            TestClient.context(foreign.identity("web", hour, root)),
            TestClient.context(root.identity("web", Duration.ofMinutes(-1))),
            TestClient.context(
                root.identity(SpiffeId.parse("spiffe://other.org/ns/a/sa/web"), hour, root)));
    try (Greeter server = start(mode)) {
      for (SSLContext context : bad) {
        for (String version : List.of("TLSv1.2", "TLSv1.3")) {
          SSLSocket socket = TestClient.tls(server.port(), context, "");
          socket.setEnabledProtocols(new String[] {version});
          try (TestClient client = new TestClient(socket)) {
            assertThat(answerOf(client)).doesNotContain("HTTP/1.1");
          }
        }
      }
      Greeter.await("counts", () -> server.refused(InboundRefusal.TLS) == 8);
      assertThat(server.listener().counts().mutualTlsConnections()).isZero();
      assertThat(server.listener().counts().plaintextConnections()).isZero();
    }
  }

  private static String answerOf(TestClient client) {
    try {
      return client.get("/a");
    } catch (java.io.IOException e) {
      return "closed";
    }
  }

  @Test
  void oldVersionsOfTlsAndForeignProtocols() throws Exception {
    try (Greeter server = start(Mode.STRICT)) {
      SSLSocket istio = TestClient.tls(server.port(), web, "", "istio-peer-exchange", "istio");
      try (TestClient client = new TestClient(istio)) {
        assertThat(client.get("/a")).contains(WEB);
        assertThat(istio.getApplicationProtocol()).isEmpty();
      }
      SSLSocket sidecar =
          TestClient.tls(server.port(), web, "", "istio-http/1.1", "istio", "http/1.1");
      try (TestClient client = new TestClient(sidecar)) {
        assertThat(client.get("/a")).contains(WEB);
        assertThat(sidecar.getApplicationProtocol()).isEqualTo("http/1.1");
      }
    }
  }

  @Test
  void serverNamesOfSidecarsAreTaken() throws Exception {
    assertThat(Conscrypt.isAvailable()).isTrue();
    String name = "outbound_.80_._.greeter.default.svc.cluster.local";
    try (Greeter server = start(Mode.STRICT);
        TestClient client = new TestClient(TestClient.tls(server.port(), web, name))) {
      assertThat(client.get("/a")).contains(WEB).contains("sni=" + name + " ");
    }
  }

  @Test
  void withTheJdksTlsOtherNamesAreTaken() throws Exception {
    ServerTls jdk = ServerTls.of(greeter, SSLContext.getDefault().getProvider(), "http/1.1");
    try (Greeter server = new Greeter(jdk, TestRules.open(Mode.STRICT), Greeter.LIMITS)) {
      try (TestClient client =
          new TestClient(TestClient.tls(server.port(), web, "greeter.default.svc"))) {
        assertThat(client.get("/a")).contains(WEB).contains("sni=greeter.default.svc ");
      }
      try (TestClient client =
          new TestClient(TestClient.tls(server.port(), web, "outbound_.80_._.greeter"))) {
        assertThat(answerOf(client)).isEqualTo("closed");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = Mode.class, names = "DISABLE", mode = EnumSource.Mode.EXCLUDE)
  void requestsFollowEachOtherOnAConnection(Mode mode) throws Exception {
    try (Greeter server = start(mode);
        TestClient client = TestClient.mutual(server.port(), web)) {
      String chunked =
          String.join(
              "\r\n",
              "POST /echo HTTP/1.1",
              "Host: g",
              "Transfer-Encoding: chunked",
              "",
              "5",
              "hello",
              "6",
              " world",
              "0",
              "",
              "");
      client.send(chunked);
      assertThat(client.until("hello world")).startsWith("HTTP/1.1 200");
      client.send("GET /1 HTTP/1.1\r\nHost: g\r\n\r\nGET /2 HTTP/1.1\r\nHost: g\r\n\r\n");
      assertThat(client.until("path=/1 ")).startsWith("HTTP/1.1 200");
      client.until("path=/2 ");
      client.until("claims=");
      assertThat(client.get("/3")).contains("path=/3");
    }
  }

  @Test
  void largeBodiesGoBothWays() throws Exception {
    byte[] body = new byte[10 << 20];
    Arrays.fill(body, (byte) 'x');
    try (Greeter server = start(Mode.STRICT);
        TestClient client = TestClient.mutual(server.port(), web)) {
      client.send("POST /echo HTTP/1.1\r\nHost: g\r\nContent-Length: " + body.length + "\r\n\r\n");
      CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> client.write(body));
      client.until("\r\n\r\n");
      assertThat(client.socket().getInputStream().readNBytes(body.length)).isEqualTo(body);
      sent.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void eventsComeAsTheyAreSent() throws Exception {
    try (Greeter server = start(Mode.STRICT);
        TestClient client = TestClient.mutual(server.port(), web)) {
      client.send("GET /events HTTP/1.1\r\nHost: g\r\n\r\n");
      assertThat(client.until("data: 0\n\n")).contains("text/event-stream");
      client.until("data: 2\n\n");
    }
  }

  @Test
  void otherProtocolsAndHalfOpenConnectionsArePassedOn() throws Exception {
    try (ServerSocket application = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        InboundListener listener = opaque(application, TestRules.open(Mode.STRICT));
        TestClient client = TestClient.mutual(listener.port(), web)) {
      client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
      try (Socket accepted = application.accept()) {
        assertThat(new String(accepted.getInputStream().readNBytes(24), StandardCharsets.US_ASCII))
            .startsWith("PRI * HTTP/2.0");
        client.socket().shutdownOutput();
        assertThat(accepted.getInputStream().read()).isEqualTo(-1);
        accepted.getOutputStream().write("still here".getBytes(StandardCharsets.US_ASCII));
        accepted.shutdownOutput();
        assertThat(client.socket().getInputStream().readAllBytes())
            .asString(StandardCharsets.US_ASCII)
            .isEqualTo("still here");
      }
      Greeter.await("an end", () -> listener.openConnections() == 0);
    }
  }

  private InboundListener opaque(ServerSocket application, InboundRules rules) throws Exception {
    return InboundListener.builder(
            InboundPolicyView.of(rules), (InetSocketAddress) application.getLocalSocketAddress())
        .tls(ServerTls.of(greeter, SSLContext.getDefault().getProvider()))
        .opaque()
        .start(Greeter.loopback());
  }

  @Test
  void connectionsAreJudgedWhereRequestsAreNotKnown() throws Exception {
    InboundRules rules =
        new InboundRules(
            Mode.STRICT,
            TestRules.engine(
                TestRules.allow(
                    io.librarymesh.config.RbacCondition.ALWAYS, TestRules.peer("web"))));
    try (ServerSocket application = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        InboundListener listener = opaque(application, rules);
        TestClient client = TestClient.mutual(listener.port(), web);
        TestClient other = TestClient.mutual(listener.port(), root.identity("other"))) {
      other.send("x");
      assertThat(other.isClosedWithoutAWord()).isTrue();
      assertThat(listener.counts().refused(InboundRefusal.NOT_ADMITTED)).isEqualTo(1);
      client.send("x");
      try (Socket accepted = application.accept()) {
        assertThat(accepted.getInputStream().read()).isEqualTo('x');
      }
    }
  }

  @Test
  void aConversationHoldsNothingOfTheRequest() throws Exception {
    try (Greeter server = start(Mode.STRICT);
        Tee tee = new Tee(server.port());
        TestClient client = TestClient.mutual(tee.port(), web)) {
      assertThat(client.get("/secret-path", "x-secret: secret-header")).contains("/secret-path");
      assertThat(tee.seen()).hasSizeGreaterThan(1000);
      assertThat(new String(tee.seen(), StandardCharsets.ISO_8859_1))
          .doesNotContain("secret")
          .doesNotContain("HTTP/1.1 ")
          .doesNotContain("GET ");
    }
  }

  @Test
  void headersThatSayWhoCallsSayNothing() throws Exception {
    try (Greeter server = start(Mode.PERMISSIVE);
        TestClient client = TestClient.plain(server.port())) {
      assertThat(
              client.get(
                  "/a",
                  "x-forwarded-client-cert: By=x;URI=" + TestRoot.id("admin"),
                  "forwarded: for=10.0.0.1;proto=https",
                  "x-forwarded-for: 10.0.0.1"))
          .contains("caller=absent tls=false")
          .contains("from=" + client.socket().getLocalPort() + " ");
    }
  }

  @Test
  void aRequestAroundTheListenerIsRefused() throws Exception {
    try (Greeter server = start(Mode.STRICT);
        TestClient client = TestClient.plain(server.ownPort())) {
      assertThat(client.get("/a")).startsWith("HTTP/1.1 403").endsWith("RBAC: access denied");
      assertThat(server.refused(InboundRefusal.AROUND_THE_LISTENER)).isEqualTo(1);
    }
  }

  @Test
  void slowHandshakesAndSilentConnectionsAreClosed() throws Exception {
    ListenerLimits limits = ListenerLimits.DEFAULT.withHandshake(Duration.ofMillis(300));
    try (Greeter server = new Greeter(greeter, TestRules.open(Mode.PERMISSIVE), limits);
        TestClient slow = TestClient.plain(server.port());
        TestClient silent = TestClient.plain(server.port())) {
      slow.send("\u0016\u0003\u0001\u0002\u0000\u0001");
      assertThat(slow.isClosedWithoutAWord()).isTrue();
      assertThat(silent.isClosedWithoutAWord()).isTrue();
      assertThat(server.refused(InboundRefusal.HANDSHAKE_TIMEOUT)).isEqualTo(2);
      assertThat(server.listener().openConnections()).isZero();
    }
  }

  @Test
  void idleConnectionsAndTooManyAreClosed() throws Exception {
    ListenerLimits limits =
        ListenerLimits.DEFAULT.withIdle(Duration.ofMillis(500)).withConnections(1);
    try (Greeter server = new Greeter(greeter, TestRules.open(Mode.PERMISSIVE), limits);
        TestClient idle = TestClient.plain(server.port())) {
      idle.send("GET /a HTTP/1.1\r\nHost: g\r\n\r\n");
      idle.until("path=/a ");
      try (TestClient second = TestClient.plain(server.port())) {
        assertThat(second.isClosedWithoutAWord()).isTrue();
        assertThat(server.refused(InboundRefusal.TOO_MANY_CONNECTIONS)).isEqualTo(1);
      }
      idle.until("claims=");
      Greeter.await("the end of it", () -> server.listener().openConnections() == 0);
    }
  }

  @Test
  void whenAPortBecomesStrictPlaintextEnds() throws Exception {
    try (Greeter server = start(Mode.PERMISSIVE);
        TestClient plain = TestClient.plain(server.port());
        TestClient mutual = TestClient.mutual(server.port(), web)) {
      plain.send("GET /a HTTP/1.1\r\nHost: g\r\n\r\n");
      plain.until("path=/a");
      mutual.send("GET /a HTTP/1.1\r\nHost: g\r\n\r\n");
      mutual.until("path=/a");
      server.rules = TestRules.open(Mode.STRICT);
      plain.socket().getInputStream().readAllBytes();
      try (TestClient another = TestClient.plain(server.port())) {
        another.send("G");
        assertThat(another.isClosedWithoutAWord()).isTrue();
      }
      assertThat(mutual.get("/b")).contains("path=/b");
    }
  }

  @Test
  void aConnectionEndsBetweenRequestsWhenItsCallerIsNoLongerTrusted() throws Exception {
    try (Greeter server = start(Mode.STRICT);
        TestClient client = TestClient.mutual(server.port(), web)) {
      client.send("GET /a HTTP/1.1\r\nHost: g\r\n\r\n");
      client.until("claims=");
      greeter.rotateTo(root.identity("greeter"));
      client.send("GET /b HTTP/1.1\r\nHost: g\r\n\r\n");
      client.until("path=/b");
      greeter.rotateTo(root.identity("greeter", Duration.ofHours(1), new TestRoot()));
      Greeter.await("the end of it", () -> server.listener().openConnections() == 0);
    }
  }

  @Test
  void closingLetsARequestEndAndTakesNoMore() throws Exception {
    try (Greeter server = start(Mode.STRICT);
        TestClient client = TestClient.mutual(server.port(), web)) {
      client.send("POST /echo HTTP/1.1\r\nHost: g\r\nContent-Length: 5\r\n\r\nhe");
      Greeter.await("a connection", () -> server.listener().counts().mutualTlsConnections() == 1);
      server.listener().close();
      client.send("llo");
      assertThat(client.until("hello")).startsWith("HTTP/1.1 200");
      assertThat(client.isClosedWithoutAWord()).isTrue();
      Greeter.await("an end", () -> server.listener().openConnections() == 0);
    }
  }

  @Test
  void noCallFailsWhileTheIdentityIsReplaced() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger answered = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try (Greeter server = start(Mode.STRICT)) {
      SSLContext context = TestClient.context(web);
      List<Future<?>> callers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        callers.add(
            threads.submit(
                () -> {
                  while (!done.get()) {
                    try (TestClient client =
                        new TestClient(TestClient.tls(server.port(), context, ""))) {
                      assertThat(client.get("/a")).startsWith("HTTP/1.1 200");
                      answered.incrementAndGet();
                    }
                  }
                  return null;
                }));
      }
      for (int i = 0; i < 100; i++) {
        int before = answered.get();
        greeter.rotateTo(root.identity("greeter"));
        Greeter.await(
            "an answer",
            () -> answered.get() > before || callers.stream().anyMatch(Future::isDone));
      }
      done.set(true);
      for (Future<?> caller : callers) {
        caller.get(20, TimeUnit.SECONDS);
      }
      assertThat(server.refused(InboundRefusal.TLS)).isZero();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void nobodyGetsInWithoutRulesOrAnIdentity() throws Exception {
    try (Greeter server =
            new Greeter(new TestRoot.Source(), TestRules.open(Mode.PERMISSIVE), Greeter.LIMITS);
        TestClient client = TestClient.mutual(server.port(), web)) {
      assertThat(answerOf(client)).isEqualTo("closed");
      assertThat(server.refused(InboundRefusal.NO_IDENTITY)).isEqualTo(1);
    }
    try (ServerSocket application = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        InboundListener listener =
            InboundListener.builder(
                    java.util.Optional::empty,
                    (InetSocketAddress) application.getLocalSocketAddress())
                .start(Greeter.loopback());
        TestClient client = TestClient.plain(listener.port())) {
      assertThat(client.isClosedWithoutAWord()).isTrue();
      assertThat(listener.counts().refused(InboundRefusal.NO_POLICY)).isEqualTo(1);
    }
  }
}
