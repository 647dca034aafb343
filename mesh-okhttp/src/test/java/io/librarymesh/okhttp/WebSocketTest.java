package io.librarymesh.okhttp;

import static io.librarymesh.okhttp.Upstream.Behaviour.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.Endpoint;
import io.librarymesh.config.RetryOn;
import io.librarymesh.telemetry.ResponseFlag;
import io.librarymesh.testkit.FakeTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Web sockets: calls that choose their endpoint like any other, and then last. */
final class WebSocketTest {
  private final MockWebServer server = new MockWebServer();
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  @BeforeEach
  void start() throws IOException {
    server.start();
    server.enqueue(new MockResponse.Builder().webSocketUpgrade(new Echo()).build());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void runsOverTheEndpointsConnectionAndIsACallUntilItCloses() throws Exception {
    try (Fixture mesh =
        new Fixture.Service().endpoints(endpoint()).timeout(Duration.ofMillis(300)).start()) {
      WebSocket socket = open(mesh);
      assertThat(next()).isEqualTo("open 101");
      socket.send("hello");
      assertThat(next()).isEqualTo("hello");
      assertThat(mesh.observer.calls()).isEmpty();
      socket.close(1000, "bye");

      assertThat(next()).isEqualTo("closed 1000");
      assertThat(mesh.ended(1).status()).isEqualTo(101);
    }
  }

  @Test
  void refusalIsAFailureWithAResponse() throws Exception {
    try (Fixture mesh = Fixture.of(Upstream.refusing())) {
      WebSocket unused = open(mesh);

      assertThat(next()).isEqualTo("failure 503");
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void isOpenedElsewhereUntilItIsOpen() throws Exception {
    try (Upstream busy = Upstream.start("busy").then(answer(503, "no"));
        Fixture mesh =
            new Fixture.Service()
                .endpoints(Upstream.refusing(), busy.endpoint(), endpoint())
                .retry(2, RetryOn.FIVE_XX, RetryOn.CONNECT_FAILURE)
                .start()) {
      WebSocket socket = open(mesh);
      assertThat(next()).isEqualTo("open 101");
      socket.close(1000, "bye");

      assertThat(next()).isEqualTo("closed 1000");
      assertThat(mesh.ended(1).attempts()).hasSize(3);
    }
  }

  @Test
  void isNotOpenedAgainWhenItBreaks() throws Exception {
    try (Fixture mesh =
        new Fixture.Service()
            .endpoints(endpoint())
            .retry(2, RetryOn.FIVE_XX, RetryOn.RESET)
            .start()) {
      WebSocket unused = open(mesh);
      assertThat(next()).isEqualTo("open 101");
      server.close();

      assertThat(next()).startsWith("failure");
      assertThat(mesh.ended(1).attempts()).hasSize(1);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void callTimeoutIsOverWhenItIsOpen() throws Exception {
    FakeTime time = new FakeTime();
    try (Fixture mesh =
        new Fixture.Service()
            .endpoints(endpoint())
            .clock(time)
            .client(client -> client.callTimeout(Duration.ofHours(1)))
            .start()) {
      WebSocket socket = open(mesh);
      assertThat(next()).isEqualTo("open 101");
      time.advance(Duration.ofHours(2));
      socket.send("hello");
      assertThat(next()).isEqualTo("hello");
      socket.cancel();

      assertThat(next()).startsWith("failure");
      assertThat(mesh.ended(1).flags()).containsExactly(ResponseFlag.DC);
      mesh.assertNothingLeaked(1);
      time.assertNoMoreTasks();
    }
  }

  private WebSocket open(Fixture mesh) {
    Request request = new Request.Builder().url("ws://greeter-service:3000/chat").build();
    return mesh.client.newWebSocket(request, new Listener(heard));
  }

  private String next() throws InterruptedException {
    String next = heard.poll(20, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing heard");
    }
    return next;
  }

  private Endpoint endpoint() {
    return Endpoint.of("127.0.0.1", server.getPort());
  }

  private static final class Echo extends WebSocketListener {
    @Override
    public void onMessage(WebSocket socket, String text) {
      socket.send(text);
    }

    @Override
    public void onClosing(WebSocket socket, int code, String reason) {
      socket.close(code, reason);
    }
  }

  private static final class Listener extends WebSocketListener {
    private final BlockingQueue<String> heard;

    Listener(BlockingQueue<String> heard) {
      this.heard = heard;
    }

    @Override
    public void onOpen(WebSocket socket, Response response) {
      heard.add("open " + response.code());
    }

    @Override
    public void onMessage(WebSocket socket, String text) {
      heard.add(text);
    }

    @Override
    public void onClosed(WebSocket socket, int code, String reason) {
      heard.add("closed " + code);
    }

    @Override
    public void onFailure(WebSocket socket, Throwable t, @Nullable Response response) {
      heard.add("failure " + (response == null ? t.toString() : response.code()));
    }
  }
}
