package io.librarymesh.okhttp;

import static io.librarymesh.okhttp.Upstream.Behaviour.answer;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.HeaderMutations;
import io.librarymesh.config.HeaderMutations.Addition;
import io.librarymesh.config.HeaderMutations.AppendAction;
import io.librarymesh.config.HeaderOperations;
import io.librarymesh.config.HostRewrite;
import io.librarymesh.config.PathMatch;
import io.librarymesh.config.PathRewrite;
import io.librarymesh.config.RegexRewrite;
import io.librarymesh.config.RequestRewrite;
import io.librarymesh.config.RetryOn;
import io.librarymesh.config.RouteAction;
import io.librarymesh.config.RouteMatch;
import java.nio.file.Path;
import java.util.List;
import okhttp3.Cache;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a route changes in requests and responses, as both ends see it. */
final class RouteChangesTest {
  private static final String OTHER = "http://greeter-service:3000/a/one?q=%20x";

  private static final RequestRewrite TO_B =
      new RequestRewrite(
          new RegexRewrite("^/a/", "/b/"), new HostRewrite.Literal("other.com"), true);

  private static HeaderMutations set(String name, String value) {
    return new HeaderMutations(
        List.of(),
        List.of(new Addition(name, value, AppendAction.OVERWRITE_IF_EXISTS_OR_ADD, false)));
  }

  private static Fixture.Service onRequests(HeaderMutations mutations) {
    return new Fixture.Service().headers(new HeaderOperations(mutations, HeaderMutations.NONE));
  }

  private static Fixture.Service onResponses(HeaderMutations mutations) {
    return new Fixture.Service().headers(new HeaderOperations(HeaderMutations.NONE, mutations));
  }

  @Test
  void wishesForAnEnvoyAreTakenOffWhateverTheirSpelling() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = new Fixture.Service().upstreams(a).start()) {
      Request.Builder wished =
          new Request.Builder()
              .url(Fixture.URL)
              .header("X-Envoy-Max-Retries", "3")
              .addHeader("x-ENVOY-upstream-rq-timeout-ms", "1")
              .addHeader("x-envoy-upstream-rq-timeout-ms", "2")
              .header("X-Envoy-Mine", "kept");
      mesh.client.newCall(wished.build()).execute().close();

      assertThat(a.only().header("x-envoy-max-retries")).isEmpty();
      assertThat(a.only().header("x-envoy-upstream-rq-timeout-ms")).isEmpty();
      assertThat(a.only().header("x-envoy-mine")).isEqualTo("kept");
    }
  }

  @Test
  void routesSeeThePathWithoutDotSegmentsAndWithItsEscapes() throws Exception { // istio 3.3
    try (Upstream a = Upstream.start("a");
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .match(RouteMatch.of(new PathMatch.Exact("/b", true)))
                .start()) {
      for (String path : List.of("/b", "/a/../b", "/./a/%2e%2e/b", "/../b?x=/../c")) {
        try (Response response = mesh.get("http://" + Fixture.AUTHORITY + path)) {
          assertThat(response.code()).as(path).isEqualTo(200);
        }
      }
      assertThat(a.received())
          .extracting(Upstream.Received::target)
          .containsExactly("/b", "/b", "/b", "/b?x=/../c");
      for (String path : List.of("/%62", "//b", "/a%2f../b")) {
        try (Response response = mesh.get("http://" + Fixture.AUTHORITY + path)) {
          assertThat(response.code()).as(path).isEqualTo(404);
        }
      }
    }
  }

  @Test
  void pathAndAuthorityGoOutRewritten() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = new Fixture.Service().upstreams(a).rewrite(TO_B).start()) {
      try (Response response = mesh.get(OTHER)) {
        assertThat(response.body().string()).isEqualTo("a");
        assertThat(response.request().url()).hasToString(OTHER);
        assertThat(requireNonNull(response.networkResponse()).request().url()).hasToString(OTHER);
      }

      assertThat(a.only().target()).isEqualTo("/b/one?q=%20x");
      assertThat(a.only().header("host")).isEqualTo("other.com");
      assertThat(a.only().header("x-envoy-original-path")).isEqualTo("/a/one?q=%20x");
      assertThat(a.only().header("x-forwarded-host")).isEqualTo("greeter-service:3000");
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void emptySegmentsOfARewrittenPathAreKept() throws Exception {
    RequestRewrite rewrite =
        new RequestRewrite(new PathRewrite.Prefix("//new/"), HostRewrite.NONE, false);
    try (Upstream a = Upstream.start("a");
        Fixture mesh = new Fixture.Service().upstreams(a).rewrite(rewrite).start()) {
      mesh.get(OTHER).close();

      assertThat(a.only().target()).isEqualTo("//new/a/one?q=%20x");
    }
  }

  @Test
  void everyAttemptIsRewritten() throws Exception {
    try (Upstream a = Upstream.start("a").then(answer(503, "no"));
        Fixture mesh =
            new Fixture.Service().upstreams(a).rewrite(TO_B).retry(1, RetryOn.FIVE_XX).start()) {
      mesh.get(OTHER).close();

      assertThat(a.received())
          .extracting(Upstream.Received::target)
          .containsExactly("/b/one?q=%20x", "/b/one?q=%20x");
    }
  }

  @Test
  void headersThatOkHttpSetsCanBeReplacedAndRemoved() throws Exception {
    HeaderMutations mutations =
        new HeaderMutations(
            List.of("user-agent", "x-gone"),
            List.of(
                new Addition(
                    "content-type", "text/x", AppendAction.OVERWRITE_IF_EXISTS_OR_ADD, false),
                new Addition("x-kept", "2", AppendAction.APPEND_IF_EXISTS_OR_ADD, false)));
    try (Upstream a = Upstream.start("a");
        Fixture mesh = onRequests(mutations).upstreams(a).start()) {
      Request request =
          new Request.Builder()
              .url(Fixture.URL)
              .header("x-gone", "1")
              .header("x-kept", "1")
              .post(RequestBody.create("body", MediaType.get("text/plain")))
              .build();
      mesh.client.newCall(request).execute().close();

      assertThat(a.only().header("user-agent")).isEmpty();
      assertThat(a.only().header("x-gone")).isEmpty();
      assertThat(a.only().header("content-type")).isEqualTo("text/x");
      assertThat(a.only().headers()).containsSequence("x-kept: 1", "x-kept: 2");
    }
  }

  @Test
  void responseReachesTheCallerChanged() throws Exception {
    HeaderMutations mutations =
        new HeaderMutations(
            List.of("server"),
            List.of(
                new Addition("x", "2", AppendAction.APPEND_IF_EXISTS_OR_ADD, false),
                new Addition("y", "%RESP(server)%!", AppendAction.APPEND_IF_EXISTS_OR_ADD, false)));
    try (Upstream a = Upstream.start("a").then(answer(200, "yes", "Server: s", "X: 1"));
        Fixture mesh = onResponses(mutations).upstreams(a).start()) {
      try (Response response = mesh.get()) {
        assertThat(response.body().string()).isEqualTo("yes");
        assertThat(response.headers("server")).isEmpty();
        assertThat(response.headers("x")).containsExactly("1", "2");
        assertThat(response.headers("y")).containsExactly("!");
      }
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void cacheGoesByWhatTheCallerAskedFor(@TempDir Path folder) throws Exception {
    try (Cache cache = new Cache(folder.toFile(), 1 << 20);
        Upstream a =
            Upstream.start("a")
                .then(
                    answer(200, "of a", "Cache-Control: max-age=60"),
                    answer(200, "of b", "Cache-Control: max-age=60"));
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .rewrite(TO_B)
                .client(client -> client.cache(cache))
                .start()) {
      try (Response first = mesh.get("http://greeter-service:3000/a/one")) {
        assertThat(first.body().string()).isEqualTo("of a");
      }
      try (Response other = mesh.get("http://greeter-service:3000/b/one")) {
        assertThat(other.body().string()).isEqualTo("of b");
      }
      try (Response again = mesh.get("http://greeter-service:3000/a/one")) {
        assertThat(again.body().string()).isEqualTo("of a");
        assertThat(again.cacheResponse()).isNotNull();
      }

      assertThat(a.received())
          .extracting(Upstream.Received::target)
          .containsExactly("/b/one", "/b/one");
    }
  }

  @Test
  void redirectOfTheMeshIsFollowedAsTheClientIsSet() throws Exception {
    RouteAction redirect =
        new RouteAction.Redirect(
            302, "", "other-service:3000", 0, new PathRewrite.Whole("/there"), false);
    try (Upstream b = Upstream.start("b");
        Fixture mesh = new Fixture.Service().answer(redirect).start()) {
      mesh.source.put(new Fixture.Service().upstreams(b).config("other-service:3000"));
      try (Response response = mesh.get(Fixture.URL)) {
        assertThat(response.body().string()).isEqualTo("b");
      }
      var stays = mesh.client.newBuilder().followRedirects(false).build();
      Request request = new Request.Builder().url(Fixture.URL).build();
      try (Response response = stays.newCall(request).execute()) {
        assertThat(response.code()).isEqualTo(302);
        assertThat(response.header("location")).isEqualTo("http://other-service:3000/there");
        assertThat(response.body().string()).isEmpty();
      }

      assertThat(b.only().target()).isEqualTo("/there");
    }
  }

  @Test
  void localAnswerHasTheHeadersOfItsRoute() throws Exception {
    try (Fixture mesh = onResponses(set("x", "1")).start();
        Response response = mesh.get()) {
      assertThat(response.code()).isEqualTo(503);
      assertThat(response.headers("x")).containsExactly("1");
      assertThat(response.header("content-type")).isEqualTo("text/plain");
    }
  }
}
