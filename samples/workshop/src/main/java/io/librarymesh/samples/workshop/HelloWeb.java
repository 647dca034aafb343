package io.librarymesh.samples.workshop;

import com.sun.net.httpserver.HttpExchange;
import io.librarymesh.Mesh;
import io.librarymesh.okhttp.MeshInterceptor;
import io.librarymesh.okhttp.MeshResponse;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * The front of the workshop: asks the greeter for a greeting and shows it, with the versions of
 * both.
 */
public final class HelloWeb {
  /** Tags that decide a route further down, so they travel with the call. */
  private static final List<String> PROPAGATED = List.of("user-agent", "x-user", "x-request-id");

  private final OkHttpClient client;
  private final String version;

  private HelloWeb(OkHttpClient client, String version) {
    this.client = client;
    this.version = version;
  }

  /** Runs until the process ends or its standard input does. */
  public static void main(String[] args) throws Exception {
    ServiceOptions options = ServiceOptions.parse(args);
    try (WorkshopServer server = WorkshopServer.start("helloweb", options)) {
      Mesh mesh = server.join();
      OkHttpClient client =
          new OkHttpClient.Builder()
              .connectionPool(new ConnectionPool(64, 1, TimeUnit.MINUTES))
              .addInterceptor(MeshInterceptor.of(mesh))
              .build();
      HelloWeb web = new HelloWeb(client, options.version());
      server.handle("/", web::hello);
      server.awaitEnd();
    }
  }

  private void hello(HttpExchange exchange) throws IOException {
    Request.Builder request =
        new Request.Builder().url("http://greeter-service:3000" + exchange.getRequestURI());
    for (String name : PROPAGATED) {
      String value = exchange.getRequestHeaders().getFirst(name);
      if (value != null) {
        request.header(name, value);
      }
    }
    try (Response greeting = client.newCall(request.build()).execute()) {
      copy(greeting, exchange, "x-version");
      copy(greeting, exchange, "x-caller");
      copy(greeting, exchange, MeshResponse.FLAGS_HEADER);
      MeshResponse.of(greeting)
          .ifPresent(mesh -> exchange.getResponseHeaders().set("x-route", mesh.route()));
      String body = greeting.body().string();
      WorkshopServer.answer(exchange, greeting.code(), "helloweb " + version + ": " + body);
    } catch (IOException e) {
      WorkshopServer.answer(exchange, 502, "helloweb " + version + ": " + e);
    }
  }

  private static void copy(Response from, HttpExchange to, String header) {
    String value = from.header(header);
    if (value != null) {
      to.getResponseHeaders().set(header, value);
    }
  }
}
