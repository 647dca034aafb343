package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
