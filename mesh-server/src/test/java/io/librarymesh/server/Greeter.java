package io.librarymesh.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/** A JDK server behind a listener, which says what it knows of a request. */
final class Greeter implements AutoCloseable {
  static final ListenerLimits LIMITS = ListenerLimits.DEFAULT.withDrain(Duration.ofSeconds(2));

  private final HttpServer server;
  private final InboundListener listener;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  volatile InboundRules rules;
  volatile ExternalAuthorizer authorizer = ExternalAuthorizer.NONE;

  Greeter(TestRoot.Source identity, InboundRules first, ListenerLimits limits) throws IOException {
    this(ServerTls.of(identity, "http/1.1"), first, limits);
  }

  Greeter(ServerTls tls, InboundRules first, ListenerLimits limits) throws IOException {
    rules = first;
    InboundPeers peers = new InboundPeers();
    InboundCounts counts = new InboundCounts();
    InboundPolicyView view = () -> java.util.Optional.of(rules);
    server = HttpServer.create(loopback(), 0);
    server.setExecutor(threads);
    server
        .createContext("/", Greeter::answer)
        .getFilters()
        .add(MeshHttpFilter.behind(peers, view, counts, check -> authorizer.ask(check)));
    server.start();
    listener =
        InboundListener.builder(view, server.getAddress())
            .tls(tls)
            .peers(peers)
            .counts(counts)
            .limits(limits)
            .start(loopback());
  }

  static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      InboundCall call = InboundCall.of(exchange).orElseThrow();
      String path = exchange.getRequestURI().toString();
      if (path.equals("/echo")) {
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
      } else if (path.equals("/events")) {
        exchange.getResponseHeaders().set("content-type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        for (int i = 0; i < 3; i++) {
          exchange
              .getResponseBody()
              .write(("data: " + i + "\n\n").getBytes(StandardCharsets.UTF_8));
          exchange.getResponseBody().flush();
        }
      } else {
        String text =
            "path="
                + path
                + " caller="
                + call.caller().map(Object::toString).orElse("absent")
                + " tls="
                + call.peer().overTls()
                + " sni="
                + call.peer().serverName()
                + " from="
                + exchange.getRemoteAddress().getPort()
                + " user="
                + exchange.getRequestHeaders().getFirst("x-user")
                + " authorization="
                + exchange.getRequestHeaders().getFirst("authorization")
                + " claims="
                + call.claims()
                + ".";
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
      }
    }
  }

  InboundListener listener() {
    return listener;
  }

  int port() {
    return listener.port();
  }

  int ownPort() {
    return server.getAddress().getPort();
  }

  long refused(InboundRefusal reason) {
    return listener.counts().refused(reason);
  }

  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 2000; i++) {
      if (condition.getAsBoolean()) {
        return;
      }
      Thread.onSpinWait();
      new java.util.concurrent.CountDownLatch(1)
          .await(5, java.util.concurrent.TimeUnit.MILLISECONDS);
    }
    throw new AssertionError("not in time: " + what);
  }

  @Override
  public void close() {
    listener.closeNow();
    server.stop(0);
    threads.shutdownNow();
  }
}
