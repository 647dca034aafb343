package io.librarymesh.controlplane.admin;

import static io.librarymesh.controlplane.translate.ResourceType.CLUSTER;
import static io.librarymesh.controlplane.translate.ResourceType.ENDPOINT;
import static io.librarymesh.controlplane.translate.ResourceType.LISTENER;
import static io.librarymesh.controlplane.translate.ResourceType.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Timestamp;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.librarymesh.controlplane.serve.AdsClients;
import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.controlplane.serve.AdsServer;
import io.librarymesh.controlplane.serve.ServeLimits;
import io.librarymesh.controlplane.store.DirectoryStore;
import io.librarymesh.controlplane.translate.MeshConfig;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.Resource;
import io.librarymesh.proto.envoy.service.status.v3.ClientConfig;
import io.librarymesh.proto.envoy.service.status.v3.ClientConfig.GenericXdsConfig;
import io.librarymesh.proto.envoy.service.status.v3.ClientStatusDiscoveryServiceGrpc;
import io.librarymesh.proto.envoy.service.status.v3.ClientStatusDiscoveryServiceGrpc.ClientStatusDiscoveryServiceBlockingStub;
import io.librarymesh.proto.envoy.service.status.v3.ClientStatusRequest;
import io.librarymesh.proto.envoy.service.status.v3.ClientStatusResponse;
import io.librarymesh.proto.envoy.service.status.v3.ConfigStatus;
import io.librarymesh.proto.envoy.type.matcher.v3.NodeMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.StringMatcher;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Client status as a stub of gRPC asks for it over TCP. */
class ClientStatusServiceTest {

  private static final String NAME = AdminFixture.ROUTES;
  private static final String TOKEN = "0123456789abcdef";
  private static final ClientStatusRequest EVERYTHING = ClientStatusRequest.getDefaultInstance();

  @TempDir private Path directory;
  private AdminFixture mesh;

  @BeforeEach
  void start() throws Exception {
    mesh = new AdminFixture(directory);
  }

  @AfterEach
  void stop() {
    mesh.close();
  }

  private static ClientStatusDiscoveryServiceBlockingStub stub(ManagedChannel channel) {
    return ClientStatusDiscoveryServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private ClientConfig only(ClientStatusRequest request) {
    ClientStatusResponse response = stub(mesh.channel).fetchClientStatus(request);
    assertThat(response.getConfigList()).hasSize(1);
    return response.getConfig(0);
  }

  private static GenericXdsConfig config(ClientConfig client, ResourceType type) {
    return client.getGenericXdsConfigsList().stream()
        .filter(config -> config.getTypeUrl().equals(type.typeUrl()))
        .reduce(
            (one, other) -> {
              throw new AssertionError("several of " + type);
            })
        .orElseThrow();
  }

  private Delta client(String node) {
    return new Delta(mesh.channel, AdsClients.node(node, "default"), CLUSTER, NAME);
  }

  private static Instant instant(Timestamp timestamp) {
    return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
  }

  private static ClientStatusRequest about(StringMatcher.Builder id) {
    return ClientStatusRequest.newBuilder()
        .addNodeMatchers(NodeMatcher.newBuilder().setNodeId(id))
        .build();
  }

  @Test
  void eachResourceHasItsStatus() {
    Delta client = client("c");
    client.accept();
    client.subscribe(ROUTE, NAME);
    client.refuse(client.next(), "no such filter");
    client.subscribe(ENDPOINT, "outbound|1||nobody");
    client.accept();
    client.subscribe(LISTENER, "greeter:3000");
    client.next();
    mesh.awaitAnswers("eds", 1);

    ClientConfig status = only(EVERYTHING);

    assertThat(status.getNode()).isEqualTo(AdsClients.node("c", "default"));
    assertThat(config(status, CLUSTER).getConfigStatus()).isEqualTo(ConfigStatus.SYNCED);
    assertThat(config(status, ROUTE).getConfigStatus()).isEqualTo(ConfigStatus.ERROR);
    assertThat(config(status, LISTENER).getConfigStatus()).isEqualTo(ConfigStatus.STALE);
    assertThat(config(status, ENDPOINT))
        .isEqualTo(
            GenericXdsConfig.newBuilder()
                .setTypeUrl(ENDPOINT.typeUrl())
                .setName("outbound|1||nobody")
                .setConfigStatus(ConfigStatus.NOT_SENT)
                .build());
  }

  @Test
  void aResourceIsShownAsItWasSent() throws Exception {
    Instant before = Instant.now();
    Delta client = client("c");
    Resource sent = client.accept().getResources(0);
    mesh.awaitAnswers("cds", 1);

    GenericXdsConfig shown = config(only(EVERYTHING), CLUSTER);

    assertThat(shown.getName()).isEqualTo(NAME);
    assertThat(shown.getVersionInfo()).isEqualTo(sent.getVersion());
    assertThat(shown.getXdsConfig()).isEqualTo(sent.getResource());
    assertThat(shown.getXdsConfig().unpack(Cluster.class).getName()).isEqualTo(NAME);
    assertThat(instant(shown.getLastUpdated())).isBetween(before, Instant.now());
    assertThat(shown.hasErrorState()).isFalse();
  }

  @Test
  void whatWasNotChangedKeepsItsTime() throws Exception {
    Delta client = client("c");
    client.accept();
    client.subscribe(ROUTE, NAME);
    client.accept();
    mesh.awaitAnswers("rds", 1);
    ClientConfig before = only(EVERYTHING);
    Files.writeString(
        directory.resolve("greeter.yaml"), AdminFixture.GREETER.replace("/old", "/older"));
    client.accept();
    mesh.awaitAnswers("rds", 2);

    ClientConfig after = only(EVERYTHING);

    assertThat(config(after, CLUSTER)).isEqualTo(config(before, CLUSTER));
    assertThat(config(after, ROUTE).getVersionInfo())
        .isNotEqualTo(config(before, ROUTE).getVersionInfo());
    assertThat(instant(config(after, ROUTE).getLastUpdated()))
        .isAfter(instant(config(before, ROUTE).getLastUpdated()));
  }

  @Test
  void aRefusalIsShownUntilSomethingElseIsAccepted() throws Exception {
    Delta client = client("c");
    Instant before = Instant.now();
    DeltaDiscoveryResponse refused = client.next();
    client.refuse(refused, "lb_policy: no");
    AdminFixture.await("refusal", () -> mesh.controlPlane.status().refusals() == 1);

    GenericXdsConfig shown = config(only(EVERYTHING), CLUSTER);
    assertThat(shown.getConfigStatus()).isEqualTo(ConfigStatus.ERROR);
    assertThat(shown.getErrorState().getDetails()).isEqualTo("lb_policy: no");
    assertThat(shown.getErrorState().getVersionInfo())
        .isEqualTo(refused.getResources(0).getVersion());
    assertThat(instant(shown.getErrorState().getLastUpdateAttempt()))
        .isBetween(before, Instant.now());
    assertThat(shown.getXdsConfig()).isEqualTo(refused.getResources(0).getResource());

    Files.writeString(
        directory.resolve("policy.yaml"),
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: greeter}
        spec: {host: greeter, trafficPolicy: {connectionPool: {tcp: {maxConnections: 7}}}}
        """);
    client.accept();
    mesh.awaitAnswers("cds", 1);
    GenericXdsConfig accepted = config(only(EVERYTHING), CLUSTER);
    assertThat(accepted.getConfigStatus()).isEqualTo(ConfigStatus.SYNCED);
    assertThat(accepted.hasErrorState()).isFalse();
  }

  @Test
  void onlyClientsThatMatchAreShown() {
    client("orders-1").accept();
    client("orders-2").accept();
    client("stock-1").accept();
    mesh.awaitAnswers("cds", 3);

    ClientStatusResponse orders =
        stub(mesh.channel)
            .fetchClientStatus(about(StringMatcher.newBuilder().setPrefix("orders-")));

    assertThat(orders.getConfigList())
        .extracting(config -> config.getNode().getId())
        .containsExactly("orders-1", "orders-2");
    assertThat(stub(mesh.channel).fetchClientStatus(EVERYTHING).getConfigList()).hasSize(3);
  }

  @Test
  void contentsAreLeftOutOnRequest() {
    client("c").accept();
    mesh.awaitAnswers("cds", 1);

    GenericXdsConfig shown =
        config(
            only(ClientStatusRequest.newBuilder().setExcludeResourceContents(true).build()),
            CLUSTER);

    assertThat(shown.hasXdsConfig()).isFalse();
    assertThat(shown.getConfigStatus()).isEqualTo(ConfigStatus.SYNCED);
  }

  @Test
  void aStreamAnswersEachRequestWithWhatIsThen() throws Exception {
    BlockingQueue<Object> received = new LinkedBlockingQueue<>();
    StreamObserver<ClientStatusRequest> requests =
        ClientStatusDiscoveryServiceGrpc.newStub(mesh.channel)
            .streamClientStatus(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ClientStatusResponse response) {
                    received.add(response);
                  }

                  @Override
                  public void onError(Throwable cause) {
                    received.add(cause);
                  }

                  @Override
                  public void onCompleted() {
                    received.add("completed");
                  }
                });
    requests.onNext(EVERYTHING);
    assertThat(received.poll(20, TimeUnit.SECONDS))
        .isEqualTo(ClientStatusResponse.getDefaultInstance());
    client("c").accept();
    mesh.awaitAnswers("cds", 1);
    requests.onNext(EVERYTHING);
    requests.onNext(about(StringMatcher.newBuilder().setExact("nobody")));
    requests.onCompleted();

    assertThat(received.poll(20, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            ClientStatusResponse.class, one -> assertThat(one.getConfigList()).hasSize(1));
    assertThat(received.poll(20, TimeUnit.SECONDS))
        .isEqualTo(ClientStatusResponse.getDefaultInstance());
    assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo("completed");
  }

  @Test
  void aMatcherThatCannotBeEvaluatedIsRefused() {
    assertThatThrownBy(
            () -> stub(mesh.channel).fetchClientStatus(about(StringMatcher.newBuilder())))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT))
        .hasMessageContaining("node_matchers[0].node_id");
  }

  @Test
  void anAnswerBeyondTheLimitIsRefusedAndSaysWhatToDo() throws Exception {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (DirectoryStore store = DirectoryStore.open(directory);
        AdsServer server = new AdsServer(store, MeshConfig.DEFAULT, ServeLimits.DEFAULT);
        ClientStatusService service = new ClientStatusService(server, AdminAccess.LOCAL, 300)) {
      server.add(service::bind);
      server.start(Optional.of(address), Optional.empty(), Duration.ZERO);
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("localhost", server.port()).usePlaintext().build();
      try {
        new Delta(channel, AdsClients.node("c", "default"), CLUSTER, NAME).accept();
        AdminFixture.await(
            "accepted", () -> !server.status().join().clients().get(0).subscriptions().isEmpty());

        assertThatThrownBy(() -> stub(channel).fetchClientStatus(EVERYTHING))
            .isInstanceOfSatisfying(
                StatusRuntimeException.class,
                e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED))
            .hasMessageContaining("node_matchers");
        assertThat(
                stub(channel)
                    .fetchClientStatus(
                        ClientStatusRequest.newBuilder().setExcludeResourceContents(true).build())
                    .getConfigList())
            .hasSize(1);
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private static Status.Code code(ClientStatusDiscoveryServiceBlockingStub stub) {
    try {
      stub.fetchClientStatus(EVERYTHING);
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private static ClientStatusDiscoveryServiceBlockingStub with(
      ManagedChannel channel, String authorization) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), authorization);
    return stub(channel).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  @Test
  void whereThereIsATokenItIsAskedFor() throws Exception {
    mesh.close();
    mesh = new AdminFixture(directory, options -> options.debugToken(TOKEN));

    assertThat(code(stub(mesh.channel))).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(code(with(mesh.channel, "Bearer " + TOKEN + "x")))
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(code(with(mesh.channel, "Bearer " + TOKEN))).isEqualTo(Status.Code.OK);
  }

  @Test
  void configurationIsServedWithoutTheToken() throws Exception {
    mesh.close();
    mesh = new AdminFixture(directory, options -> options.debugToken(TOKEN));

    assertThat(client("c").accept().getResourcesList()).hasSize(1);
  }

  @Test
  void aNameThatOthersGaveThisAddressIsRefused() {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("localhost", mesh.controlPlane.port())
            .overrideAuthority("evil.example")
            .usePlaintext()
            .build();
    try {
      assertThat(code(stub(channel))).isEqualTo(Status.Code.PERMISSION_DENIED);
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void onAnAddressOfTheNetworkItIsClosedUnlessOpened() throws Exception {
    InetSocketAddress everywhere = new InetSocketAddress("0.0.0.0", 0);
    mesh.close();
    mesh = new AdminFixture(directory, options -> options.openToNetwork(true).xds(everywhere));
    assertThat(code(stub(mesh.channel))).isEqualTo(Status.Code.PERMISSION_DENIED);

    mesh.close();
    mesh =
        new AdminFixture(
            directory, options -> options.openToNetwork(true).xds(everywhere).openDebug(true));
    assertThat(code(stub(mesh.channel))).isEqualTo(Status.Code.OK);
  }
}
