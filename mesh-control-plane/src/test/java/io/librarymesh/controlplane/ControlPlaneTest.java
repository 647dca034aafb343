package io.librarymesh.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.librarymesh.controlplane.serve.AdsClients;
import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.controlplane.store.DirectoryStore;
import io.librarymesh.controlplane.translate.OutboundTrafficPolicy;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole control plane over a directory, TCP and HTTP. */
class ControlPlaneTest {

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final String ROUTES = "outbound|3000||greeter-service.default.svc.cluster.local";

  @TempDir private Path directory;

  private final HttpClient http = HttpClient.newHttpClient();
  private ControlPlane controlPlane;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    write(
        "service.yaml",
        """
        apiVersion: v1
        kind: Service
        metadata: {name: greeter-service}
        spec: {selector: {app: greeter-service}, ports: [{port: 3000, name: http}]}
        """);
    controlPlane =
        ControlPlane.builder(DirectoryStore.open(directory)).xds(ANY_PORT).http(ANY_PORT).build();
    controlPlane.start();
    channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), controlPlane.port()))
            .usePlaintext()
            .build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    controlPlane.close();
  }

  private void write(String file, String content) throws IOException {
    Path written = Files.writeString(directory.resolve(file + ".tmp"), content);
    Files.move(
        written,
        directory.resolve(file),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }

  private void timeout(String duration) throws IOException {
    write(
        "rules.yaml",
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: greeter-service}
        spec:
          hosts: [greeter-service]
          http: [{timeout: %s, route: [{destination: {host: greeter-service}}]}]
        """
            .formatted(duration));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return get(controlPlane, path);
  }

  private HttpResponse<String> get(ControlPlane asked, String path)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(uri(asked, path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static URI uri(ControlPlane asked, String path) {
    return URI.create("http://127.0.0.1:" + asked.httpPort() + path);
  }

  private static void await(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - start).as(what).isLessThan(TimeUnit.SECONDS.toNanos(20));
      Thread.onSpinWait();
    }
  }

  @Test
  void editedFileReachesTheClientAndABrokenOneDoesNot() throws Exception {
    Delta client = new Delta(channel, AdsClients.node("c", "default"), ResourceType.ROUTE, ROUTES);
    String original = client.accept().getResources(0).getVersion();
    timeout("1s");
    DeltaDiscoveryResponse edited = client.accept();
    timeout("1 second");
    await(
        "error found", () -> controlPlane.status().findings().stream().anyMatch(f -> f.isError()));
    client.assertQuiet();
    timeout("2s");

    assertThat(edited.getResources(0).getVersion()).isNotEqualTo(original);
    assertThat(client.accept().getResources(0).getVersion())
        .isNotEqualTo(edited.getResources(0).getVersion());
    await(
        "error gone", () -> controlPlane.status().findings().stream().noneMatch(f -> f.isError()));
  }

  @Test
  void clientsRegistryAndFindingsAreShown() throws Exception {
    Delta client =
        new Delta(
            channel,
            AdsClients.workload(
                "greeter-v1",
                "default",
                Map.of("app", "greeter-service", "version", "v1"),
                "127.0.0.1",
                41234),
            ResourceType.ROUTE,
            ROUTES,
            "outbound|1||nobody");
    client.refuse(client.next(), "no \"such\" thing\n");
    await("refused", () -> controlPlane.status().refusals() == 1);
    await("registered", () -> controlPlane.status().services().get(0).endpoints(3000).size() == 1);

    String clients = get("/debug/clients/greeter-v1").body();
    assertThat(clients)
        .contains("\"node\":\"greeter-v1\"", "\"namespace\":\"default\"")
        .contains("\"protocol\":\"incremental\"", "\"workload\":\"greeter-v1\"")
        .contains("\"name\":\"" + ROUTES + "\",\"sync\":\"NACK\"")
        .contains("\"name\":\"outbound|1||nobody\",\"sync\":\"NOT_SENT\",\"absence\":")
        .contains("\"message\":\"no \\\"such\\\" thing\\n\"");
    assertThat(get("/debug/registry").body())
        .contains("\"host\":\"greeter-service.default.svc.cluster.local\"")
        .contains("\"address\":\"127.0.0.1:41234\"", "\"version\":\"v1\"");
    write(
        "dangling.yaml",
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: nobody}
        spec: {host: nobody, trafficPolicy: {outlierDetection: {}}}
        """);
    await(
        "warning",
        () ->
            controlPlane.status().findings().stream()
                .anyMatch(f -> f.message().startsWith("nobody.default.svc.cluster.local")));
    assertThat(get("/debug/findings").body())
        .contains("\"severity\":\"warning\",\"field\":\"spec.host\"");
  }

  @Test
  void healthIsTold() throws Exception {
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    assertThat(get("/nothing").statusCode()).isEqualTo(404);
    assertThat(
            http.send(
                    HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + controlPlane.httpPort() + "/healthz"))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                    HttpResponse.BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(405);
  }

  @Test
  void whileTheSourcesAreReadHealthIsToldAndNobodyIsServed() throws Exception {
    CountDownLatch read = new CountDownLatch(1);
    ControlPlane slow =
        ControlPlane.builder(
                () -> {
                  try {
                    assertThat(read.await(20, TimeUnit.SECONDS)).isTrue();
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                  return DirectoryStore.open(directory);
                })
            .xds(ANY_PORT)
            .http(ANY_PORT)
            .build();
    CompletableFuture<Void> started =
        CompletableFuture.runAsync(
            () -> {
              try {
                slow.start();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    await("http", () -> slow.httpPort() > 0);

    assertThat(get(slow, "/healthz").statusCode()).isEqualTo(200);
    assertThat(get(slow, "/readyz").statusCode()).isEqualTo(503);
    assertThat(get(slow, "/readyz").body()).contains("\"status\":\"loading\"");
    assertThat(get(slow, "/metrics").body()).contains("librarymesh_ready 0\n");
    assertThat(get(slow, "/debug/clients").statusCode()).isEqualTo(503);
    assertThat(slow.port()).isEqualTo(-1);

    read.countDown();
    started.get(20, TimeUnit.SECONDS);
    assertThat(get(slow, "/readyz").statusCode()).isEqualTo(200);
    assertThat(get(slow, "/metrics").body()).contains("librarymesh_ready 1\n");
    assertThat(slow.port()).isPositive();
    slow.close();
  }

  @Test
  void aStoreThatCannotBeOpenedLeavesNothingOpen() {
    Path nowhere = directory.resolve("nowhere");
    ControlPlane broken =
        ControlPlane.builder(() -> DirectoryStore.open(nowhere)).http(ANY_PORT).build();

    assertThatThrownBy(broken::start)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expected: a directory");
    assertThatThrownBy(() -> get(broken, "/healthz")).isInstanceOf(IOException.class);
    assertThatThrownBy(broken::status).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aTokenClosesTheDebugPagesAndNothingElse() throws Exception {
    ControlPlane guarded =
        ControlPlane.builder(DirectoryStore.open(directory))
            .http(ANY_PORT)
            .debugToken("0123456789abcdef")
            .build();
    guarded.start();

    assertThat(get(guarded, "/debug/clients").statusCode()).isEqualTo(401);
    assertThat(get(guarded, "/metrics").statusCode()).isEqualTo(200);
    HttpRequest request =
        HttpRequest.newBuilder(uri(guarded, "/debug/clients"))
            .header("Authorization", "Bearer 0123456789abcdef")
            .build();
    assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
    guarded.close();
  }

  @Test
  void otherMachinesAreLetInOnlyOnRequest() throws Exception {
    InetSocketAddress everywhere = new InetSocketAddress(InetAddress.getByAddress(new byte[4]), 0);

    try (DirectoryStore store = DirectoryStore.open(directory)) {
      ControlPlane.Builder xds = ControlPlane.builder(store).xds(everywhere);
      assertThatThrownBy(xds::build)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected: a loopback address");
      ControlPlane.Builder admin = ControlPlane.builder(store).http(everywhere);
      assertThatThrownBy(admin::build).isInstanceOf(IllegalArgumentException.class);
      assertThat(xds.openToNetwork(true).build().port()).isEqualTo(-1);
    }
  }

  @Test
  void occupiedPortIsAnErrorAndLeavesNothingOpen() throws Exception {
    ControlPlane second =
        ControlPlane.builder(DirectoryStore.open(directory))
            .xds(new InetSocketAddress(InetAddress.getLoopbackAddress(), controlPlane.port()))
            .outboundTrafficPolicy(OutboundTrafficPolicy.REGISTRY_ONLY)
            .build();

    assertThatThrownBy(second::start).isInstanceOf(IOException.class);
    assertThatThrownBy(second::status).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(second::start).isInstanceOf(IllegalStateException.class);
  }
}
