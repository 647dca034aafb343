package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.librarymesh.controlplane.AuthoritySettings;
import io.librarymesh.controlplane.ControlPlane;
import io.librarymesh.controlplane.store.DirectoryStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands that are known to the control plane, and to each other, by certificates. */
@Timeout(60)
final class SecureWorkloadTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir Path directory;

  private final List<AutoCloseable> open = new ArrayList<>();
  private ControlPlane controlPlane;
  private int tokens;

  @BeforeEach
  void start() throws IOException {
    Path mesh = Files.createDirectory(directory.resolve("mesh"));
    Files.writeString(
        mesh.resolve("greeter.yaml"),
        """
        apiVersion: v1
        kind: Service
        metadata: {name: greeter}
        spec: {selector: {app: greeter}, ports: [{port: 3000, name: http}]}
        ---
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: strict}
        spec: {mtls: {mode: STRICT}}
        """);
    controlPlane =
        ControlPlane.builder(DirectoryStore.open(mesh))
            .xds(ANY_PORT)
            .authority(AuthoritySettings.of(ca()).withAddress(ANY_PORT))
            .build();
    open.add(controlPlane);
    controlPlane.start();
  }

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private Path ca() {
    return directory.resolve("ca");
  }

  private String secure() {
    return "127.0.0.1:" + controlPlane.securePort();
  }

  private Path token(String account) throws IOException {
    Terminal issued =
        Terminal.run(
            "ca",
            "token",
            "--dir",
            ca().toString(),
            "--namespace",
            "default",
            "--service-account",
            account);
    assertThat(issued.exitCode()).as(issued.err()).isZero();
    Path file = directory.resolve("token" + tokens++);
    Files.writeString(file, issued.out());
    return file;
  }

  private WorkloadOptions options(Path token) {
    WorkloadOptions options = new WorkloadOptions();
    options.serverRoots = ca().resolve("root-cert.pem");
    options.token = token;
    return options;
  }

  /** An echo server in the mesh; returns its port. */
  private EchoWorkload greeter() throws Exception {
    Options.HostPort server = Options.hostPort("--register", secure());
    WorkloadOptions options = options(token("greeter"));
    options.labels = Map.of("app", "greeter");
    WorkloadOptions.Workload workload = options.open(Optional.of(server));
    open.add(workload);
    EchoWorkload echo = EchoWorkload.start(ANY_PORT, Echoes.WELL, workload);
    open.add(echo);
    echo.register(server, "greeter", Optional.empty());
    while (controlPlane.status().clients().stream()
        .noneMatch(client -> !client.workload().isEmpty())) {
      Thread.onSpinWait();
    }
    return echo;
  }

  private static Terminal call(String... options) {
    List<String> all = new ArrayList<>(List.of("call", "http://greeter:3000/hi", "-o", "json"));
    all.addAll(Arrays.asList(options));
    return Terminal.run(all.toArray(String[]::new));
  }

  private Terminal knownCall(Path token, String... more) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--server",
                secure(),
                "--server-roots",
                ca().resolve("root-cert.pem").toString(),
                "--token",
                token.toString(),
                "--config-timeout",
                "2s"));
    all.addAll(Arrays.asList(more));
    return call(all.toArray(String[]::new));
  }

  private static JsonObject last(Terminal result) {
    assertThat(result.exitCode()).as(result.err()).isZero();
    return JsonParser.parseString(result.out()).getAsJsonObject().getAsJsonObject("last");
  }

  @Test
  void aStrictServerTellsWhoCalledItAndNobodyElseGetsThrough() throws Exception {
    EchoWorkload greeter = greeter();

    JsonObject answered = last(knownCall(token("web")));

    assertThat(answered.get("status").getAsInt()).isEqualTo(200);
    JsonObject caller =
        JsonParser.parseString(answered.get("body").getAsString())
            .getAsJsonObject()
            .getAsJsonObject("caller");
    assertThat(caller.get("identity").getAsString())
        .isEqualTo("spiffe://cluster.local/ns/default/sa/web");
    assertThat(caller.get("tls").getAsBoolean()).isTrue();

    JsonObject plain = last(call("--server", "127.0.0.1:" + controlPlane.port()));
    assertThat(plain.get("status").getAsInt()).isEqualTo(503);
    assertThat(greeter.known()).contains("spiffe://cluster.local/ns/default/sa/greeter");
  }

  @Test
  void aTokenCountsOnceAndTheRefusalSaysWhatToDo() throws Exception {
    Path token = token("web");
    assertThat(knownCall(token).exitCode()).isZero();

    WorkloadOptions again = options(token);
    again.patience = Duration.ofMillis(500);

    assertThatThrownBy(() -> again.open(Optional.of(Options.hostPort("--server", secure()))))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("UNAUTHENTICATED", token.toString(), "meshctl ca token");
  }

  @Test
  void theNamespaceIsThatOfTheCertificate() throws Exception {
    Terminal other = knownCall(token("web"), "--namespace", "shop");

    assertThat(other.exitCode()).isEqualTo(2);
    assertThat(other.err()).contains("--namespace: shop (expected: default");
  }

  @Test
  void halfOfWhatIsNeededIsRefusedBeforeAnythingIsSent() throws Exception {
    String roots = ca().resolve("root-cert.pem").toString();
    String nothing = directory.resolve("nothing").toString();

    assertThat(call("--server", secure(), "--server-roots", roots).err())
        .contains("--token or --identity");
    assertThat(call("--server", secure(), "--server-roots", nothing).err())
        .contains(nothing + ": no such file");
    assertThat(call("--server", secure(), "--token", roots).err()).contains("--server-roots");
    assertThat(
            call("--config", directory.resolve("mesh").toString(), "--server-roots", roots).err())
        .contains("--server or --register");
    assertThat(Terminal.run("echo", "--port", "0", "--identity", directory.toString()).err())
        .contains("--register");
  }
}
