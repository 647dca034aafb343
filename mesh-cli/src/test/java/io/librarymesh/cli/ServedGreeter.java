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
import io.librarymesh.server.ServerTls;
import io.librarymesh.xds.Node;
import io.librarymesh.xds.Registration;
import io.librarymesh.xds.XdsConfigSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
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

/**
 * The service {@code greeter} and its callers, from the YAML in a directory to real sockets. What
 * reaches its port goes through a {@link Recorder}.
 */
final class ServedGreeter implements AutoCloseable {
  static final String URL = "http://greeter.default.svc.cluster.local/x";

  final MeshRoot root = new MeshRoot();
  final InboundCounts counts = new InboundCounts();

  /** Where connections are taken, behind the recorder. */
  int listening;

  private final Path directory;
  private final String name = "greeter-" + UUID.randomUUID();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final OkHttpClient plain = new OkHttpClient();

  ServedGreeter(Path directory, String portName) throws IOException {
    this.directory = directory;
    Files.writeString(
        directory.resolve("service.yaml"),
        """
        apiVersion: v1
        kind: Service
        metadata: {name: greeter}
        spec:
          selector: {app: greeter}
          ports: [{name: %s, port: 80, targetPort: 8080}]
        """
            .formatted(portName));
  }

  ServedGreeter start() throws IOException {
    ControlPlane controlPlane =
        ControlPlane.builder(DirectoryStore.open(directory)).inProcess(name).build();
    open.add(0, controlPlane);
    controlPlane.start();
    return this;
  }

  /** Writes the one resource of this kind, in place of what there was. */
  ServedGreeter policy(String kind, String spec) throws IOException {
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
    return this;
  }

  ServedGreeter mode(String mode) throws IOException {
    return policy("PeerAuthentication", "{mtls: {mode: " + mode + "}}");
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

  /** A server that says who calls, and what it was sent. */
  Recorder serve() throws IOException {
    AtomicReference<InboundPolicyView> rules = new AtomicReference<>(Optional::empty);
    InboundPolicyView view = () -> requireNonNull(rules.get()).current();
    InboundPeers peers = new InboundPeers();
    HttpServer application = HttpServer.create(anyPort(), 0);
    application
        .createContext("/", ServedGreeter::answer)
        .getFilters()
        .add(MeshHttpFilter.behind(peers, view, counts));
    application.start();
    open.add(() -> application.stop(0));
    return listen(
        rules, InboundListener.builder(view, application.getAddress()).peers(peers), "http/1.1");
  }

  /** The port of an application that does not speak HTTP. */
  Recorder serveOpaque(InetSocketAddress application, String... protocols) throws IOException {
    AtomicReference<InboundPolicyView> rules = new AtomicReference<>(Optional::empty);
    InboundPolicyView view = () -> requireNonNull(rules.get()).current();
    return listen(rules, InboundListener.builder(view, application).opaque(), protocols);
  }

  private Recorder listen(
      AtomicReference<InboundPolicyView> rules,
      InboundListener.Builder builder,
      String... protocols)
      throws IOException {
    InboundListener listener =
        builder
            .tls(ServerTls.of(new MeshRoot.Source(root.identity("greeter")), protocols))
            .counts(counts)
            .start(anyPort());
    open.add(listener::closeNow);
    listening = listener.port();
    Recorder recorder = new Recorder(listening);
    open.add(recorder);
    rules.set(InboundPolicyView.of(register(recorder.port()).inbound(recorder.port())));
    return recorder;
  }

  /** Makes a port one of the service. */
  Mesh register(int port) {
    XdsConfigSource source =
        source(
            Node.of("greeter")
                .withServiceAccount("greeter")
                .withLabels(Map.of("app", "greeter", "security.istio.io/tlsMode", "istio")));
    Mesh mesh = mesh(source, "greeter");
    source.register(
        new Registration(
            "127.0.0.1", List.of(new Registration.Port(port, "", Optional.of(8080))), true));
    return mesh;
  }

  static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      InboundCall call = InboundCall.of(exchange).orElseThrow();
      String body =
          new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1);
      String said =
          "caller=%s path=%s marker=%s body=%s"
              .formatted(
                  call.caller().map(Object::toString).orElse("absent"),
                  exchange.getRequestURI(),
                  exchange.getRequestHeaders().getFirst("x-marker"),
                  body);
      byte[] answer = said.getBytes(StandardCharsets.ISO_8859_1);
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  /** Calls as a service account. */
  OkHttpClient client(String account) {
    Mesh mesh = mesh(source(Node.of(account).withServiceAccount(account)), account);
    return plain.newBuilder().addInterceptor(MeshInterceptor.of(mesh)).build();
  }

  static String get(OkHttpClient client, String... headers) throws IOException {
    Request.Builder request = new Request.Builder().url(URL);
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return call(client, request.build());
  }

  static String call(OkHttpClient client, Request request) throws IOException {
    try (Response response = client.newCall(request).execute()) {
      return response.code() + " " + response.body().string();
    }
  }

  /** What comes back for these bytes in plaintext; {@code closed} for nothing. */
  static String inPlaintext(int port, String sent) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      return answer.isEmpty() ? "closed" : answer;
    } catch (SocketException e) {
      return "closed";
    }
  }

  static void await(String expected, Callable<String> asked) throws Exception {
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

  @Override
  public void close() throws IOException {
    for (AutoCloseable each : open) {
      try {
        each.close();
      } catch (Exception e) {
        throw new IOException(e);
      }
    }
    plain.dispatcher().executorService().shutdown();
    plain.connectionPool().evictAll();
  }
}
