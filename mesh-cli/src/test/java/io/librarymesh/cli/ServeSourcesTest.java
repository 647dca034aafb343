package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.librarymesh.controlplane.istio.MeshConfigDocument;
import io.librarymesh.controlplane.store.ConfigSnapshot;
import io.librarymesh.controlplane.store.ConfigStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where {@code meshctl serve} reads from. */
class ServeSourcesTest {
  @Test
  void nothingToServeIsSaid() {
    Terminal serve = Terminal.run("serve");

    assertThat(serve.exitCode()).isEqualTo(2);
    assertThat(serve.err())
        .contains("nothing to serve (expected: --config DIR, --kubernetes, or both)");
  }

  @Test
  void aClusterIsReadOnlyWhereItIsAskedFor() {
    Terminal serve = Terminal.run("serve", "--config", "src", "--context", "home");

    assertThat(serve.exitCode()).isEqualTo(2);
    assertThat(serve.err()).contains("--context: given without --kubernetes");
  }

  @Test
  void statusesAreThoseOfACluster() {
    Terminal serve = Terminal.run("serve", "--config", "src", "--write-status");

    assertThat(serve.exitCode()).isEqualTo(2);
    assertThat(serve.err()).contains("--write-status: given without --kubernetes");
  }

  @Test
  void aKubeconfigIsAFile() {
    Terminal serve = Terminal.run("serve", "--kubernetes", "--kubeconfig", "no/such/file");

    assertThat(serve.exitCode()).isEqualTo(2);
    assertThat(serve.err())
        .contains("--kubeconfig: no/such/file (expected: a file that can be read)");
  }

  @Test
  void aContextIsOneOfTheFile(@TempDir Path directory) throws IOException {
    Terminal serve = serve(kubeconfig(directory, 1), "--context", "work");

    assertThat(serve.exitCode()).isEqualTo(2);
    assertThat(serve.err()).contains("--context: work (expected: one of [home])");
  }

  @Test
  void aClusterThatIsNotThereIsNamed(@TempDir Path directory) throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Terminal serve = serve(kubeconfig(directory, port));

    assertThat(serve.exitCode()).isEqualTo(1);
    assertThat(serve.err()).contains("kubernetes: http://127.0.0.1:" + port);
  }

  @Test
  void settingsOfTheMeshMayStandInAFileBesideACluster(@TempDir Path directory) throws Exception {
    Path settings = Files.writeString(directory.resolve("mesh"), "connectTimeout: 3s\n");
    HttpServer api = emptyCluster();
    ServeSources sources = new ServeSources();
    sources.kubernetes = true;
    sources.kubeconfig = kubeconfig(directory, api.getAddress().getPort());
    sources.meshConfig = settings;
    sources.check();
    try (ConfigStore store = sources.open()) {
      BlockingQueue<Duration> told = new LinkedBlockingQueue<>();
      var unused = store.subscribe(now -> connectTimeout(now).ifPresent(told::add));

      assertThat(connectTimeout(store.snapshot())).contains(Duration.ofSeconds(3));
      Files.writeString(settings, "connectTimeout: 4s\n");
      assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo(Duration.ofSeconds(4));
    } finally {
      api.stop(0);
    }
  }

  private static Optional<Duration> connectTimeout(ConfigSnapshot snapshot) {
    return snapshot.resources().stream()
        .filter(MeshConfigDocument.class::isInstance)
        .findFirst()
        .flatMap(document -> ((MeshConfigDocument) document).connectTimeout());
  }

  /** An API server that has no objects and no kinds but Kubernetes' own. */
  private static HttpServer emptyCluster() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext(
        "/",
        exchange -> {
          String request = exchange.getRequestURI().toString();
          boolean list = request.contains("resourceVersion=0") && !request.contains("watch=true");
          byte[] body =
              (list
                      ? "{\"kind\": \"List\", \"apiVersion\": \"v1\", "
                          + "\"metadata\": {\"resourceVersion\": \"1\"}, \"items\": []}"
                      : "{\"kind\": \"Status\", \"apiVersion\": \"v1\", \"code\": 404}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(list ? 200 : 404, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static Terminal serve(Path kubeconfig, String... more) {
    String[] args = {
      "serve",
      "--kubernetes",
      "--kubeconfig",
      kubeconfig.toString(),
      "--xds",
      "127.0.0.1:0",
      "--http",
      "127.0.0.1:0"
    };
    String[] all = Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return Terminal.run(all);
  }

  private static Path kubeconfig(Path directory, int port) throws IOException {
    return Files.writeString(
        directory.resolve("config"),
        """
        apiVersion: v1
        kind: Config
        current-context: home
        contexts:
        - {name: home, context: {cluster: c, user: u}}
        clusters:
        - {name: c, cluster: {server: "http://127.0.0.1:%d"}}
        users:
        - {name: u, user: {}}
        """
            .formatted(port));
  }
}
