package io.librarymesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;
import org.junit.jupiter.api.Test;

/**
 * How many requests a connection is used for. Source: Envoy {@code max_requests_per_connection}.
 */
final class ConnectionUseTest {
  private static Fixture.Service limited(int maxRequests, Upstream upstream) {
    return new Fixture.Service().upstreams(upstream).maxRequestsPerConnection(maxRequests);
  }

  private static void get(Fixture mesh, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      try (Response response = mesh.get()) {
        assertThat(response.code()).isEqualTo(200);
        assertThat(MeshResponse.of(response).orElseThrow().attempts()).isEqualTo(1);
        assertThat(response.body().string()).isEqualTo("a");
      }
    }
  }

  private static List<Integer> connections(Upstream upstream) {
    return upstream.received().stream().map(Upstream.Received::connection).toList();
  }

  private static List<String> headers(Upstream upstream) {
    return upstream.received().stream().map(request -> request.header("connection")).toList();
  }

  @Test
  void oneRequestForAConnectionKeepsNoneAlive() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = limited(1, a).start()) {
      get(mesh, 3);
      assertThat(connections(a)).containsExactly(0, 1, 2);
      assertThat(headers(a)).containsExactly("close", "close", "close");
      assertThat(mesh.interceptor.connectionCount()).isZero();
      a.awaitNoOpenConnection();
      mesh.assertNothingLeaked(3);
    }
  }

  @Test
  void lastRequestOfAConnectionSaysSo() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = limited(2, a).start()) {
      get(mesh, 5);
      assertThat(connections(a)).containsExactly(0, 0, 1, 1, 2);
      assertThat(headers(a))
          .containsExactly("Keep-Alive", "close", "Keep-Alive", "close", "Keep-Alive");
      mesh.assertNothingLeaked(5);
    }
  }

  @Test
  void withoutALimitAConnectionIsKept() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = limited(0, a).start()) {
      get(mesh, 5);
      assertThat(connections(a)).containsExactly(0, 0, 0, 0, 0);
    }
  }

  @Test
  void limitThatChangesHoldsForTheConnectionsThereAre() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = limited(0, a).start()) {
      get(mesh, 2);
      mesh.source.put(limited(1, a).config(Fixture.AUTHORITY));
      Fixture.await("the new limit", () -> isClosedAfterACall(mesh, a));
      int before = a.connections();
      get(mesh, 2);
      assertThat(a.connections()).isEqualTo(before + 2);
    }
  }

  private static boolean isClosedAfterACall(Fixture mesh, Upstream upstream) {
    try {
      mesh.get().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> headers = headers(upstream);
    return headers.get(headers.size() - 1).equals("close");
  }

  @Test
  void noConnectionHasMoreRequestsThanItMayUnderConcurrency() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try (Upstream a = Upstream.start("a");
        Fixture mesh = limited(5, a).start()) {
      List<CompletableFuture<?>> ends = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        ends.add(
            CompletableFuture.runAsync(
                () -> {
                  try {
                    get(mesh, 20);
                  } catch (Exception e) {
                    throw new AssertionError(e);
                  }
                },
                pool));
      }
      for (CompletableFuture<?> end : ends) {
        end.get(20, TimeUnit.SECONDS);
      }
      assertThat(
              connections(a).stream()
                  .collect(Collectors.groupingBy(c -> c, Collectors.counting()))
                  .values())
          .allMatch(requests -> requests <= 5)
          .contains(5L);
      mesh.assertNothingLeaked(160);
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void connectionOfHttp2IsReplacedWhenItHasServedItsRequests() throws Exception {
    try (MockWebServer server = new MockWebServer()) {
      server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
      server.start();
      OkHttpClient http2 =
          new OkHttpClient.Builder().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build();
      Fixture.Service service =
          new Fixture.Service()
              .endpoints(Endpoint.of("127.0.0.1", server.getPort()))
              .transport(http2)
              .maxRequestsPerConnection(2);
      try (Fixture mesh = service.start()) {
        List<Integer> connections = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
          server.enqueue(new MockResponse.Builder().body("a").build());
          get(mesh, 1);
          var request = server.takeRequest(20, TimeUnit.SECONDS);
          assertThat(request).isNotNull();
          assertThat(request.getHeaders().get("connection")).isNull();
          connections.add(request.getConnectionIndex());
        }
        assertThat(connections).containsExactly(0, 0, 1, 1, 2);
        mesh.assertNothingLeaked(5);
      }
    }
  }
}
