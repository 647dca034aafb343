package io.librarymesh.samples.workshop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.librarymesh.Mesh;
import io.librarymesh.identity.IdentityFiles;
import io.librarymesh.identity.Pem;
import io.librarymesh.identity.SpiffeId;
import io.librarymesh.server.InboundCall;
import io.librarymesh.server.InboundFront;
import io.librarymesh.server.MeshHttpFilter;
import io.librarymesh.xds.CertificateAuthorityClient;
import io.librarymesh.xds.Enrollment;
import io.librarymesh.xds.Node;
import io.librarymesh.xds.Registration;
import io.librarymesh.xds.XdsConfigSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The server side of a workshop service: the JDK's HTTP server on loopback, and its place in the
 * mesh. One that has a token stands behind a port of the mesh, which speaks mutual TLS.
 */
final class WorkshopServer implements AutoCloseable {
  static {
    // The JDK's server writes head and body apart; without this the body waits for the client's
    // delayed acknowledgement of the head, some 40 ms. Read once, when its first server is made.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  /** Longer than callers need to hear of it. */
  private static final long HEARD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String name;
  private final ServiceOptions options;
  private final HttpServer server;
  private final Optional<Enrollment> enrollment;
  private final Optional<InboundFront> front;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private int port;
  private @Nullable Mesh mesh;

  private WorkshopServer(
      String name, ServiceOptions options, HttpServer server, Optional<Enrollment> enrollment) {
    this.name = name;
    this.options = options;
    this.server = server;
    this.enrollment = enrollment;
    this.front = enrollment.map(known -> InboundFront.of(known.identity()));
  }

  /** Starts a server; it can be called from when it has joined. */
  static WorkshopServer start(String name, ServiceOptions options)
      throws IOException, InterruptedException, CertificateException {
    Optional<Enrollment> enrollment = Optional.empty();
    if (options.proof().isPresent()) {
      ServiceOptions.Proof proof = options.proof().get();
      Enrollment begun =
          Enrollment.begin(
              options.xds(),
              Pem.certificates("--server-roots", IdentityFiles.text(proof.serverRoots())),
              CertificateAuthorityClient.tokenIn(proof.token()));
      System.out.println("I am " + begun.await(PATIENCE).svid().id());
      enrollment = Optional.of(begun);
    }
    InetSocketAddress address = loopback(enrollment.isPresent() ? 0 : options.port());
    WorkshopServer started =
        new WorkshopServer(name, options, HttpServer.create(address, 1024), enrollment);
    started.server.setExecutor(started.threads);
    started.server.start();
    return started;
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  void handle(String path, HttpHandler handler) {
    var filters = server.createContext(path, handler).getFilters();
    front.ifPresent(each -> filters.add(MeshHttpFilter.behind(each)));
  }

  /** Who calls, as its certificate says; nobody in particular in plaintext. */
  static Optional<String> caller(HttpExchange exchange) {
    return InboundCall.of(exchange).flatMap(InboundCall::caller).map(SpiffeId::toString);
  }

  /**
   * Registers the service with the control plane for as long as the mesh that is returned stays
   * open.
   */
  Mesh join() throws IOException, InterruptedException {
    XdsConfigSource source = source();
    Mesh.Builder builder = Mesh.builder(source);
    enrollment.ifPresent(known -> builder.identity(known.identity()));
    Mesh joined = builder.build();
    mesh = joined;
    port = server.getAddress().getPort();
    if (front.isPresent()) {
      port = front.get().listen(joined, loopback(options.port()), server.getAddress());
      source.register(Registration.of("127.0.0.1", port).withReady(false));
      if (!front.get().await(PATIENCE)) {
        throw new IOException("the control plane has not said who may call (expected: it does)");
      }
    }
    source.register(Registration.of("127.0.0.1", port));
    return joined;
  }

  private XdsConfigSource source() {
    Node node = Node.of(name).withLabels(Map.of("app", name, "version", options.version()));
    if (enrollment.isEmpty()) {
      return XdsConfigSource.builder(node).server(options.xds()).build();
    }
    SpiffeId id = enrollment.get().identity().current().orElseThrow().svid().id();
    Node known =
        node.withServiceAccount(id.serviceAccount().orElseThrow().name())
            .withLabels(
                Map.of(
                    "app",
                    name,
                    "version",
                    options.version(),
                    "security.istio.io/tlsMode",
                    "istio"));
    return XdsConfigSource.builder(known).server(options.xds(), enrollment.get().tls()).build();
  }

  static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("content-type", "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  /** Says that the service is up, then waits until it should end. */
  void awaitEnd() throws IOException, InterruptedException {
    System.out.println("ready on port " + port);
    System.out.flush();
    if (options.endsWithInput()) {
      while (System.in.read() >= 0) {
        // What is said does not matter, only that the other side is still there.
      }
    } else {
      Runtime.getRuntime().addShutdownHook(new Thread(this::end, "shutdown"));
      new CountDownLatch(1).await();
    }
  }

  /** Says goodbye first and answers a little longer, so that no caller finds nobody here. */
  private void end() {
    if (mesh != null) {
      mesh.close();
      LockSupport.parkNanos(HEARD_NANOS);
    }
    close();
  }

  @Override
  public void close() {
    if (mesh != null) {
      mesh.close();
    }
    front.ifPresent(InboundFront::close);
    enrollment.ifPresent(Enrollment::close);
    server.stop(0);
    threads.shutdownNow();
  }
}
