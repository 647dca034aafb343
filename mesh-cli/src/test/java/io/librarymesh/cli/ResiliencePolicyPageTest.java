package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.Semantics;
import io.librarymesh.controlplane.ControlPlane;
import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.ParsedFile;
import io.librarymesh.controlplane.store.DirectoryStore;
import io.librarymesh.okhttp.MeshResponse;
import io.librarymesh.telemetry.MeshObserver;
import io.librarymesh.telemetry.ResponseFlag;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the page on ResiliencePolicy shows is what happens: from its YAML to OkHttp's answers. */
class ResiliencePolicyPageTest {
  private static final Path PAGE = Path.of("..", "docs", "resilience-policy.md");
  private static final Connections.Caller CALLER =
      new Connections.Caller(
          WorkloadOptions.Workload.NOBODY,
          Duration.ofSeconds(15),
          Semantics.STANDARD,
          MeshObserver.NONE);

  @TempDir Path directory;

  @Test
  void theYamlLoadsWithoutAFinding() throws IOException {
    assertThat(examples()).isNotEmpty();
    for (String yaml : examples()) {
      ParsedFile parsed = IstioReader.read("resilience-policy.md", yaml);
      assertThat(parsed.findings()).isEmpty();
      assertThat(parsed.resources()).hasSize(1);
    }
  }

  @Test
  @Timeout(60)
  void theFirstExampleDoesWhatItSays() throws Exception {
    Files.writeString(
        directory.resolve("service.yaml"),
        """
        apiVersion: v1
        kind: Service
        metadata: {name: greeter-service}
        spec: {selector: {app: echo}, ports: [{name: http, port: 3000}]}
        """);
    Files.writeString(directory.resolve("policy.yaml"), examples().get(0));
    try (Echoes echoes = new Echoes();
        ControlPlane controlPlane = controlPlane()) {
      EchoServer upstream = echoes.add("v1", Echoes.WELL);
      echoes.register(controlPlane.port());
      await(() -> controlPlane.status().clients().size() == 1);
      Options.HostPort server = new Options.HostPort("127.0.0.1", controlPlane.port());
      try (Connections.Connection connection = Connections.remote(server, CALLER)) {
        OkHttpClient client = connection.client(1, false);
        for (int i = 0; i < 20; i++) {
          assertAnswer(client, "POST", 200);
        }
        assertAnswer(client, "POST", 429, ResponseFlag.RL);
        for (int i = 0; i < 30; i++) {
          assertAnswer(client, "GET", 200);
        }
      }
      assertThat(upstream.received()).isEqualTo(50);
    }
  }

  private static void assertAnswer(
      OkHttpClient client, String method, int status, ResponseFlag... flags) throws IOException {
    RequestBody body = method.equals("POST") ? RequestBody.create(new byte[0]) : null;
    Request request =
        new Request.Builder().url("http://greeter-service:3000/").method(method, body).build();
    try (Response response = client.newCall(request).execute()) {
      assertThat(response.code()).as(response.peekBody(500).string()).isEqualTo(status);
      assertThat(MeshResponse.flags(response)).containsExactly(flags);
    }
  }

  private static List<String> examples() throws IOException {
    return Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
        .matcher(Files.readString(PAGE))
        .results()
        .map((MatchResult block) -> block.group(1))
        .toList();
  }

  private ControlPlane controlPlane() throws IOException {
    ControlPlane controlPlane =
        ControlPlane.builder(DirectoryStore.open(directory))
            .xds(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .build();
    controlPlane.start();
    return controlPlane;
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }
}
