package io.librarymesh.okhttp;

import static io.librarymesh.okhttp.Upstream.Behaviour.answer;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Redirects and challenges, which OkHttp answers beneath the place where the mesh stands. */
final class FollowUpTest {
  @Test
  void redirectIsFollowedThroughTheMesh() throws Exception {
    try (Upstream a =
            Upstream.start("a").then(answer(302, "", "Location: http://other-service:3000/there"));
        Upstream b = Upstream.start("b");
        Fixture mesh = Fixture.of(a)) {
      mesh.source.put(new Fixture.Service().upstreams(b).config("other-service:3000"));
      Request request =
          new Request.Builder().url(Fixture.URL).header("Authorization", "secret").build();
      try (Response response = mesh.client.newCall(request).execute()) {
        assertThat(response.body().string()).isEqualTo("b");
        assertThat(response.request().url()).hasToString("http://other-service:3000/there");
        assertThat(requireNonNull(response.priorResponse()).code()).isEqualTo(302);
        assertThat(requireNonNull(response.priorResponse()).request().url())
            .hasToString(Fixture.URL);
        assertThat(MeshResponse.of(response).orElseThrow().endpoint()).contains(b.endpoint());
      }

      assertThat(b.only().target()).isEqualTo("/there");
      assertThat(b.only().header("host")).isEqualTo("other-service:3000");
      assertThat(a.only().header("authorization")).isEqualTo("secret");
      assertThat(b.only().header("authorization")).isEmpty();
      mesh.assertNothingLeaked(2);
    }
  }

  @Test
  void relativeRedirectStaysWithTheService() throws Exception {
    try (Upstream a = Upstream.start("a").then(answer(307, "", "Location: ../up?x=1"));
        Fixture mesh = Fixture.of(a)) {
      try (Response response = mesh.get("http://greeter-service:3000/one/two")) {
        assertThat(response.body().string()).isEqualTo("a");
      }

      assertThat(a.received())
          .extracting(Upstream.Received::target)
          .containsExactly("/one/two", "/up?x=1");
      assertThat(a.received().get(1).header("host")).isEqualTo("greeter-service:3000");
      mesh.assertNothingLeaked(2);
    }
  }

  @Test
  void seeOtherTurnsAPostIntoAGet() throws Exception {
    try (Upstream a = Upstream.start("a").then(answer(303, "", "Location: /result"));
        Fixture mesh = Fixture.of(a)) {
      post(mesh, RequestBody.create("x", MediaType.get("text/plain"))).close();

      assertThat(a.received()).extracting(Upstream.Received::method).containsExactly("POST", "GET");
      assertThat(a.received().get(1).body()).isEmpty();
      assertThat(a.received().get(1).header("content-type")).isEmpty();
    }
  }

  @Test
  void permanentRedirectKeepsMethodAndBody() throws Exception {
    try (Upstream a = Upstream.start("a").then(answer(308, "", "Location: /result"));
        Fixture mesh = Fixture.of(a)) {
      post(mesh, RequestBody.create("x", null)).close();

      assertThat(a.received()).extracting(Upstream.Received::method).containsOnly("POST");
      assertThat(a.received()).extracting(Upstream.Received::body).containsExactly("x", "x");
    }
  }

  @Test
  void oneShotBodyIsNotRedirected() throws Exception {
    RequestBody body =
        new RequestBody() {
          @Override
          public @Nullable MediaType contentType() {
            return null;
          }

          @Override
          public boolean isOneShot() {
            return true;
          }

          @Override
          public void writeTo(BufferedSink sink) throws IOException {
            sink.writeUtf8("x");
          }
        };
    try (Upstream a = Upstream.start("a").then(answer(308, "", "Location: /result"));
        Fixture mesh = Fixture.of(a);
        Response response = post(mesh, body)) {
      assertThat(response.code()).isEqualTo(308);
      assertThat(a.received()).hasSize(1);
    }
  }

  @Test
  void redirectIsNotFollowedWhenTheClientDoesNot() throws Exception {
    try (Upstream a = Upstream.start("a").then(answer(302, "over there", "Location: /result"));
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .client(client -> client.followRedirects(false))
                .start();
        Response response = mesh.get()) {
      assertThat(response.code()).isEqualTo(302);
      assertThat(response.body().string()).isEqualTo("over there");
      assertThat(a.received()).hasSize(1);
    }
  }

  @Test
  void redirectToTlsIsNotFollowedWhenTheClientDoesNot() throws Exception {
    try (Upstream a =
            Upstream.start("a").then(answer(302, "", "Location: https://greeter-service:3000/"));
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .client(client -> client.followSslRedirects(false))
                .start();
        Response response = mesh.get()) {
      assertThat(response.code()).isEqualTo(302);
    }
  }

  @Test
  void redirectsEnd() throws Exception {
    Upstream.Behaviour again = answer(302, "", "Location: /again");
    try (Upstream a = Upstream.start("a");
        Fixture mesh = Fixture.of(a)) {
      for (int i = 0; i <= FollowUps.MAX; i++) {
        a.then(again);
      }

      assertThatThrownBy(mesh::get)
          .isInstanceOf(ProtocolException.class)
          .hasMessageContaining("21");
      assertThat(a.received()).hasSize(21);
      mesh.assertNothingLeaked(21);
    }
  }

  @Test
  void challengeIsAnsweredByTheClientsAuthenticator() throws Exception {
    List<String> asked = new ArrayList<>();
    try (Upstream a = Upstream.start("a").then(answer(401, "who are you"));
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .client(
                    client ->
                        client.authenticator(
                            (route, response) -> {
                              asked.add(response.request().url().toString());
                              return response
                                  .request()
                                  .newBuilder()
                                  .header("Authorization", "me")
                                  .build();
                            }))
                .start()) {
      try (Response response = mesh.get()) {
        assertThat(response.code()).isEqualTo(200);
      }

      assertThat(asked).containsExactly(Fixture.URL);
      assertThat(a.received())
          .extracting(request -> request.header("authorization"))
          .containsExactly("", "me");
      mesh.assertNothingLeaked(2);
    }
  }

  @Test
  void failureOfTheAuthenticatorLeaksNothing() throws Exception {
    try (Upstream a = Upstream.start("a").then(answer(401, "who are you"));
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .client(
                    client ->
                        client.authenticator(
                            (route, response) -> {
                              throw new IOException("no keys");
                            }))
                .start()) {
      assertThatThrownBy(mesh::get).hasMessage("no keys");
      mesh.assertNothingLeaked(1);
    }
  }

  private static Response post(Fixture mesh, RequestBody body) throws IOException {
    return mesh.client.newCall(new Request.Builder().url(Fixture.URL).post(body).build()).execute();
  }
}
