package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.grpc.ManagedChannel;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.librarymesh.controlplane.ControlPlane;
import io.librarymesh.controlplane.serve.AdsClients;
import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.controlplane.store.DirectoryStore;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.proto.envoy.config.core.v3.Node;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** {@code meshctl status} and {@code meshctl dump} against a control plane with clients. */
class StatusCommandTest {
  private static final String TOKEN = "a token of sixteen or more".replace(' ', '-');
  private static final String ROUTES = "outbound|3000||greeter.default.svc.cluster.local";

  @TempDir private Path directory;
  private ControlPlane controlPlane;
  private ManagedChannel channel;
  private String server;

  @BeforeEach
  void start() throws IOException {
    Files.writeString(
        directory.resolve("greeter.yaml"),
        """
        apiVersion: v1
        kind: Service
        metadata: {name: greeter}
        spec: {selector: {app: greeter}, ports: [{port: 3000, name: http}]}
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: greeter}
        spec:
          hosts: [greeter]
          http: [{redirect: {uri: /elsewhere}}]
        """);
    String name = "status-" + UUID.randomUUID();
    controlPlane =
        ControlPlane.builder(DirectoryStore.open(directory))
            .inProcess(name)
            .http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .debugToken(TOKEN)
            .build();
    controlPlane.start();
    channel = InProcessChannelBuilder.forName(name).build();
    server = "http://127.0.0.1:" + controlPlane.httpPort();
    Files.writeString(token(), TOKEN + "\n");
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    controlPlane.close();
  }

  private Path token() {
    return directory.resolve("token");
  }

  private Terminal ask(String... args) {
    String[] all = Arrays.copyOf(args, args.length + 4);
    all[args.length] = "--server";
    all[args.length + 1] = server;
    all[args.length + 2] = "--token-file";
    all[args.length + 3] = token().toString();
    return Terminal.run(all);
  }

  private Delta routes(Node node) {
    return new Delta(channel, node, ResourceType.ROUTE, ROUTES);
  }

  private static Node stockGrpc() {
    return AdsClients.node("stock", "default").toBuilder().setUserAgentName("gRPC Java").build();
  }

  private void awaitAcknowledged(int clients) {
    await(
        () ->
            controlPlane.status().clients().stream()
                    .filter(
                        client ->
                            !client
                                .subscription(ResourceType.ROUTE)
                                .version(ROUTES)
                                .acknowledged()
                                .isEmpty())
                    .count()
                == clients);
  }

  private static void await(BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
      Thread.onSpinWait();
    }
  }

  @Test
  void statesRefusalsAndGapsAreShown() {
    routes(AdsClients.node("good", "shop")).accept();
    routes(stockGrpc()).accept();
    Delta refusing = routes(AdsClients.node("refusing", "default"));
    refusing.refuse(refusing.next(), "unknown filter");
    awaitAcknowledged(2);
    await(() -> controlPlane.status().refusals() == 1);

    Terminal terminal = ask("status");

    assertThat(terminal.err()).isEmpty();
    assertThat(terminal.exitCode()).isZero();
    assertThat(terminal.out().lines().map(line -> line.replaceAll(" {3,}", " | ")))
        .contains("NODE | CDS | LDS | EDS | RDS | NAMESPACE | CLIENT | CONNECTED | GAPS")
        .anyMatch(line -> line.startsWith("good | IGNORED | IGNORED | IGNORED | SYNCED | shop | "))
        .anyMatch(line -> line.startsWith("refusing | IGNORED | IGNORED | IGNORED | NACK | "))
        .anyMatch(line -> line.startsWith("stock | ") && line.endsWith(" | 1"))
        .contains("refusing refused RDS and goes on with what it had: unknown filter")
        .contains("  it was sent " + ROUTES)
        .contains("stock leaves undone, without saying so:")
        .contains("  redirect | calls fail with UNAVAILABLE | greeter.yaml:11");
  }

  @Test
  void jsonAndYamlHoldTheSame() {
    routes(AdsClients.node("good", "default")).accept();
    awaitAcknowledged(1);

    JsonObject json = JsonParser.parseString(ask("status", "-o", "json").out()).getAsJsonObject();
    Object yaml =
        new Load(LoadSettings.builder().build()).loadFromString(ask("status", "-o", "yaml").out());

    assertThat(json.getAsJsonArray("clients").get(0).getAsJsonObject().get("sync").getAsString())
        .isEqualTo("SYNCED");
    assertThat(yaml).isInstanceOf(Map.class);
    assertThat(((Map<?, ?>) yaml).keySet()).isEqualTo(json.keySet());
    assertThat(((Map<?, ?>) yaml).get("generation")).isEqualTo(1);
  }

  @Test
  void withoutClientsItSaysSo() {
    assertThat(ask("status").out()).isEqualTo("No client is connected to " + server + ".\n");
  }

  @Test
  void aDumpShowsVersionsAndOnDemandContent() {
    Delta client = routes(AdsClients.node("greeter-v1", "default"));
    String version = client.accept().getResources(0).getVersion();
    client.subscribe(ResourceType.CLUSTER, "outbound|1||nobody");
    client.accept();
    awaitAcknowledged(1);

    assertThat(ask("dump", "greeter").out().lines().map(line -> line.replaceAll(" {3,}", " | ")))
        .contains("TYPE | NAME | SYNC | VERSION | ACKNOWLEDGED")
        .contains("route | " + ROUTES + " | SYNCED | " + version + " | " + version)
        .contains("cluster | outbound|1||nobody | ABSENT")
        .anyMatch(line -> line.startsWith("cluster outbound|1||nobody: "));
    assertThat(ask("dump", "greeter", "--type", "route", "-o", "yaml").out())
        .contains("path_redirect: /elsewhere")
        .doesNotContain("nobody");
    assertThat(ask("dump", "greeter", "--type", "listener").out())
        .isEqualTo("greeter-v1 has asked for nothing of this.\n");
  }

  @Test
  void aClientThatIsNotThereOrNotTheOnlyOneIsAnsweredWithCandidates() {
    routes(AdsClients.node("greeter-v1", "default")).accept();
    routes(AdsClients.node("greeter-v2", "default")).accept();
    awaitAcknowledged(2);

    Terminal unknown = ask("dump", "nobody");
    assertThat(unknown.exitCode()).isEqualTo(1);
    assertThat(unknown.err())
        .isEqualTo(
            "meshctl dump: no client has 'nobody' in its node id\n  greeter-v1\n  greeter-v2\n");
    Terminal ambiguous = ask("dump", "greeter");
    assertThat(ambiguous.exitCode()).isEqualTo(1);
    assertThat(ambiguous.err())
        .isEqualTo(
            "meshctl dump: 'greeter' fits 2 clients (expected: one)\n  greeter-v1\n  greeter-v2\n");
  }

  @Test
  void twoClientsOfOneNameAreToldApartByTheirConnections() {
    routes(AdsClients.node("twin", "default")).accept();
    routes(AdsClients.node("twin", "default")).accept();
    awaitAcknowledged(2);

    Terminal ambiguous = ask("dump", "twin");
    assertThat(ambiguous.err()).contains("twin  stream-1", "twin  stream-2");
    assertThat(ask("dump", "stream-2").exitCode()).isZero();
  }

  @Test
  void withoutTheTokenItSaysHowToGiveIt() {
    Terminal terminal = Terminal.run("status", "--server", server);

    assertThat(terminal.exitCode()).isEqualTo(1);
    assertThat(terminal.err()).contains("the token is missing", "--token-file");
  }

  @Test
  void whereNobodyAnswersItSaysWhatToStart() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }

    Terminal terminal = Terminal.run("status", "--server", "127.0.0.1:" + port);

    assertThat(terminal.exitCode()).isEqualTo(1);
    assertThat(terminal.err())
        .contains("127.0.0.1:" + port + " does not answer")
        .contains("'meshctl serve --config DIR'", "--server http://HOST:15014");
  }

  @Test
  void anAddressOfSomethingElseIsCalledThat() throws IOException {
    ControlPlane xds =
        ControlPlane.builder(DirectoryStore.open(directory))
            .xds(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .build();
    xds.start();

    Terminal terminal = Terminal.run("status", "--server", "http://127.0.0.1:" + xds.port());

    assertThat(terminal.exitCode()).isEqualTo(1);
    assertThat(terminal.err())
        .contains("expected: the HTTP address of a control plane, port 15014");
    xds.close();
  }

  @Test
  void wrongUseIsNamed() {
    assertThat(Terminal.run("status", "--server", "http://").exitCode()).isEqualTo(2);
    assertThat(Terminal.run("dump").err()).contains("CLIENT");
    assertThat(ask("dump", "x", "--type", "secret").err()).contains("--type");
    Terminal tokenless = Terminal.run("status", "--server", server, "--token-file", "nowhere");
    assertThat(tokenless.err()).contains("the file of the token cannot be read: nowhere");
  }
}
