package io.librarymesh.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.config.InboundListener.Mode;
import io.librarymesh.config.RbacCondition;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/2 and WebSockets by way of a listener; the application behind speaks them in plaintext. */
final class OtherProtocolsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;

  private final TestRoot root = new TestRoot();
  private final InboundPeers peers = new InboundPeers();
  private final InboundCounts counts = new InboundCounts();
  private final InboundPolicyView rules =
      InboundPolicyView.of(
          new InboundRules(
              Mode.STRICT,
              TestRules.engine(
                  TestRules.deny(TestRules.path("/admin")),
                  TestRules.allow(RbacCondition.ALWAYS, TestRules.peer("web")))));
  private final Tomcat tomcat = new Tomcat();
  private InboundListener listener;

  @BeforeEach
  void start() throws Exception {
    tomcat.setBaseDir(folder.toString());
    Connector connector = new Connector("org.apache.coyote.http11.Http11NioProtocol");
    connector.setPort(0);
    connector.setProperty("address", InetAddress.getLoopbackAddress().getHostAddress());
    connector.addUpgradeProtocol(new Http2Protocol());
    tomcat.setConnector(connector);
    Context context =
        tomcat.addContext("", Files.createDirectories(folder.resolve("documents")).toString());
    Tomcat.addServlet(context, "all", new Application());
    context.addServletMappingDecoded("/", "all");
    FilterDef filter = new FilterDef();
    filter.setFilterName("mesh");
    filter.setFilter(MeshServletFilter.behind(peers, rules, counts));
    context.addFilterDef(filter);
    FilterMap map = new FilterMap();
    map.setFilterName("mesh");
    map.addURLPattern("/*");
    context.addFilterMap(map);
    tomcat.start();
    listener =
        InboundListener.builder(
                rules,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), connector.getLocalPort()))
            .tls(ServerTls.of(new TestRoot.Source(root.identity("greeter")), "h2", "http/1.1"))
            .peers(peers)
            .counts(counts)
            .start(Greeter.loopback());
  }

  @AfterEach
  void stop() throws Exception {
    listener.closeNow();
    tomcat.stop();
    tomcat.destroy();
  }

  private HttpClient client(String account) {
    return HttpClient.newBuilder()
        .sslContext(TestClient.context(root.identity(account)))
        .connectTimeout(PATIENCE)
        .build();
  }

  private URI at(String scheme, String path) {
    return URI.create(scheme + "://127.0.0.1:" + listener.port() + path);
  }

  private HttpResponse<String> get(HttpClient client, String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(at("https", path)).timeout(PATIENCE).build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void eachRequestOfHttp2IsJudged() throws Exception {
    HttpClient web = client("web");
    HttpResponse<String> first = get(web, "/a");

    assertThat(first.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(first.body()).isEqualTo("HTTP/2.0 /a caller=" + TestRoot.id("web"));
    assertThat(get(web, "/admin").statusCode()).isEqualTo(403);
    assertThat(get(web, "/x/../admin").statusCode()).isEqualTo(403);
    assertThat(get(web, "/b").statusCode()).isEqualTo(200);
    // All of them were of one connection.
    assertThat(counts.mutualTlsConnections()).isEqualTo(1);
    assertThat(counts.allowedRequests()).isEqualTo(2);
    assertThat(counts.refused(InboundRefusal.DENIED)).isEqualTo(2);
    assertThat(get(client("other"), "/a").statusCode()).isEqualTo(403);
  }

  @Test
  void http2WithoutTlsIsNotTaken() throws Exception {
    try (TestClient client = TestClient.plain(listener.port())) {
      client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
      assertThat(client.isClosedWithoutAWord()).isTrue();
    }
    assertThat(counts.refused(InboundRefusal.PLAINTEXT)).isEqualTo(1);
  }

  private WebSocket open(String account, String path, Heard heard) throws Exception {
    return client(account)
        .newWebSocketBuilder()
        .connectTimeout(PATIENCE)
        .buildAsync(at("wss", path), heard)
        .get(20, TimeUnit.SECONDS);
  }

  @Test
  void aWebSocketSpeaksBothWaysUntilItIsClosed() throws Exception {
    Heard heard = new Heard();
    WebSocket socket = open("web", "/chat", heard);
    for (int i = 0; i < 3; i++) {
      socket.sendText("message " + i, true).get(20, TimeUnit.SECONDS);
      String expected = "web: message " + i;
      Greeter.await("an echo", () -> heard.texts().contains(expected));
    }
    assertThat(heard.texts()).hasSize(3);
    assertThat(counts.allowedRequests()).isEqualTo(1);
    assertThat(listener.openConnections()).isEqualTo(1);

    socket.abort();
    Greeter.await("the end", () -> listener.openConnections() == 0);
  }

  @Test
  void aWebSocketIsJudgedBeforeItIsOne() {
    for (String[] refused : List.of(new String[] {"web", "/admin"}, new String[] {"other", "/c"})) {
      assertThatThrownBy(() -> open(refused[0], refused[1], new Heard()))
          .hasCauseInstanceOf(WebSocketHandshakeException.class)
          .satisfies(
              e ->
                  assertThat(
                          ((WebSocketHandshakeException) Objects.requireNonNull(e.getCause()))
                              .getResponse()
                              .statusCode())
                      .isEqualTo(403));
    }
    assertThat(counts.allowedRequests()).isZero();
  }

  private static final class Heard implements WebSocket.Listener {
    private final List<String> texts = new ArrayList<>();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      synchronized (texts) {
        texts.add(data.toString());
      }
      socket.request(1);
      return CompletableFuture.completedFuture(null);
    }

    List<String> texts() {
      synchronized (texts) {
        return List.copyOf(texts);
      }
    }
  }

  private static final class Application extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException {
      String caller =
          InboundCall.ofServlet(request).orElseThrow().caller().orElseThrow().toString();
      if ("websocket".equalsIgnoreCase(request.getHeader("upgrade"))) {
        response.setStatus(101);
        response.setHeader("Upgrade", "websocket");
        response.setHeader("Connection", "Upgrade");
        response.setHeader(
            "Sec-WebSocket-Accept", accepted(request.getHeader("sec-websocket-key")));
        request.upgrade(Chat.class).caller = caller.substring(caller.lastIndexOf('/') + 1);
      } else {
        response
            .getWriter()
            .write(request.getProtocol() + " " + request.getRequestURI() + " caller=" + caller);
      }
    }

    private static String accepted(String key) {
      try {
        byte[] text =
            (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII);
        return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
      } catch (java.security.NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Says back each short text (RFC 6455 section 5.2), and who said it. */
  @SuppressWarnings("NullAway.Init") // The container calls init first.
  public static final class Chat implements HttpUpgradeHandler, ReadListener {
    private static final int MASKED_HEAD = 6;

    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
    private volatile String caller = "";
    private WebConnection connection;
    private ServletInputStream in;
    private ServletOutputStream out;

    @Override
    public void init(WebConnection upgraded) {
      connection = upgraded;
      try {
        in = connection.getInputStream();
        out = connection.getOutputStream();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      in.setReadListener(this);
    }

    @Override
    public void onDataAvailable() throws IOException {
      byte[] buffer = new byte[512];
      while (in.isReady()) {
        int read = in.read(buffer);
        if (read < 0) {
          end();
          return;
        }
        pending.write(buffer, 0, read);
      }
      byte[] frame = pending.toByteArray();
      if (frame.length < MASKED_HEAD || frame.length < MASKED_HEAD + (frame[1] & 0x7f)) {
        return;
      }
      pending.reset();
      byte[] text = new byte[frame[1] & 0x7f];
      for (int i = 0; i < text.length; i++) {
        text[i] = (byte) (frame[MASKED_HEAD + i] ^ frame[2 + i % 4]);
      }
      byte[] answer =
          (caller + ": " + new String(text, StandardCharsets.UTF_8))
              .getBytes(StandardCharsets.UTF_8);
      out.write(0x81);
      out.write(answer.length);
      out.write(answer);
      out.flush();
    }

    @Override
    public void onAllDataRead() {
      end();
    }

    @Override
    public void onError(Throwable failure) {
      end();
    }

    private void end() {
      try {
        connection.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void destroy() {}
  }
}
