package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.Semantics;
import io.librarymesh.okhttp.MeshInterceptor;
import io.librarymesh.telemetry.MeshObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Services outside the mesh, from the YAML to real sockets. */
class ExternalServiceTest {
  private static final Connections.Caller CALLER =
      new Connections.Caller(
          WorkloadOptions.Workload.NOBODY,
          Duration.ofSeconds(10),
          Semantics.STANDARD,
          MeshObserver.NONE);

  @TempDir Path directory;

  /** The client's own DNS knows no name, so that only the mesh can have looked one up. */
  private static List<InetAddress> unknown(String name) throws UnknownHostException {
    throw new UnknownHostException(name);
  }

  private void declare(String resolution, int port) throws Exception {
    Files.writeString(
        directory.resolve("external.yaml"),
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: external}
        spec:
          hosts: [api.example]
          ports: [{number: 80, name: http, protocol: HTTP}]
          resolution: %s
          endpoints: [{address: localhost, ports: {http: %d}}]
        """
            .formatted(resolution, port));
  }

  @ParameterizedTest
  @ValueSource(strings = {"DNS", "DNS_ROUND_ROBIN"})
  void namesAreLookedUpByTheMesh(String resolution) throws Exception {
    try (EchoServer server = start()) {
      declare(resolution, server.address().getPort());
      try (Connections.Connection connection = Connections.embedded(directory, CALLER)) {
        OkHttpClient client =
            new OkHttpClient.Builder()
                .dns(ExternalServiceTest::unknown)
                .addInterceptor(MeshInterceptor.of(connection.mesh()))
                .build();

        assertThat(get(client, "http://api.example/x")).isEqualTo(200);
      }
    }
  }

  @Test
  void hostThatNobodyDeclaredIsCalledWhereItsUrlPoints() throws Exception {
    try (EchoServer server = start();
        Connections.Connection connection = Connections.embedded(directory, CALLER)) {
      OkHttpClient client =
          new OkHttpClient.Builder().addInterceptor(MeshInterceptor.of(connection.mesh())).build();

      int port = server.address().getPort();
      assertThat(get(client, "http://localhost:" + port + "/x")).isEqualTo(200);
    }
  }

  private static EchoServer start() throws Exception {
    return EchoServer.start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Echoes.WELL, Map.of());
  }

  private static int get(OkHttpClient client, String url) throws Exception {
    try (Response response = client.newCall(new Request.Builder().url(url).build()).execute()) {
      return response.code();
    } finally {
      client.dispatcher().executorService().shutdown();
    }
  }
}
