package io.librarymesh.okhttp;

import static io.librarymesh.okhttp.Upstream.Behaviour.answer;
import static io.librarymesh.okhttp.Upstream.Behaviour.hangUp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.config.RetryOn;
import java.io.IOException;
import java.net.ProtocolException;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Request bodies are sent again only when they can be. */
final class RequestBodyTest {
  @Test
  void repeatableBodyIsSentAgain() throws Exception {
    try (Upstream a = Upstream.start("a").then(answer(503, "no"));
        Fixture mesh = new Fixture.Service().upstreams(a).retry(1, RetryOn.FIVE_XX).start()) {
      try (Response response = put(mesh, RequestBody.create("payload", null))) {
        assertThat(response.code()).isEqualTo(200);
      }

      assertThat(a.received()).extracting(Upstream.Received::body).containsOnly("payload");
      assertThat(a.received()).hasSize(2);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void bodyOfUnknownLengthIsSentAgain() throws Exception {
    try (Upstream a = Upstream.start("a").then(answer(503, "no"));
        Fixture mesh = new Fixture.Service().upstreams(a).retry(1, RetryOn.FIVE_XX).start()) {
      Streamed body = new Streamed(false, sink -> sink.writeUtf8("payload"));
      put(mesh, body).close();

      assertThat(a.received()).extracting(Upstream.Received::body).containsOnly("payload");
      assertThat(body.writes).hasValue(2);
    }
  }

  @Test
  void oneShotBodyIsNotSentAgain() throws Exception {
    try (Upstream a = Upstream.start("a").then(answer(503, "no"));
        Fixture mesh = new Fixture.Service().upstreams(a).retry(3, RetryOn.FIVE_XX).start()) {
      Streamed body = new Streamed(true, sink -> sink.writeUtf8("payload"));
      try (Response response = put(mesh, body)) {
        assertThat(response.code()).isEqualTo(503);
        assertThat(response.body().string()).isEqualTo("no");
      }

      assertThat(a.only().body()).isEqualTo("payload");
      assertThat(body.writes).hasValue(1);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void oneShotBodyIsNotSentAgainAfterAReset() throws Exception {
    try (Upstream a = Upstream.start("a").then(hangUp());
        Fixture mesh = new Fixture.Service().upstreams(a).retry(3, RetryOn.FIVE_XX).start()) {
      Streamed body = new Streamed(true, sink -> sink.writeUtf8("payload"));
      try (Response response = put(mesh, body)) {
        assertThat(response.code()).isEqualTo(503);
        assertThat(response.header("x-mesh-response-flags")).isEqualTo("UC");
      }

      assertThat(body.writes).hasValue(1);
    }
  }

  @Test
  void oneShotBodyThatWasNotBegunIsSentElsewhere() throws Exception {
    try (Upstream b = Upstream.start("b");
        Fixture mesh =
            new Fixture.Service()
                .endpoints(Upstream.refusing(), b.endpoint())
                .retry(1, RetryOn.CONNECT_FAILURE)
                .start()) {
      Streamed body = new Streamed(true, sink -> sink.writeUtf8("payload"));
      try (Response response = put(mesh, body)) {
        assertThat(response.body().string()).isEqualTo("b");
      }

      assertThat(b.only().body()).isEqualTo("payload");
      assertThat(body.writes).hasValue(1);
    }
  }

  @Test
  void failureOfTheCallersBodyIsTheCallersAffair() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = new Fixture.Service().upstreams(a).retry(3, RetryOn.FIVE_XX).start()) {
      Streamed body =
          new Streamed(
              false,
              sink -> {
                throw new IOException("the disk is gone");
              });

      assertThatThrownBy(() -> put(mesh, body)).hasMessage("the disk is gone");
      assertThat(body.writes).hasValue(1);
      assertThat(mesh.ended(1).attempts()).isEmpty();
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void bodyThatIsNotAsLongAsItSaysIsTheCallersAffair() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = new Fixture.Service().upstreams(a).retry(3, RetryOn.FIVE_XX).start()) {
      RequestBody body =
          new RequestBody() {
            @Override
            public @Nullable MediaType contentType() {
              return null;
            }

            @Override
            public long contentLength() {
              return 3;
            }

            @Override
            public void writeTo(BufferedSink sink) throws IOException {
              sink.writeUtf8("much more");
            }
          };

      assertThatThrownBy(() -> put(mesh, body)).isInstanceOf(ProtocolException.class);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void exceptionOfTheCallersBodyEndsTheCall() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = Fixture.of(a)) {
      Streamed body =
          new Streamed(
              false,
              sink -> {
                throw new IllegalStateException("a bug");
              });

      assertThatThrownBy(() -> put(mesh, body))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("a bug");
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void earlyAnswerToALargeBodyIsDelivered() throws Exception {
    try (Upstream a = Upstream.start("a").answeringEarly(413);
        Fixture mesh = Fixture.of(a)) {
      byte[] large = new byte[20_000_000];
      try (Response response = put(mesh, RequestBody.create(large))) {
        assertThat(response.code()).isEqualTo(413);
      }
      mesh.assertNothingLeaked(1);
    }
  }

  private static Response put(Fixture mesh, RequestBody body) throws IOException {
    return mesh.client.newCall(new Request.Builder().url(Fixture.URL).put(body).build()).execute();
  }

  private interface Writer {
    void write(BufferedSink sink) throws IOException;
  }

  private static final class Streamed extends RequestBody {
    final AtomicInteger writes = new AtomicInteger();
    private final boolean oneShot;
    private final Writer writer;

    Streamed(boolean oneShot, Writer writer) {
      this.oneShot = oneShot;
      this.writer = writer;
    }

    @Override
    public @Nullable MediaType contentType() {
      return null;
    }

    @Override
    public boolean isOneShot() {
      return oneShot;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      writes.incrementAndGet();
      writer.write(sink);
    }
  }
}
