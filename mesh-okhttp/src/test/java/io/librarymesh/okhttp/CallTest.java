package io.librarymesh.okhttp;

import static io.librarymesh.okhttp.Upstream.Behaviour.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.FractionalPercent;
import io.librarymesh.telemetry.ResponseFlag;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.Test;

/** What a plain call looks like to the caller and to the upstream. */
final class CallTest {
  @Test
  void callReachesTheEndpointUnderItsLogicalName() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = Fixture.of(a)) {
      try (Response response = mesh.get("http://greeter-service:3000/hello?name=x%20y")) {
        assertThat(response.code()).isEqualTo(200);
        assertThat(response.body().string()).isEqualTo("a");
        assertThat(response.request().url().host()).isEqualTo("greeter-service");
        assertThat(response.header(MeshResponse.FLAGS_HEADER)).isNull();
      }
      assertThat(a.only().method()).isEqualTo("GET");
      assertThat(a.only().target()).isEqualTo("/hello?name=x%20y");
      assertThat(a.only().header("host")).isEqualTo("greeter-service:3000");
      assertThat(a.only().header("x-envoy-attempt-count")).isEqualTo("1");
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void hostHeaderOfTheCallerIsKept() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = Fixture.of(a)) {
      Request request = new Request.Builder().url(Fixture.URL).header("Host", "other.org").build();
      mesh.client.newCall(request).execute().close();

      assertThat(a.only().header("host")).isEqualTo("other.org");
    }
  }

  @Test
  void responseTellsHowItCameAbout() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = Fixture.of(a);
        Response response = mesh.get()) {
      MeshResponse outcome = MeshResponse.of(response).orElseThrow();

      assertThat(outcome.route()).isEqualTo("to-greeter");
      assertThat(outcome.cluster()).isEqualTo(Fixture.CLUSTER);
      assertThat(outcome.attempts()).isEqualTo(1);
      assertThat(outcome.endpoint()).contains(a.endpoint());
      assertThat(outcome.flags()).isEmpty();
      assertThat(outcome.local()).isFalse();
    }
  }

  @Test
  void responseFromElsewhereTellsNothing() {
    Response foreign =
        new Response.Builder()
            .request(new Request.Builder().url(Fixture.URL).build())
            .protocol(Protocol.HTTP_1_1)
            .code(200)
            .message("")
            .build();

    assertThat(MeshResponse.of(foreign)).isEmpty();
    assertThat(MeshResponse.flags(foreign)).isEmpty();
  }

  @Test
  void postSendsItsBody() throws Exception {
    try (Upstream a = Upstream.start("a").then(answer(201, "made"));
        Fixture mesh = Fixture.of(a)) {
      RequestBody body = RequestBody.create("{\"x\":1}", MediaType.get("application/json"));
      Request request = new Request.Builder().url(Fixture.URL).post(body).build();
      try (Response response = mesh.client.newCall(request).execute()) {
        assertThat(response.code()).isEqualTo(201);
      }

      assertThat(a.only().body()).isEqualTo("{\"x\":1}");
      assertThat(a.only().header("content-type")).startsWith("application/json");
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void asyncCallIsAnsweredOnADispatcherThread() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = Fixture.of(a)) {
      CompletableFuture<String> answer = new CompletableFuture<>();
      mesh.client
          .newCall(new Request.Builder().url(Fixture.URL).build())
          .enqueue(
              new Callback() {
                @Override
                public void onResponse(Call call, Response response) throws IOException {
                  answer.complete(response.body().string() + Thread.currentThread().getName());
                }

                @Override
                public void onFailure(Call call, IOException e) {
                  answer.completeExceptionally(e);
                }
              });

      assertThat(answer.get(20, TimeUnit.SECONDS)).startsWith("a").contains("OkHttp");
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void localReplyIsAResponse() throws Exception {
    FaultInjection abort =
        new FaultInjection(
            FaultInjection.Delay.NONE, new FaultInjection.Abort(FractionalPercent.ALWAYS, 501));
    try (Fixture mesh = new Fixture.Service().fault(abort).start();
        Response response = mesh.get()) {
      assertThat(response.code()).isEqualTo(501);
      assertThat(response.message()).isEqualTo("Not Implemented");
      assertThat(response.protocol()).isEqualTo(Protocol.HTTP_1_1);
      assertThat(response.body().string()).isEqualTo("fault filter abort");
      assertThat(response.header("content-type")).startsWith("text/plain");
      assertThat(response.header("x-mesh-response-flags")).isEqualTo("FI");
      assertThat(MeshResponse.flags(response)).containsExactly(ResponseFlag.FI);
      assertThat(MeshResponse.of(response).map(MeshResponse::local)).isEqualTo(Optional.of(true));
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void serviceWithoutEndpointsAnswers503() throws Exception {
    try (Fixture mesh = Fixture.of(new Upstream[0]);
        Response response = mesh.get()) {
      assertThat(response.code()).isEqualTo(503);
      assertThat(response.message()).isEqualTo("Service Unavailable");
      assertThat(response.body().string()).startsWith("no healthy upstream");
      assertThat(response.header("x-mesh-response-flags")).isEqualTo("UH");
    }
  }

  @Test
  void endpointsTakeTurnsAndKeepTheirConnections() throws Exception {
    try (Upstream a = Upstream.start("a");
        Upstream b = Upstream.start("b");
        Fixture mesh = Fixture.of(a, b)) {
      StringBuilder answers = new StringBuilder();
      for (int i = 0; i < 10; i++) {
        try (Response response = mesh.get()) {
          answers.append(response.body().string());
        }
      }

      assertThat(answers).hasToString("ababababab");
      assertThat(a.connections()).isEqualTo(1);
      assertThat(b.connections()).isEqualTo(1);
      mesh.assertNothingLeaked(10);
    }
  }
}
