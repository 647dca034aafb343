package io.librarymesh.okhttp;

import static io.librarymesh.okhttp.Upstream.Behaviour.answer;
import static io.librarymesh.okhttp.Upstream.Behaviour.hangUp;
import static io.librarymesh.okhttp.Upstream.Behaviour.raw;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.config.Endpoint;
import io.librarymesh.config.RetryOn;
import io.librarymesh.telemetry.ResponseFlag;
import io.librarymesh.testkit.FakeTime;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Call;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;
import okio.BufferedSink;
import okio.BufferedSource;
import okio.Okio;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Bodies that take their time, in either direction and in both at once. */
final class StreamingTest {
  private static final String STREAM_HEAD =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

  @Test
  void responseIsReadWhileItIsSent() throws Exception {
    CountDownLatch read = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    try (Upstream a =
            Upstream.start("a")
                .then(
                    raw(Upstream.Behaviour.head(200, 6) + "one").andWhen(read, raw("two"), done));
        Fixture mesh = Fixture.of(a);
        Response response = mesh.get()) {
      assertThat(response.body().source().readUtf8(3)).isEqualTo("one");
      assertThat(mesh.observer.calls()).isEmpty();
      read.countDown();

      assertThat(response.body().source().readUtf8()).isEqualTo("two");
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void requestIsSentWhileItIsWrittenAndReadBothAtOnce() throws Exception {
    try (MockWebServer server = http2();
        Fixture mesh = over(server, service -> service.retry(2, RetryOn.FIVE_XX, RetryOn.RESET))) {
      server.enqueue(echo());
      Duplex body = new Duplex();
      try (Response response = mesh.client.newCall(post(body)).execute()) {
        BufferedSink out = body.sink();
        BufferedSource in = response.body().source();
        for (String line : List.of("one", "two")) {
          out.writeUtf8(line + "\n").flush();
          assertThat(in.readUtf8Line()).isEqualTo(line);
        }
        assertThat(mesh.observer.calls()).isEmpty();
        out.close();
        assertThat(in.exhausted()).isTrue();
      }

      assertThat(mesh.ended(1).flags()).isEmpty();
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void duplexBodyThatHasBegunIsNotSentAgain() throws Exception {
    try (MockWebServer server = http2();
        Fixture mesh = over(server, service -> service.retry(2, RetryOn.FIVE_XX, RetryOn.RESET))) {
      server.enqueue(
          new MockResponse.Builder().code(503).body("no").doNotReadRequestBody().build());
      Duplex body = new Duplex();
      try (Response response = mesh.client.newCall(post(body)).execute();
          BufferedSink out = body.sink()) {
        assertThat(response.code()).isEqualTo(503);
        assertThat(out.isOpen()).isTrue();
      }

      assertThat(server.getRequestCount()).isEqualTo(1);
      assertThat(mesh.ended(1).attempts()).hasSize(1);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void duplexBodyGoesElsewhereWhenItsConnectionIsRefused() throws Exception {
    try (MockWebServer server = http2();
        Fixture mesh =
            http2(new Fixture.Service())
                .endpoints(Upstream.refusing(), Endpoint.of("127.0.0.1", server.getPort()))
                .retry(1, RetryOn.CONNECT_FAILURE)
                .start()) {
      server.enqueue(echo());
      Duplex body = new Duplex();
      try (Response response = mesh.client.newCall(post(body)).execute();
          BufferedSink out = body.sink()) {
        out.writeUtf8("one\n").flush();
        assertThat(response.body().source().readUtf8Line()).isEqualTo("one");
      }

      assertThat(mesh.ended(1).attempts()).hasSize(2);
    }
  }

  @Test
  void eventsArriveOneByOneAndABrokenStreamIsNotOpenedAgain() throws Exception {
    CountDownLatch heard = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    Upstream.Behaviour stream =
        raw(STREAM_HEAD + event("one"))
            .andWhen(heard, raw(event("two")), done)
            .andWhen(new CountDownLatch(0), hangUp(), new CountDownLatch(1));
    try (Upstream a = Upstream.start("a").then(answer(503, "no"), stream);
        Fixture mesh =
            new Fixture.Service().upstreams(a).retry(3, RetryOn.FIVE_XX, RetryOn.RESET).start()) {
      Events events = new Events();
      EventSource unused = events.open(mesh.client);
      assertThat(events.next()).isEqualTo("open 200");
      assertThat(events.next()).isEqualTo("one");
      assertThat(mesh.observer.calls()).isEmpty();
      heard.countDown();

      assertThat(events.next()).isEqualTo("two");
      assertThat(events.next()).startsWith("failure");
      assertThat(a.received()).hasSize(2);
      assertThat(mesh.ended(1).attempts()).hasSize(2);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void callTimeoutIsOverWhenEventsBegin() throws Exception {
    FakeTime time = new FakeTime();
    CountDownLatch late = new CountDownLatch(1);
    Upstream.Behaviour stream =
        raw(STREAM_HEAD + event("one")).andWhen(late, raw(event("two")), new CountDownLatch(1));
    try (Upstream a = Upstream.start("a").then(stream);
        Fixture mesh = bounded(time, a)) {
      Events events = new Events();
      EventSource source = events.open(mesh.client);
      assertThat(events.next()).isEqualTo("open 200");
      assertThat(events.next()).isEqualTo("one");
      time.advance(Duration.ofHours(2));
      late.countDown();

      assertThat(events.next()).isEqualTo("two");
      source.cancel();
      assertThat(events.next()).startsWith("failure");
      assertThat(mesh.ended(1).flags()).containsExactly(ResponseFlag.DC);
      mesh.assertNothingLeaked(1);
      time.assertNoMoreTasks();
    }
  }

  @Test
  void callTimeoutSpansAnyOtherBody() throws Exception {
    FakeTime time = new FakeTime();
    try (Upstream a =
            Upstream.start("a")
                .then(Upstream.Behaviour.stallAfter(Upstream.Behaviour.head(200, 6)));
        Fixture mesh = bounded(time, a);
        Response response = mesh.get()) {
      time.advance(Duration.ofHours(2));

      assertThatThrownBy(() -> response.body().string())
          .isInstanceOf(InterruptedIOException.class)
          .hasMessage("timeout");
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void callTimeoutOfAFactorysCallCanBeCanceled() throws Exception {
    FakeTime time = new FakeTime();
    CountDownLatch late = new CountDownLatch(1);
    try (Upstream a =
            Upstream.start("a")
                .then(
                    raw(Upstream.Behaviour.head(200, 6) + "one")
                        .andWhen(late, raw("two"), new CountDownLatch(1)));
        Fixture mesh = Fixture.of(a)) {
      OkHttpClient client = new OkHttpClient.Builder().callTimeout(Duration.ofHours(1)).build();
      Call call =
          MeshCallFactory.of(mesh.mesh, client, ignored -> time)
              .newCall(new Request.Builder().url(Fixture.URL).build());
      try (Response response = call.execute()) {
        call.timeout().cancel();
        time.advance(Duration.ofHours(2));
        late.countDown();

        assertThat(response.body().string()).isEqualTo("onetwo");
      }
      time.assertNoMoreTasks();
    }
  }

  private static Fixture bounded(FakeTime time, Upstream upstream) {
    return new Fixture.Service()
        .upstreams(upstream)
        .clock(time)
        .client(client -> client.callTimeout(Duration.ofHours(1)))
        .start();
  }

  private static MockWebServer http2() throws IOException {
    MockWebServer server = new MockWebServer();
    server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
    server.start();
    return server;
  }

  private static Fixture over(MockWebServer server, UnaryOperator<Fixture.Service> change) {
    return change
        .apply(http2(new Fixture.Service()))
        .endpoints(Endpoint.of("127.0.0.1", server.getPort()))
        .start();
  }

  private static Fixture.Service http2(Fixture.Service service) {
    return service.transport(
        new OkHttpClient.Builder().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build());
  }

  /** Sends each line back at once. */
  private static MockResponse echo() {
    return new MockResponse.Builder()
        .removeHeader("content-length")
        .doNotReadRequestBody()
        .socketHandler(
            socket -> {
              try (BufferedSource in = Okio.buffer(socket.getSource());
                  BufferedSink out = Okio.buffer(socket.getSink())) {
                while (!in.exhausted()) {
                  out.writeUtf8(in.readUtf8LineStrict() + "\n").flush();
                }
              } catch (IOException gone) {
                // The client has heard enough.
              }
            })
        .build();
  }

  private static String event(String data) {
    String event = "data: " + data + "\n\n";
    return Integer.toHexString(event.length()) + "\r\n" + event + "\r\n";
  }

  private static Request post(RequestBody body) {
    return new Request.Builder().url(Fixture.URL).post(body).build();
  }

  /** Gives its sink away, to be written to while the response is read. */
  private static final class Duplex extends RequestBody {
    private final BlockingQueue<BufferedSink> sinks = new LinkedBlockingQueue<>();

    BufferedSink sink() throws InterruptedException {
      return requireNonNull(sinks.poll(20, TimeUnit.SECONDS), "sink");
    }

    @Override
    public @Nullable MediaType contentType() {
      return null;
    }

    @Override
    public boolean isDuplex() {
      return true;
    }

    @Override
    public void writeTo(BufferedSink sink) {
      sinks.add(sink);
    }
  }

  private static final class Events extends EventSourceListener {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    EventSource open(OkHttpClient client) {
      Request request = new Request.Builder().url(Fixture.URL).build();
      return EventSources.createFactory(client).newEventSource(request, this);
    }

    String next() throws InterruptedException {
      return requireNonNull(heard.poll(20, TimeUnit.SECONDS), "event");
    }

    @Override
    public void onOpen(EventSource source, Response response) {
      heard.add("open " + response.code());
    }

    @Override
    public void onEvent(
        EventSource source, @Nullable String id, @Nullable String type, String data) {
      heard.add(data);
    }

    @Override
    public void onClosed(EventSource source) {
      heard.add("closed");
    }

    @Override
    public void onFailure(EventSource source, @Nullable Throwable t, @Nullable Response response) {
      heard.add("failure " + t);
    }
  }
}
