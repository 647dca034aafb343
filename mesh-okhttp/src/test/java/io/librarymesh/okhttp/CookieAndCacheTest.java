package io.librarymesh.okhttp;

import static io.librarymesh.okhttp.Upstream.Behaviour.answer;
import static io.librarymesh.okhttp.Upstream.Behaviour.raw;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.HashPolicy;
import io.librarymesh.config.HeaderMatch;
import io.librarymesh.config.PathMatch;
import io.librarymesh.config.RetryOn;
import io.librarymesh.config.RouteMatch;
import io.librarymesh.config.StatefulSession;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.ValueMatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import okhttp3.Cache;
import okhttp3.CacheControl;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client's cookies and cache, which OkHttp keeps beneath the place where the mesh stands. */
final class CookieAndCacheTest {
  @Test
  void cookiesAreLoadedOnceAndSavedFromTheAnswerAlone() throws Exception {
    Jar jar = new Jar();
    try (Upstream a =
            Upstream.start("a")
                .then(
                    answer(503, "no", "Set-Cookie: from=discarded"),
                    answer(200, "yes", "Set-Cookie: from=answer"));
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .retry(1, RetryOn.FIVE_XX)
                .client(client -> client.cookieJar(jar))
                .start()) {
      mesh.get().close();
      mesh.get().close();

      assertThat(jar.loads).isEqualTo(2);
      assertThat(jar.saved).extracting(Cookie::value).containsExactly("answer");
      assertThat(a.received())
          .extracting(request -> request.header("cookie"))
          .containsExactly("", "", "from=answer");
    }
  }

  @Test
  void cookieThatTheMeshMakesUpKeepsAJarAtItsEndpoint() throws Exception {
    Jar jar = new Jar();
    HashPolicy policy = new HashPolicy.GeneratedCookie("sid", 60, "/hello", List.of(), false);
    try (Upstream a = Upstream.start("a");
        Upstream b = Upstream.start("b");
        Upstream c = Upstream.start("c");
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a, b, c)
                .hash(policy)
                .client(client -> client.cookieJar(jar))
                .start()) {
      for (int i = 0; i < 20; i++) {
        try (Response response = mesh.get()) {
          assertThat(response.headers("set-cookie")).hasSize(i == 0 ? 1 : 0);
        }
      }

      assertThat(jar.saved).hasSize(1);
      Cookie cookie = jar.saved.get(0);
      assertThat(cookie.name()).isEqualTo("sid");
      assertThat(cookie.path()).isEqualTo("/hello");
      assertThat(cookie.httpOnly()).isTrue();
      assertThat(cookie.persistent()).isTrue();
      assertThat(List.of(a, b, c))
          .extracting(upstream -> upstream.received().size())
          .containsExactlyInAnyOrder(20, 0, 0);
    }
  }

  @Test
  void sessionOfAJarStaysWithItsHost() throws Exception {
    StatefulSession.Cookie cookie = new StatefulSession.Cookie("sid", 60, "/hello", List.of());
    try (Upstream a = Upstream.start("a");
        Upstream b = Upstream.start("b");
        Upstream c = Upstream.start("c");
        Fixture mesh = new Fixture.Service().upstreams(a, b, c).session(cookie).start()) {
      for (int caller = 0; caller < 3; caller++) {
        Jar jar = new Jar();
        var client = mesh.client.newBuilder().cookieJar(jar).build();
        for (int i = 0; i < 10; i++) {
          Request request = new Request.Builder().url(Fixture.URL).build();
          try (Response response = client.newCall(request).execute()) {
            assertThat(response.headers("set-cookie")).hasSize(i == 0 ? 1 : 0);
          }
        }
        assertThat(jar.saved).extracting(Cookie::name).containsExactly("sid");
        assertThat(jar.saved.get(0).path()).isEqualTo("/hello");
      }

      assertThat(List.of(a, b, c))
          .extracting(upstream -> upstream.received().size())
          .containsExactly(10, 10, 10);
    }
  }

  @Test
  void sessionInAHeaderIsTheCallersToKeep() throws Exception {
    try (Upstream a = Upstream.start("a");
        Upstream b = Upstream.start("b");
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a, b)
                .session(new StatefulSession.Header("x-session"))
                .start()) {
      Request first = new Request.Builder().url(Fixture.URL).build();
      String kept;
      try (Response response = mesh.client.newCall(first).execute()) {
        kept = response.header("x-session", "");
      }
      Request next = first.newBuilder().header("x-session", kept).build();
      try (Response response = mesh.client.newCall(next).execute()) {
        assertThat(response.header("x-session")).isNull();
      }

      assertThat(kept).isNotEmpty();
      assertThat(List.of(a, b))
          .extracting(upstream -> upstream.received().size())
          .containsExactlyInAnyOrder(2, 0);
    }
  }

  @Test
  void routesMatchOnCookiesOfTheJar() throws Exception {
    Jar jar = new Jar();
    jar.saved.add(cookie("user", "jason"));
    RouteMatch match =
        new RouteMatch(
            new PathMatch.Prefix("/", true),
            List.of(
                new HeaderMatch(
                    "cookie",
                    new ValueMatch.Text(new StringMatch.Contains("user=jason", false)),
                    false,
                    false)),
            List.of(),
            FractionalPercent.ALWAYS);
    try (Upstream a = Upstream.start("a");
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .match(match)
                .client(client -> client.cookieJar(jar))
                .start()) {
      try (Response response = mesh.get()) {
        assertThat(response.code()).isEqualTo(200);
      }
      jar.saved.clear();
      try (Response response = mesh.get()) {
        assertThat(response.code()).isEqualTo(404);
      }
    }
  }

  @Test
  void freshAnswerComesOutOfTheCacheWithoutTheMesh(@TempDir Path folder) throws Exception {
    try (Upstream a = Upstream.start("a").then(answer(200, "kept", "Cache-Control: max-age=60"));
        Fixture mesh = cached(folder, a)) {
      try (Response response = mesh.get()) {
        assertThat(response.body().string()).isEqualTo("kept");
      }
      try (Response response = mesh.get()) {
        assertThat(response.body().string()).isEqualTo("kept");
        assertThat(response.cacheResponse()).isNotNull();
        assertThat(response.request().header("Cache-Control")).isNull();
        assertThat(MeshResponse.of(response)).isEmpty();
      }

      assertThat(a.received()).hasSize(1);
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void staleAnswerIsConfirmedByAnAttempt(@TempDir Path folder) throws Exception {
    try (Upstream a =
            Upstream.start("a")
                .then(
                    answer(200, "kept", "ETag: \"1\"", "Cache-Control: no-cache"),
                    raw("HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n"));
        Fixture mesh = cached(folder, a)) {
      try (Response response = mesh.get()) {
        assertThat(response.body().string()).isEqualTo("kept");
      }
      try (Response response = mesh.get()) {
        assertThat(response.code()).isEqualTo(200);
        assertThat(response.body().string()).isEqualTo("kept");
      }

      assertThat(a.received().get(1).header("if-none-match")).isEqualTo("\"1\"");
      assertThat(mesh.ended(2).status()).isEqualTo(304);
      mesh.assertNothingLeaked(2);
    }
  }

  @Test
  void callThatWantsTheCacheAloneIsAnsweredByIt(@TempDir Path folder) throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = cached(folder, a)) {
      Request request =
          new Request.Builder().url(Fixture.URL).cacheControl(CacheControl.FORCE_CACHE).build();
      try (Response response = mesh.client.newCall(request).execute()) {
        assertThat(response.code()).isEqualTo(504);
      }

      assertThat(a.connections()).isZero();
      assertThat(mesh.observer.calls()).isEmpty();
    }
  }

  @Test
  void callThatForbidsTheCacheReachesTheUpstream(@TempDir Path folder) throws Exception {
    try (Upstream a =
            Upstream.start("a")
                .then(answer(200, "kept", "Cache-Control: max-age=60"), answer(200, "new"));
        Fixture mesh = cached(folder, a)) {
      try (Response response = mesh.get()) {
        assertThat(response.body().string()).isEqualTo("kept");
      }
      Request request =
          new Request.Builder().url(Fixture.URL).cacheControl(CacheControl.FORCE_NETWORK).build();
      try (Response response = mesh.client.newCall(request).execute()) {
        assertThat(response.body().string()).isEqualTo("new");
      }

      assertThat(a.received()).hasSize(2);
    }
  }

  private static Fixture cached(Path folder, Upstream a) {
    return new Fixture.Service()
        .upstreams(a)
        .client(client -> client.cache(new Cache(folder.toFile(), 1_000_000)))
        .start();
  }

  private static Cookie cookie(String name, String value) {
    return new Cookie.Builder().domain("greeter-service").name(name).value(value).build();
  }

  private static final class Jar implements CookieJar {
    final List<Cookie> saved = new ArrayList<>();
    int loads;

    @Override
    public void saveFromResponse(HttpUrl url, List<Cookie> cookies) {
      saved.addAll(cookies);
    }

    @Override
    public List<Cookie> loadForRequest(HttpUrl url) {
      loads++;
      return List.copyOf(saved);
    }
  }
}
