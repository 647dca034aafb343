package io.librarymesh.controlplane.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.librarymesh.controlplane.ControlPlane;
import io.librarymesh.controlplane.store.DirectoryStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** A control plane over a directory, its pages over HTTP and clients over TCP. */
final class AdminFixture implements AutoCloseable {

  static final String GREETER =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: greeter}
      spec: {selector: {app: greeter}, ports: [{port: 3000, name: http}]}
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: greeter}
      spec:
        hosts: [greeter]
        http:
          - match: [{uri: {prefix: /old}}]
            redirect: {uri: /new}
          - route: [{destination: {host: greeter}}]
            retries: {attempts: 2, perTryTimeout: 1s}
      """;
  static final String ROUTES = "outbound|3000||greeter.default.svc.cluster.local";

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final HttpClient http = HttpClient.newHttpClient();
  final ControlPlane controlPlane;
  final ManagedChannel channel;

  AdminFixture(Path directory) throws IOException {
    this(directory, options -> options);
  }

  AdminFixture(Path directory, UnaryOperator<ControlPlane.Builder> options) throws IOException {
    Files.writeString(directory.resolve("greeter.yaml"), GREETER);
    controlPlane =
        options
            .apply(
                ControlPlane.builder(() -> DirectoryStore.open(directory))
                    .xds(ANY_PORT)
                    .http(ANY_PORT))
            .build();
    controlPlane.start();
    channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), controlPlane.port()))
            .usePlaintext()
            .build();
  }

  HttpResponse<String> send(String method, String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + controlPlane.httpPort() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** The answer of 200 as JSON. */
  JsonElement json(String path) throws Exception {
    HttpResponse<String> response = send("GET", path);
    assertThat(response.statusCode()).as(path + ": " + response.body()).isEqualTo(200);
    return JsonParser.parseString(response.body());
  }

  JsonObject object(String path) throws Exception {
    return json(path).getAsJsonObject();
  }

  static void await(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - start).as(what).isLessThan(TimeUnit.SECONDS.toNanos(20));
      Thread.onSpinWait();
    }
  }

  /** Waits until the server has dealt with so many answers of clients. */
  void awaitAnswers(String type, int count) {
    String line = "librarymesh_xds_acks{type=\"" + type + "\"} " + count + "\n";
    await(
        line,
        () -> {
          try {
            return send("GET", "/metrics").body().contains(line);
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  @Override
  public void close() {
    channel.shutdownNow();
    controlPlane.close();
  }
}
