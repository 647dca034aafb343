package io.librarymesh.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.librarymesh.controlplane.admin.HttpListener;
import io.librarymesh.identity.SpiffeId;
import io.librarymesh.server.InboundCall;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** An HTTP upstream that answers with what it received, and fails or dawdles when it is told to. */
final class EchoServer implements AutoCloseable {
  private static final int MAX_ECHOED_BODY = 64 * 1024;

  static {
    // The JDK's server writes head and body apart; without this the body waits for the client's
    // delayed acknowledgement of the head, some 40 ms. Read once, when its first server is made.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final Behaviour behaviour;
  private final Map<String, String> labels;
  private final HttpServer server;
  private final ExecutorService threads;
  private final AtomicLong received = new AtomicLong();
  private final Gson gson = new GsonBuilder().disableHtmlEscaping().create();

  private EchoServer(Behaviour behaviour, Map<String, String> labels, HttpServer server) {
    this.behaviour = behaviour;
    this.labels = labels;
    this.server = server;
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "echo");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * What the server does besides echoing.
   *
   * @param status of answers that do not fail
   * @param failStatus of answers that do
   * @param failFirst how many requests fail from the start on
   * @param failPercent the share of later requests that fail, 0..100
   * @param delay before each answer
   */
  record Behaviour(
      int status, int failStatus, long failFirst, double failPercent, Duration delay) {}

  /**
   * Starts a server.
   *
   * @throws IOException when the address cannot be bound
   */
  static EchoServer start(
      InetSocketAddress address, Behaviour behaviour, Map<String, String> labels)
      throws IOException {
    return start(address, behaviour, labels, List.of());
  }

  /** The same with filters that requests come through before they are counted and answered. */
  static EchoServer start(
      InetSocketAddress address,
      Behaviour behaviour,
      Map<String, String> labels,
      List<Filter> filters)
      throws IOException {
    HttpServer http = HttpListener.bind(address, 1024);
    EchoServer echo = new EchoServer(behaviour, labels, http);
    http.setExecutor(echo.threads);
    http.createContext("/", echo::answer).getFilters().addAll(filters);
    http.start();
    return echo;
  }

  InetSocketAddress address() {
    return server.getAddress();
  }

  long received() {
    return received.get();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      long number = received.incrementAndGet();
      byte[] body = exchange.getRequestBody().readNBytes(MAX_ECHOED_BODY);
      pause();
      int status = fails(number) ? behaviour.failStatus : behaviour.status;
      byte[] answer = gson.toJson(echo(exchange, status, body)).getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("content-type", "application/json");
      if (exchange.getRequestMethod().equals("HEAD") || status == 204 || status == 304) {
        exchange.sendResponseHeaders(status, -1);
        return;
      }
      exchange.sendResponseHeaders(status, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  private void pause() throws IOException {
    if (behaviour.delay.isZero()) {
      return;
    }
    try {
      TimeUnit.NANOSECONDS.sleep(behaviour.delay.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the server is closing", e);
    }
  }

  private boolean fails(long number) {
    return number <= behaviour.failFirst
        || (behaviour.failPercent > 0
            && ThreadLocalRandom.current().nextDouble(100) < behaviour.failPercent);
  }

  private Map<String, Object> echo(HttpExchange exchange, int status, byte[] body) {
    Map<String, Object> echo = new LinkedHashMap<>();
    echo.put("method", exchange.getRequestMethod());
    echo.put("path", exchange.getRequestURI().toString());
    Map<String, String> headers = new LinkedHashMap<>();
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
    echo.put("headers", headers);
    echo.put("body", new String(body, StandardCharsets.UTF_8));
    echo.put("labels", labels);
    InboundCall.of(exchange).ifPresent(call -> echo.put("caller", caller(call)));
    InetSocketAddress local = exchange.getLocalAddress();
    echo.put("address", local.getAddress().getHostAddress() + ":" + local.getPort());
    echo.put("status", status);
    return echo;
  }

  /** Who is known of the caller to a server of the mesh; in plaintext nobody is. */
  private static Map<String, Object> caller(InboundCall call) {
    Map<String, Object> caller = new LinkedHashMap<>();
    caller.put("identity", call.caller().map(SpiffeId::toString).orElse(""));
    caller.put("tls", call.peer().overTls());
    caller.put("policy", call.policy());
    return caller;
  }
}
