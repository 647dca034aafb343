package io.librarymesh.samples.workshop;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Greets, and says which version of itself did. {@code PUT /behaviour?fail=100} makes it fail;
 * {@code PUT /behaviour} heals it.
 */
public final class Greeter {
  private final String version;
  private volatile Behaviour behaviour = Behaviour.GOOD;

  private Greeter(String version) {
    this.version = version;
  }

  /** Runs until the process ends or its standard input does. */
  public static void main(String[] args) throws Exception {
    ServiceOptions options = ServiceOptions.parse(args);
    Greeter greeter = new Greeter(options.version());
    try (WorkshopServer server = WorkshopServer.start("greeter-service", options)) {
      server.handle("/", greeter::greet);
      server.handle("/behaviour", greeter::behave);
      server.join();
      server.awaitEnd();
    }
  }

  private void greet(HttpExchange exchange) throws IOException {
    Behaviour now = behaviour;
    if (now.delayMillis() > 0) {
      pause(now.delayMillis());
    }
    boolean fails = ThreadLocalRandom.current().nextInt(100) < now.failPercent();
    exchange.getResponseHeaders().set("x-version", version);
    WorkshopServer.caller(exchange)
        .ifPresent(caller -> exchange.getResponseHeaders().set("x-caller", caller));
    WorkshopServer.answer(
        exchange,
        fails ? now.failStatus() : 200,
        fails ? "greeter " + version + " is unwell" : "hello from greeter " + version);
  }

  private void behave(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getQuery();
    try {
      behaviour = query == null ? Behaviour.GOOD : Behaviour.parse(query);
      WorkshopServer.answer(exchange, 200, behaviour.toString());
    } catch (IllegalArgumentException e) {
      WorkshopServer.answer(exchange, 400, "query: " + query + " (expected: fail, status, delay)");
    }
  }

  private static void pause(int millis) throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the server is closing", e);
    }
  }
}
