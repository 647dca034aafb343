package io.librarymesh.samples.workshop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.librarymesh.Mesh;
import io.librarymesh.xds.Node;
import io.librarymesh.xds.Registration;
import io.librarymesh.xds.XdsConfigSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The server side of a workshop service: the JDK's HTTP server on loopback, and its place in the
 * mesh.
 */
final class WorkshopServer implements AutoCloseable {
  static {
    // The JDK's server writes head and body apart; without this the body waits for the client's
    // delayed acknowledgement of the head, some 40 ms. Read once, when its first server is made.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  /** Longer than callers need to hear of it. */
  private static final long HEARD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final String name;
  private final ServiceOptions options;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private @Nullable Mesh mesh;

  private WorkshopServer(String name, ServiceOptions options, HttpServer server) {
    this.name = name;
    this.options = options;
    this.server = server;
  }

  static WorkshopServer start(String name, ServiceOptions options) throws IOException {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), options.port());
    WorkshopServer started = new WorkshopServer(name, options, HttpServer.create(address, 1024));
    started.server.setExecutor(started.threads);
    started.server.start();
    return started;
  }

  void handle(String path, HttpHandler handler) {
    server.createContext(path, handler);
  }

  /**
   * Registers the service with the control plane for as long as the mesh that is returned stays
   * open.
   */
  Mesh join() {
    Node node = Node.of(name).withLabels(Map.of("app", name, "version", options.version()));
    XdsConfigSource source =
        XdsConfigSource.builder(node)
            .server(options.xds())
            .registration(Registration.of("127.0.0.1", port()))
            .build();
    mesh = Mesh.builder(source).build();
    return mesh;
  }

  int port() {
    return server.getAddress().getPort();
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
    System.out.println("ready on port " + port());
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
    server.stop(0);
    threads.shutdownNow();
  }
}
