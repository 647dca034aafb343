package io.librarymesh.okhttp;

import static io.librarymesh.okhttp.Upstream.Behaviour.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.Body;
import io.librarymesh.config.Coalesce;
import io.librarymesh.config.FailureCondition;
import io.librarymesh.config.Fallback;
import io.librarymesh.config.LastGoodResponse;
import io.librarymesh.config.RetryOn;
import io.librarymesh.config.StoredResponse;
import io.librarymesh.telemetry.CallRecord;
import io.librarymesh.telemetry.ResponseFlag;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.Test;

/** A caller's own fallback: what it is asked about, and what becomes of its answer. */
final class MeshFallbackTest {
  private final List<String> failures = new ArrayList<>();

  private Optional<Response> instead(Request request, Response failure) {
    failures.add(failure.code() + " " + failure.header(MeshResponse.FLAGS_HEADER, "-"));
    return Optional.of(
        failure
            .newBuilder()
            .code(200)
            .message("OK")
            .body(ResponseBody.create("instead of " + request.url().encodedPath(), null))
            .build());
  }

  private static OkHttpClient client(Fixture mesh, MeshFallback fallback) {
    return new OkHttpClient.Builder()
        .addInterceptor(mesh.interceptor.withFallback(fallback))
        .build();
  }

  private static Response get(OkHttpClient client) throws IOException {
    return client.newCall(new Request.Builder().url(Fixture.URL).build()).execute();
  }

  private static String text(Response response) throws IOException {
    try (response) {
      return response.body().string();
    }
  }

  @Test
  void failureOfTheUpstreamIsAnsweredByTheCallersFallback() throws Exception {
    try (Upstream a = Upstream.start("a").then(answer(503, "down"), answer(200, "up"));
        Fixture mesh = Fixture.of(a)) {
      OkHttpClient client = client(mesh, this::instead);
      Response response = get(client);
      assertThat(response.code()).isEqualTo(200);
      assertThat(MeshResponse.flags(response)).containsExactly(ResponseFlag.FB);
      assertThat(response.header(MeshResponse.FLAGS_HEADER)).isEqualTo("FB");
      assertThat(MeshResponse.of(response).orElseThrow().local()).isTrue();
      assertThat(text(response)).isEqualTo("instead of /hello");
      CallRecord told = mesh.ended(1);
      assertThat(told.status()).isEqualTo(200);
      assertThat(told.flags()).containsExactly(ResponseFlag.FB);

      assertThat(text(get(client))).isEqualTo("up");
      assertThat(failures).containsExactly("503 -");
      assertThat(a.received()).extracting(Upstream.Received::connection).containsOnly(0);
      mesh.assertNothingLeaked(2);
    }
  }

  @Test
  void failureOfTheMeshIsAnsweredAfterTheLastRetry() throws Exception {
    try (Fixture mesh =
        new Fixture.Service()
            .endpoints(Upstream.refusing())
            .retry(1, RetryOn.CONNECT_FAILURE)
            .start()) {
      Response response = get(client(mesh, this::instead));

      assertThat(text(response)).isEqualTo("instead of /hello");
      assertThat(failures).containsExactly("503 UF,URX");
      assertThat(MeshResponse.flags(response))
          .containsExactly(ResponseFlag.UF, ResponseFlag.URX, ResponseFlag.FB);
      assertThat(mesh.ended(1).status()).isEqualTo(200);
    }
  }

  @Test
  void whatIsNoFailureIsLeftAlone() throws Exception {
    try (Upstream a = Upstream.start("a").then(answer(404, "none"), answer(429, "slow down"));
        Fixture mesh = Fixture.of(a)) {
      OkHttpClient client = client(mesh, this::instead);

      assertThat(text(get(client))).isEqualTo("none");
      assertThat(text(get(client))).isEqualTo("slow down");
      assertThat(failures).isEmpty();
      mesh.assertNothingLeaked(2);
    }
  }

  @Test
  void fallbackThatHasNothingLeavesTheFailureAsItIs() throws Exception {
    List<String> peeked = new ArrayList<>();
    MeshFallback nothing =
        (request, failure) -> {
          try {
            peeked.add(failure.peekBody(100).string());
          } catch (IOException e) {
            peeked.add(e.toString());
          }
          return Optional.empty();
        };
    try (Upstream a = Upstream.start("a").then(answer(503, "down", "X-From: a"));
        Fixture mesh = Fixture.of(a)) {
      Response response = get(client(mesh, nothing));

      assertThat(response.code()).isEqualTo(503);
      assertThat(response.header("X-From")).isEqualTo("a");
      assertThat(text(response)).isEqualTo("down");
      assertThat(peeked).containsExactly("down");
      assertThat(mesh.ended(1).flags()).isEmpty();
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void fallbackThatHasNothingLeavesTheAnswerOfTheMeshAsItIs() throws Exception {
    try (Fixture mesh = Fixture.of(Upstream.refusing())) {
      Response response = get(client(mesh, (request, failure) -> Optional.empty()));

      assertThat(response.code()).isEqualTo(503);
      assertThat(text(response)).contains("remote connection failure");
      assertThat(mesh.ended(1).flags()).containsExactly(ResponseFlag.UF);
    }
  }

  @Test
  void fallbackThatFailsLeavesTheFailureAsItIs() throws Exception {
    try (Upstream a = Upstream.start("a").then(answer(503, "down"), answer(502, "gone"));
        Fixture mesh = Fixture.of(a)) {
      MeshFallback broken =
          (request, failure) -> {
            throw new IllegalStateException("a caller's mistake");
          };
      assertThat(text(get(client(mesh, broken)))).isEqualTo("down");

      MeshFallback same = (request, failure) -> Optional.of(failure.newBuilder().code(200).build());
      assertThat(text(get(client(mesh, same)))).isEqualTo("gone");
      mesh.assertNothingLeaked(2);
    }
  }

  @Test
  void policyComesFirstAndSaysWhatAFailureIs() throws Exception {
    StoredResponse fixed = new StoredResponse(200, Map.of(), Body.ofText("of the policy"));
    Fallback fallback =
        new Fallback(
            Set.of(FailureCondition.CONNECT_FAILURE),
            Set.of(502),
            "",
            LastGoodResponse.NONE,
            fixed);
    Fallback on404 = new Fallback(Set.of(), Set.of(404), "", LastGoodResponse.NONE, null);
    try (Upstream a = Upstream.start("a").then(answer(502, "gone"), answer(503, "down"));
        Fixture mesh = new Fixture.Service().upstreams(a).policy(Coalesce.NONE, fallback).start()) {
      OkHttpClient client = client(mesh, this::instead);
      assertThat(text(get(client))).isEqualTo("of the policy");
      assertThat(text(get(client))).isEqualTo("down");
      assertThat(failures).isEmpty();
    }
    try (Upstream a = Upstream.start("a").then(answer(404, "none"), answer(503, "down"));
        Fixture mesh = new Fixture.Service().upstreams(a).policy(Coalesce.NONE, on404).start()) {
      OkHttpClient client = client(mesh, this::instead);
      assertThat(text(get(client))).isEqualTo("instead of /hello");
      assertThat(text(get(client))).isEqualTo("down");
      assertThat(failures).containsExactly("404 -");
    }
  }

  @Test
  void callsOfAFactoryHaveAFallbackToo() throws Exception {
    BlockingQueue<Response> answers = new LinkedBlockingQueue<>();
    try (Upstream a = Upstream.start("a").then(answer(500, "broken"), answer(500, "broken"));
        Fixture mesh = Fixture.of(a)) {
      MeshCallFactory factory =
          MeshCallFactory.of(mesh.mesh, new OkHttpClient()).withFallback(this::instead);
      Request request = new Request.Builder().url(Fixture.URL).build();
      assertThat(text(factory.newCall(request).execute())).isEqualTo("instead of /hello");
      factory
          .newCall(request)
          .enqueue(
              new Callback() {
                @Override
                public void onResponse(Call call, Response response) {
                  answers.add(response);
                }

                @Override
                public void onFailure(Call call, IOException e) {}
              });
      Response response = answers.poll(20, TimeUnit.SECONDS);
      assertThat(response).isNotNull();
      assertThat(text(response)).isEqualTo("instead of /hello");
      factory.evictIdleConnections();
      factory.client.dispatcher().executorService().shutdown();
    }
  }
}
