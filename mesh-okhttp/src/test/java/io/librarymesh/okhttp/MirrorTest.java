package io.librarymesh.okhttp;

import static io.librarymesh.okhttp.Upstream.Behaviour.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.CircuitBreakers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import okhttp3.Cache;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of requests on real sockets: what they carry, and that the call does not notice them. */
final class MirrorTest {
  @Test
  void copyCarriesTheHeadersAndTheBody() throws Exception {
    try (Upstream a = Upstream.start("a");
        Upstream m = Upstream.start("m").then(answer(500, "unseen", "Set-Cookie: a=b"));
        Fixture mesh = mirrored(a, m)) {
      Request request =
          new Request.Builder()
              .url(Fixture.URL + "?q=1")
              .header("X-Own", "1")
              .post(RequestBody.create("payload", MediaType.get("text/plain")))
              .build();
      try (Response response = mesh.client.newCall(request).execute()) {
        assertThat(response.code()).isEqualTo(200);
        assertThat(response.headers("set-cookie")).isEmpty();
      }
      copiesEnd(mesh);

      Upstream.Received copy = m.received().get(0);
      assertThat(copy.target()).isEqualTo("/hello?q=1");
      assertThat(copy.header("host")).isEqualTo(Fixture.AUTHORITY);
      assertThat(copy.header("x-own")).isEqualTo("1");
      assertThat(copy.header("content-type")).startsWith("text/plain");
      assertThat(copy.body()).isEqualTo("payload");
      assertThat(a.received().get(0).body()).isEqualTo("payload");
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void callsDoNotWaitForAMirrorThatHangs() throws Exception {
    try (Upstream a = Upstream.start("a");
        Upstream m = Upstream.start("m").then(silences());
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .mirror(m, CircuitBreakers.NONE)
                .timeout(Duration.ofSeconds(2))
                .start()) {
      for (int i = 0; i < Mirrors.MAX_IN_FLIGHT + 10; i++) {
        try (Response response = mesh.get()) {
          assertThat(response.code()).isEqualTo(200);
        }
      }
      assertThat(mesh.interceptor.mirrorCount()).isLessThanOrEqualTo(Mirrors.MAX_IN_FLIGHT);
      copiesEnd(mesh);

      assertThat(a.received()).hasSize(Mirrors.MAX_IN_FLIGHT + 10);
      assertThat(m.connections()).isBetween(1, Mirrors.MAX_IN_FLIGHT);
    }
  }

  @Test
  void mirrorThatIsDownCostsTheCallNothing() throws Exception {
    Upstream gone = Upstream.start("gone");
    gone.close();
    try (Upstream a = Upstream.start("a");
        Fixture mesh = mirrored(a, gone)) {
      try (Response response = mesh.get()) {
        assertThat(response.code()).isEqualTo(200);
        assertThat(MeshResponse.of(response).orElseThrow().flags()).isEmpty();
      }
      copiesEnd(mesh);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void bodyThatIsTooLongOrCanBeSentOnlyOnceIsNotCopied() throws Exception {
    try (Upstream a = Upstream.start("a");
        Upstream m = Upstream.start("m");
        Fixture mesh = mirrored(a, m)) {
      byte[] most = new byte[(int) Mirrors.MAX_BODY_BYTES];
      for (RequestBody body :
          List.of(
              RequestBody.create(new byte[most.length + 1]),
              new Streamed(most.length + 1, false),
              new Streamed(1, true),
              new Streamed(most.length, false))) {
        Request request = new Request.Builder().url(Fixture.URL).post(body).build();
        try (Response response = mesh.client.newCall(request).execute()) {
          assertThat(response.code()).isEqualTo(200);
        }
      }
      copiesEnd(mesh);

      assertThat(a.received()).hasSize(4);
      assertThat(m.received())
          .singleElement()
          .extracting(r -> r.body().length())
          .isEqualTo(most.length);
    }
  }

  @Test
  void copyLeavesNoTraceInTheCache(@TempDir Path folder) throws Exception {
    try (Upstream a = Upstream.start("a").then(answer(200, "main", "Cache-Control: no-store"));
        Upstream m = Upstream.start("m").then(answer(200, "copy", "Cache-Control: max-age=60"));
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .mirror(m, CircuitBreakers.NONE)
                .client(client -> client.cache(new Cache(folder.toFile(), 1_000_000)))
                .start()) {
      try (Response response = mesh.get()) {
        assertThat(response.body().string()).isEqualTo("main");
      }
      copiesEnd(mesh);
      assertThat(m.received()).hasSize(1);
      try (Response response = mesh.get()) {
        assertThat(response.cacheResponse()).isNull();
      }
      assertThat(a.received()).hasSize(2);
    }
  }

  /** One for each copy that can be on its way. */
  private static Upstream.Behaviour[] silences() {
    return Stream.generate(Upstream.Behaviour::silence)
        .limit(Mirrors.MAX_IN_FLIGHT)
        .toArray(Upstream.Behaviour[]::new);
  }

  private static Fixture mirrored(Upstream a, Upstream m) {
    return new Fixture.Service().upstreams(a).mirror(m, CircuitBreakers.NONE).start();
  }

  private static void copiesEnd(Fixture mesh) {
    Fixture.await("no copy on its way", () -> mesh.interceptor.mirrorCount() == 0);
  }

  /** Of a length that nobody knows before. */
  private static final class Streamed extends RequestBody {
    private final int length;
    private final boolean oneShot;

    Streamed(int length, boolean oneShot) {
      this.length = length;
      this.oneShot = oneShot;
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
      sink.write(new byte[length]);
    }
  }
}
