package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.time.Duration;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;

class EchoServerTest {
  private final OkHttpClient client = new OkHttpClient();

  @Test
  void answersWithWhatItReceivedAndItsLabels() throws IOException {
    try (Echoes echoes = new Echoes()) {
      EchoServer server = echoes.add("v7", Echoes.WELL);

      try (Response response = get(server, "/x?y=1")) {
        JsonObject echo = JsonParser.parseString(response.body().string()).getAsJsonObject();
        assertThat(response.code()).isEqualTo(200);
        assertThat(echo.get("path").getAsString()).isEqualTo("/x?y=1");
        assertThat(echo.getAsJsonObject("labels").get("version").getAsString()).isEqualTo("v7");
        assertThat(echo.getAsJsonObject("headers").get("x-tag").getAsString()).isEqualTo("a");
      }
    }
  }

  @Test
  void failsTheFirstRequestsAndNoMore() throws IOException {
    try (Echoes echoes = new Echoes()) {
      EchoServer server = echoes.add("v1", new EchoServer.Behaviour(201, 500, 2, 0, Duration.ZERO));

      assertThat(status(server)).isEqualTo(500);
      assertThat(status(server)).isEqualTo(500);
      assertThat(status(server)).isEqualTo(201);
      assertThat(server.received()).isEqualTo(3);
    }
  }

  @Test
  void failsAlwaysAtOneHundredPercent() throws IOException {
    try (Echoes echoes = new Echoes()) {
      EchoServer server =
          echoes.add("v1", new EchoServer.Behaviour(200, 503, 0, 100, Duration.ZERO));

      for (int i = 0; i < 20; i++) {
        assertThat(status(server)).isEqualTo(503);
      }
    }
  }

  private int status(EchoServer server) throws IOException {
    try (Response response = get(server, "/")) {
      return response.code();
    }
  }

  private Response get(EchoServer server, String path) throws IOException {
    String url = "http://127.0.0.1:" + server.address().getPort() + path;
    return client.newCall(new Request.Builder().url(url).header("x-tag", "a").build()).execute();
  }
}
