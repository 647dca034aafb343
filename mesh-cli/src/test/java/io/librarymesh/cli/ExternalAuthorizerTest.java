package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.librarymesh.Mesh;
import io.librarymesh.controlplane.ControlPlane;
import io.librarymesh.controlplane.store.DirectoryStore;
import io.librarymesh.okhttp.MeshRoot;
import io.librarymesh.server.InboundFront;
import io.librarymesh.server.MeshHttpFilter;
import io.librarymesh.xds.Node;
import io.librarymesh.xds.Registration;
import io.librarymesh.xds.XdsConfigSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Authorizers, from the MeshConfig to a server of the mesh that asks one, on real sockets. */
final class ExternalAuthorizerTest {
  @TempDir Path directory;

  private final MeshRoot root = new MeshRoot();
  private final String name = "authorizers-" + UUID.randomUUID();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final OkHttpClient client = new OkHttpClient.Builder().followRedirects(false).build();

  @AfterEach
  void close() throws Exception {
    end.countDown();
    for (AutoCloseable each : open) {
      each.close();
    }
    client.dispatcher().executorService().shutdown();
  }

  @Test
  void whatTheAuthorizerSaysDecides() throws Exception {
    int port = serve(authorizer(), "timeout: 1s, statusOnError: '503'");

    assertThat(call(port, "/open", "deny")).isEqualTo("200 user=null");
    assertThat(asked).isEmpty();
    assertThat(call(port, "/a?q", "allow")).isEqualTo("200 user=bob");
    assertThat(asked).containsExactly("GET /check/a?q of greeter.example x-ext=allow x-by=mesh");
    assertThat(call(port, "/a", "deny")).isEqualTo("401 why=because not you");
    assertThat(call(port, "/a", "silent")).isEqualTo("200 user=null");
    assertThat(call(port, "/a", "error")).isEqualTo("503 ");
    assertThat(call(port, "/a", "slow")).isEqualTo("503 ");
    assertThat(asked).last().asString().endsWith("x-ext=slow x-by=mesh");
  }

  @Test
  void withoutAnAuthorizerNobodyPassesUnlessTheProviderSaysSo() throws Exception {
    int closed;
    try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    int port = serve(closed, "timeout: 5s");

    assertThat(call(port, "/a", "allow")).isEqualTo("403 ");
    assertThat(call(port, "/open", "allow")).isEqualTo("200 user=null");
  }

  @Test
  void aProviderMayLetInWhatItCannotDecide() throws Exception {
    int port = serve(authorizer(), "timeout: 1s, failOpen: true");

    assertThat(call(port, "/a", "error")).isEqualTo("200 user=null");
    assertThat(call(port, "/a", "slow")).isEqualTo("200 user=null");
    assertThat(call(port, "/a", "deny")).isEqualTo("401 why=because not you");
  }

  /** Says that it is somebody else, which no caller can. */
  private String call(int port, String path, String wish) throws IOException {
    Request request =
        new Request.Builder()
            .url("http://127.0.0.1:" + port + path)
            .header("host", "greeter.example")
            .header("x-ext", wish)
            .header("x-user", "root")
            .build();
    try (Response response = client.newCall(request).execute()) {
      String why = response.header("x-why");
      return response.code()
          + " "
          + (why == null ? "" : "why=" + why + " ")
          + response.body().string();
    }
  }

  private int authorizer() throws IOException {
    ExecutorService threads = Executors.newCachedThreadPool();
    HttpServer server = HttpServer.create(anyPort(), 0);
    server.setExecutor(threads);
    server.createContext("/", this::decide);
    server.start();
    open.add(
        () -> {
          server.stop(0);
          threads.shutdownNow();
        });
    return server.getAddress().getPort();
  }

  private void decide(HttpExchange exchange) throws IOException {
    String wish = exchange.getRequestHeaders().getFirst("x-ext");
    asked.add(
        exchange.getRequestMethod()
            + " "
            + exchange.getRequestURI()
            + " of "
            + exchange.getRequestHeaders().getFirst("host")
            + " x-ext="
            + wish
            + " x-by="
            + exchange.getRequestHeaders().getFirst("x-by"));
    if (wish.equals("slow")) {
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (wish.equals("allow")) {
      exchange.getResponseHeaders().set("x-user", "bob");
    }
    exchange.getResponseHeaders().set("x-why", "because");
    int status = wish.equals("deny") ? 401 : wish.equals("error") ? 500 : 200;
    answer(exchange, status, "not you");
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    try (exchange) {
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** A server of the mesh that asks an authorizer at this port; returns its own. */
  private int serve(int authorizer, String provider) throws Exception {
    configure(authorizer, provider);
    ControlPlane controlPlane =
        ControlPlane.builder(DirectoryStore.open(directory)).inProcess(name).build();
    open.add(0, controlPlane);
    controlPlane.start();
    XdsConfigSource source =
        XdsConfigSource.builder(
                Node.of("greeter")
                    .withServiceAccount("greeter")
                    .withLabels(Map.of("app", "greeter")))
            .server("embedded", () -> InProcessChannelBuilder.forName(name).build())
            .build();
    MeshRoot.Source identity = new MeshRoot.Source(root.identity("greeter"));
    Mesh mesh = Mesh.builder(source).identity(identity).build();
    open.add(0, mesh);
    InboundFront front = InboundFront.of(identity);
    HttpServer application = HttpServer.create(anyPort(), 0);
    application
        .createContext(
            "/",
            exchange ->
                answer(exchange, 200, "user=" + exchange.getRequestHeaders().getFirst("x-user")))
        .getFilters()
        .add(MeshHttpFilter.behind(front));
    application.start();
    open.add(0, () -> application.stop(0));
    int port = front.listen(mesh, anyPort(), application.getAddress());
    open.add(0, front);
    source.register(Registration.of("127.0.0.1", port));
    assertThat(front.await(Duration.ofSeconds(30))).isTrue();
    return port;
  }

  private void configure(int authorizer, String provider) throws IOException {
    Files.writeString(
        directory.resolve("mesh.yaml"),
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: authz}
        spec:
          hosts: [authz.example]
          location: MESH_INTERNAL
          resolution: STATIC
          ports: [{number: 8000, name: http, protocol: HTTP}]
          endpoints: [{address: 127.0.0.1, ports: {http: %d}}]
        ---
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: ask}
        spec:
          selector: {matchLabels: {app: greeter}}
          action: CUSTOM
          provider: {name: decider}
          rules: [{to: [{operation: {paths: ['/a*']}}]}]
        ---
        apiVersion: install.istio.io/v1alpha1
        kind: IstioOperator
        metadata: {name: mesh, namespace: istio-system}
        spec:
          meshConfig:
            extensionProviders:
            - name: decider
              envoyExtAuthzHttp: {service: authz.example, port: 8000, pathPrefix: /check,
                includeRequestHeadersInCheck: [x-ext], includeAdditionalHeadersInCheck: {x-by: mesh},
                headersToUpstreamOnAllow: [x-user], %s}
        """
            .formatted(authorizer, provider));
  }
}
