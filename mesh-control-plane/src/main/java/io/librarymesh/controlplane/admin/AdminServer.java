package io.librarymesh.controlplane.admin;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.librarymesh.controlplane.admin.Page.Access;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Answers GET and HEAD requests about the control plane: health, numbers, and pages under {@code
 * /debug}, which {@link AdminAccess} guards. {@code /openapi.json} describes them all; {@code
 * docs/operations.md} is for people.
 *
 * <p>It answers from its start on, also while the sources are still being read, and changes
 * nothing. Bodies of requests are not read. What goes wrong is said in JSON, without stack traces.
 */
public final class AdminServer implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(AdminServer.class.getName());
  private static final int THREADS = 8;
  private static final int LONGEST_TARGET = 4096;

  private final InetSocketAddress address;
  private final AdminAccess access;
  private final Pages pages;
  private @Nullable HttpServer server;
  private @Nullable ExecutorService executor;

  /** A server that is not started. */
  public AdminServer(InetSocketAddress address, AdminAccess access, AdminSource source) {
    this.address = address;
    this.access = access;
    this.pages = new Pages(source);
  }

  /**
   * Listens.
   *
   * @throws IOException if the address cannot be bound
   */
  public synchronized void start() throws IOException {
    HttpServer http = HttpListener.bind(address, 0);
    ExecutorService threads =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "library-mesh-admin");
              thread.setDaemon(true);
              return thread;
            });
    http.setExecutor(threads);
    http.createContext("/", exchange -> reply(exchange, answer(exchange)));
    http.start();
    server = http;
    executor = threads;
  }

  /** The port, or -1 when it is not started. */
  public synchronized int port() {
    return server == null ? -1 : server.getAddress().getPort();
  }

  private Reply answer(HttpExchange exchange) {
    try {
      return checked(exchange);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "library-mesh: " + exchange.getRequestURI() + " was not answered", e);
      return Reply.error(500, "the page failed; the server's log says why", Map.of());
    }
  }

  private Reply checked(HttpExchange exchange) {
    if (exchange.getRequestURI().toString().length() > LONGEST_TARGET) {
      return Reply.error(414, "the path is longer than " + LONGEST_TARGET, Map.of());
    }
    Request request;
    try {
      request = Request.of(exchange.getRequestURI());
    } catch (IllegalArgumentException e) {
      return Reply.error(400, "an escape in the path or the query is broken", Map.of());
    }
    Optional<Pages.Matched> found = pages.find(request);
    if (found.isEmpty()) {
      return Reply.error(
          404,
          "there is no page " + exchange.getRequestURI().getPath(),
          Map.of("paths", pages.paths()));
    }
    String method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return Reply.error(405, method + " (expected: GET or HEAD)", Map.of())
          .with("Allow", "GET, HEAD");
    }
    Optional<Reply> refusal =
        found.get().page().access() == Access.DEBUG
            ? access.refusal(
                address.getAddress().isLoopbackAddress(),
                exchange.getRequestHeaders().getFirst("Authorization"),
                exchange.getRequestHeaders().getFirst("Host"))
            : Optional.empty();
    return refusal.orElseGet(() -> found.get().answer(request));
  }

  private static void reply(HttpExchange exchange, Reply reply) throws IOException {
    byte[] body = reply.bytes();
    try (exchange) {
      Headers headers = exchange.getResponseHeaders();
      headers.set("Content-Type", reply.type());
      headers.set("Cache-Control", "no-store");
      headers.set("X-Content-Type-Options", "nosniff");
      headers.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
      headers.set("Referrer-Policy", "no-referrer");
      reply.headers().forEach(headers::set);
      if (exchange.getRequestMethod().equals("HEAD")) {
        headers.set("Content-Length", Integer.toString(body.length));
        exchange.sendResponseHeaders(reply.status(), -1);
        return;
      }
      exchange.sendResponseHeaders(reply.status(), body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  /** Stops listening at once. */
  @Override
  public synchronized void close() {
    if (server != null) {
      server.stop(0);
    }
    if (executor != null) {
      executor.shutdownNow();
    }
  }
}
