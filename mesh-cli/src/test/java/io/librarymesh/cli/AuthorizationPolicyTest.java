package io.librarymesh.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.librarymesh.Mesh;
import io.librarymesh.controlplane.ControlPlane;
import io.librarymesh.controlplane.store.DirectoryStore;
import io.librarymesh.okhttp.MeshInterceptor;
import io.librarymesh.okhttp.MeshRoot;
import io.librarymesh.server.InboundCall;
import io.librarymesh.server.InboundCounts;
import io.librarymesh.server.InboundListener;
import io.librarymesh.server.InboundPeers;
import io.librarymesh.server.InboundPolicyView;
import io.librarymesh.server.MeshHttpFilter;
import io.librarymesh.xds.Node;
import io.librarymesh.xds.Registration;
import io.librarymesh.xds.XdsConfigSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policies, from the YAML to a server of the mesh and its callers on real sockets. */
final class AuthorizationPolicyTest {
  private static final String URL = "http://greeter.default.svc.cluster.local/x";
  private static final String KNOWN = "200 caller=" + MeshRoot.id("web");

  @TempDir Path directory;

  private final MeshRoot root = new MeshRoot();
  private final String name = "peers-" + UUID.randomUUID();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final OkHttpClient plain = new OkHttpClient();

  @BeforeEach
  void declareService() throws IOException {
    Files.writeString(
        directory.resolve("service.yaml"),
        """
        apiVersion: v1
        kind: Service
        metadata: {name: greeter}
        spec:
          selector: {app: greeter}
          ports: [{name: http, port: 80, targetPort: 8080}]
        """);
  }

  private void start() throws IOException {
    ControlPlane controlPlane =
        ControlPlane.builder(DirectoryStore.open(directory)).inProcess(name).build();
    open.add(0, controlPlane);
    controlPlane.start();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    plain.dispatcher().executorService().shutdown();
  }

  private void policy(String kind, String spec) throws IOException {
    Path written = directory.resolve(kind + ".new");
    Files.writeString(
        written,
        """
        apiVersion: security.istio.io/v1
        kind: %s
        metadata: {name: greeter}
        spec: %s
        """
            .formatted(kind, spec));
    Files.move(written, directory.resolve(kind + ".yaml"), StandardCopyOption.ATOMIC_MOVE);
  }

  private XdsConfigSource source(Node node) {
    return XdsConfigSource.builder(node)
        .server("embedded", () -> InProcessChannelBuilder.forName(name).build())
        .build();
  }

  private Mesh mesh(XdsConfigSource source, String account) {
    Mesh mesh = Mesh.builder(source).identity(new MeshRoot.Source(root.identity(account))).build();
    open.add(0, mesh);
    return mesh;
  }

  /** A server of the mesh; returns the port that it registers. */
  private int serve() throws IOException {
    XdsConfigSource source =
        source(
            Node.of("greeter")
                .withServiceAccount("greeter")
                .withLabels(Map.of("app", "greeter", "security.istio.io/tlsMode", "istio")));
    Mesh mesh = mesh(source, "greeter");
    AtomicReference<InboundPolicyView> rules = new AtomicReference<>(Optional::empty);
    InboundPolicyView view = () -> requireNonNull(rules.get()).current();
    InboundPeers peers = new InboundPeers();
    InboundCounts counts = new InboundCounts();
    HttpServer application = HttpServer.create(anyPort(), 0);
    application
        .createContext("/", AuthorizationPolicyTest::answer)
        .getFilters()
        .add(MeshHttpFilter.behind(peers, view, counts));
    application.start();
    open.add(() -> application.stop(0));
    InboundListener listener =
        InboundListener.builder(view, application.getAddress())
            .identity(new MeshRoot.Source(root.identity("greeter")))
            .peers(peers)
            .counts(counts)
            .start(anyPort());
    open.add(listener::closeNow);
    rules.set(InboundPolicyView.of(mesh.inbound(listener.port())));
    Registration.Port port = new Registration.Port(listener.port(), "", Optional.of(8080));
    source.register(new Registration("127.0.0.1", List.of(port), true));
    return listener.port();
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      InboundCall call = InboundCall.of(exchange).orElseThrow();
      String caller = call.caller().map(Object::toString).orElse("absent");
      byte[] answer = ("caller=" + caller).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  private OkHttpClient client() {
    Mesh mesh = mesh(source(Node.of("web").withServiceAccount("web")), "web");
    return plain.newBuilder().addInterceptor(MeshInterceptor.of(mesh)).build();
  }

  private static String get(OkHttpClient client, String url) throws IOException {
    try (Response response = client.newCall(new Request.Builder().url(url).build()).execute()) {
      return response.code() + " " + response.body().string();
    }
  }

  /** What a caller outside of the mesh gets, which knows of no TLS; {@code closed} for nothing. */
  private static String inPlaintext(int port) throws IOException {
    return inPlaintext(port, "");
  }

  private static String inPlaintext(int port, String headers) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              ("GET / HTTP/1.1\r\nHost: greeter\r\nConnection: close\r\n" + headers + "\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return answer.isEmpty() ? "closed" : answer;
    } catch (java.net.SocketException e) {
      return "closed";
    }
  }

  private static void await(String expected, Callable<String> asked) throws Exception {
    String last = "";
    for (int i = 0; i < 400; i++) {
      last = asked.call();
      if (last.contains(expected)) {
        return;
      }
      new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS);
    }
    assertThat(last).contains(expected);
  }

  @Test
  void callersAreToldApartByTheirIdentityAndPoliciesChangeWhileItRuns() throws Exception {
    policy("AuthorizationPolicy", "{rules: [{from: [{source: {principals: ['*/sa/web']}}]}]}");
    start();
    int port = serve();
    OkHttpClient client = client();

    await(KNOWN, () -> get(client, URL));
    assertThat(inPlaintext(port)).startsWith("HTTP/1.1 403").endsWith("RBAC: access denied");

    policy("AuthorizationPolicy", "{action: DENY, rules: [{to: [{operation: {paths: [/x]}}]}]}");
    await("403", () -> get(client, URL));
    await("caller=absent", () -> inPlaintext(port));
  }

  @Test
  void aPortIsTheOneThatServicesKnowAlsoWhereTheProcessListensElsewhere() throws Exception {
    policy(
        "AuthorizationPolicy", "{action: DENY, rules: [{to: [{operation: {ports: ['8080']}}]}]}");
    start();
    int port = serve();

    assertThat(port).isNotEqualTo(8080);
    await("403", () -> inPlaintext(port));

    policy("AuthorizationPolicy", "{rules: [{to: [{operation: {ports: ['8080']}}]}]}");
    await("caller=absent", () -> inPlaintext(port));

    policy("AuthorizationPolicy", "{rules: [{to: [{operation: {notPorts: ['8080']}}]}]}");
    await("403", () -> inPlaintext(port));
  }

  @Test
  void aPolicyWithoutRulesShutsEverybodyOut() throws Exception {
    policy("AuthorizationPolicy", "{}");
    start();
    int port = serve();

    OkHttpClient client = client();

    await("403", () -> inPlaintext(port));
    await("403 RBAC: access denied", () -> get(client, URL));
  }

  @Test
  void aTokenThatIsNotGoodIsRefused() throws Exception {
    policy("RequestAuthentication", "{jwtRules: [{issuer: a, jwks: '{\"keys\":[]}'}]}");
    start();
    int port = serve();

    await("caller=absent", () -> inPlaintext(port));
    assertThat(inPlaintext(port, "Authorization: Bearer a.b.c\r\n")).startsWith("HTTP/1.1 401");
  }
}
