package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The authority's folder from the command line. */
class CaCommandTest {
  @TempDir Path directory;

  private Terminal ca(String command, String... more) {
    String[] args = new String[more.length + 4];
    args[0] = "ca";
    args[1] = command;
    args[2] = "--dir";
    args[3] = directory.resolve("ca").toString();
    System.arraycopy(more, 0, args, 4, more.length);
    return Terminal.run(args);
  }

  @Test
  void rootIsMadeOnceAndReplacedInSteps() {
    assertThat(ca("init").out()).contains("made a root for cluster.local", "root-cert.pem");
    assertThat(ca("init").out()).contains("there is one already");
    assertThat(ca("status").out()).startsWith("settled");

    assertThat(ca("rotate", "announce").out()).startsWith("announced");
    assertThat(ca("rotate", "promote").out()).startsWith("promoted");
    Terminal tooEarly = ca("rotate", "settle");
    assertThat(tooEarly.exitCode()).isEqualTo(1);
    assertThat(tooEarly.err()).contains("certificates of the old root count until");
    assertThat(ca("rotate", "settle", "--max-certificate-ttl", "0s").out()).startsWith("settled");
  }

  @Test
  void machinesAreToldTheSame() {
    assertThat(ca("init", "-o", "json").out())
        .contains("\"made\": true", "\"roots\": \"" + directory.resolve("ca/root-cert.pem"));
    assertThat(ca("status", "-o", "yaml").out()).startsWith("phase: settled\n");
    assertThat(ca("rotate", "announce", "-o", "json").out()).contains("\"phase\": \"announced\"");
    assertThat(ca("rotate", "promote", "-o", "yaml").out()).startsWith("phase: promoted\n");
    assertThat(ca("token", "--namespace", "shop", "--service-account", "cart", "-o", "json").out())
        .contains(
            "\"token\": \"mesh-join.",
            "\"spiffe_id\": \"spiffe://cluster.local/ns/shop/sa/cart\"",
            "\"ttl_seconds\": 600");
  }

  @Test
  void tokenIsPrintedAndNotKept() throws Exception {
    assertThat(ca("init").exitCode()).isZero();
    Terminal made = ca("token", "--namespace", "shop", "--service-account", "cart", "--ttl", "1m");

    assertThat(made.exitCode()).isZero();
    assertThat(made.out()).matches("mesh-join\\.[0-9a-f]{16}\\.[A-Za-z0-9_-]{43}\n");
    String[] parts = made.out().strip().split("\\.", -1);
    Path kept = directory.resolve("ca/tokens").resolve(parts[1]);
    assertThat(Files.readString(kept))
        .contains("spiffe://cluster.local/ns/shop/sa/cart")
        .doesNotContain(parts[2]);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
        .isEqualTo("rw-------");
  }

  @Test
  void tokenIsOfOneWorkloadOfTheDomainAndShort() {
    assertThat(ca("token", "--namespace", "a", "--service-account", "b").err())
        .contains("no certificate authority");
    assertThat(ca("init").exitCode()).isZero();
    assertThat(ca("token").err()).contains("who is it for?");
    assertThat(ca("token", "--namespace", "a").err()).contains("who is it for?");
    assertThat(ca("token", "--spiffe-id", "spiffe://other/ns/a/sa/b").err())
        .contains("expected: spiffe://cluster.local/ns/NAMESPACE/sa/SERVICE_ACCOUNT");
    assertThat(ca("token", "--spiffe-id", "http://x").err()).contains("SPIFFE ID");
    assertThat(ca("token", "--namespace", "a", "--service-account", "b", "--ttl", "11m").err())
        .contains("expected: from 1s to 10m");
  }

  @Test
  void serveRefusesAnAuthorityWhoseKeyOthersMayRead() throws Exception {
    assertThat(ca("init").exitCode()).isZero();
    Files.setPosixFilePermissions(
        directory.resolve("ca/ca-key.pem"), PosixFilePermissions.fromString("rw-r--r--"));
    Path mesh = Files.createDirectory(directory.resolve("mesh"));
    Terminal serve =
        Terminal.run(
            "serve",
            "--config",
            mesh.toString(),
            "--xds",
            "127.0.0.1:0",
            "--http",
            "127.0.0.1:0",
            "--secure-xds",
            "127.0.0.1:0",
            "--ca",
            directory.resolve("ca").toString());

    assertThat(serve.exitCode()).isEqualTo(1);
    assertThat(serve.err()).contains("ca-key.pem", "expected: mode 0600");
  }
}
