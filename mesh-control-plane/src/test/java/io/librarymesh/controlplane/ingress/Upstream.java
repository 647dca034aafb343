package io.librarymesh.controlplane.ingress;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;

/** A service on loopback that answers with its name, the path and the host it was asked for. */
final class Upstream implements AutoCloseable {

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final String name;
  private final HttpServer server;

  private Upstream(String name, HttpServer server) {
    this.name = name;
    this.server = server;
    server.createContext("/", this::answer);
    server.start();
  }

  static Upstream start(String name) throws IOException {
    return new Upstream(name, HttpServer.create(ANY_PORT, 0));
  }

  static Upstream startTls(String name, SSLContext tls) throws IOException {
    HttpsServer server = HttpsServer.create(ANY_PORT, 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    return new Upstream(name, server);
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String text =
        name + " " + exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("Host");
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
