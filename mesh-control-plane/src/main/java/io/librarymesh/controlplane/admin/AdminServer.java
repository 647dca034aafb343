package io.librarymesh.controlplane.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.librarymesh.controlplane.serve.AdsStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers GET requests about the control plane.
 *
 * <ul>
 *   <li>{@code /healthz}: 200 while the process lives
 *   <li>{@code /readyz}: 200 when the state executor answers, else 503
 *   <li>{@code /debug/clients}: connected clients, what they subscribe to, accepted and refused
 *   <li>{@code /debug/registry}: services and endpoints
 *   <li>{@code /debug/findings}: what there is to say about the configuration
 * </ul>
 */
public final class AdminServer implements AutoCloseable {

  private static final long STATUS_TIMEOUT_SECONDS = 5;
  private static final String JSON = "application/json; charset=utf-8";
  private static final String TEXT = "text/plain; charset=utf-8";

  private final InetSocketAddress address;
  private final Supplier<CompletableFuture<AdsStatus>> status;
  private @Nullable HttpServer server;
  private @Nullable ExecutorService executor;

  private record Reply(int status, String type, String body) {}

  /** A server that is not started. */
  public AdminServer(InetSocketAddress address, Supplier<CompletableFuture<AdsStatus>> status) {
    this.address = address;
    this.status = status;
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
            2,
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
    if (!exchange.getRequestMethod().equals("GET")) {
      return new Reply(405, TEXT, "only GET\n");
    }
    return switch (exchange.getRequestURI().getPath()) {
      case "/healthz" -> new Reply(200, TEXT, "ok\n");
      case "/readyz" -> known(any -> new Reply(200, TEXT, "ready\n"));
      case "/debug/clients" -> known(s -> json(StatusJson.clients(s)));
      case "/debug/registry" -> known(s -> json(StatusJson.registry(s)));
      case "/debug/findings" -> known(s -> json(StatusJson.findings(s)));
      default ->
          new Reply(
              404,
              TEXT,
              "not found; there are /healthz, /readyz, /debug/clients, /debug/registry and"
                  + " /debug/findings\n");
    };
  }

  private Reply known(Function<AdsStatus, Reply> reply) {
    try {
      return reply.apply(status.get().get(STATUS_TIMEOUT_SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException | TimeoutException e) {
      return new Reply(503, TEXT, "not ready\n");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Reply(503, TEXT, "closing\n");
    }
  }

  private static Reply json(Map<String, Object> content) {
    return new Reply(200, JSON, Json.of(content) + "\n");
  }

  private static void reply(HttpExchange exchange, Reply reply) throws IOException {
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", reply.type());
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
