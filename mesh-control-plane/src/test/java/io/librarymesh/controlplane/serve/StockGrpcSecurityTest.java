package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.serve.GreeterMesh.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MetricRecorder;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.xds.InternalGrpcBootstrapperImpl;
import io.grpc.xds.InternalSharedXdsClientPoolProvider;
import io.grpc.xds.XdsChannelCredentials;
import io.grpc.xds.XdsNameResolverProvider;
import io.grpc.xds.XdsServerBuilder;
import io.grpc.xds.XdsServerCredentials;
import io.grpc.xds.client.XdsClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * grpc-java's own xDS server and clients, unchanged, with certificates in files: mutual TLS and
 * policies are carried out by gRPC as the control plane says.
 */
class StockGrpcSecurityTest {
  @TempDir private Path directory;

  private final GrpcWorkload.Root root = new GrpcWorkload.Root();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final AtomicInteger answered = new AtomicInteger();
  private GreeterMesh mesh;

  @BeforeEach
  void start() throws Exception {
    mesh = new GreeterMesh();
    mesh.policy("{tls: {mode: ISTIO_MUTUAL}}");
    mesh.store.put(
        "peers.yaml",
        """
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: strict}
        spec: {mtls: {mode: STRICT}}
        """);
    allow("web");
  }

  @AfterEach
  void stop() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
    mesh.close();
  }

  private void allow(String account) {
    mesh.store.put(
        "policy-of-callers.yaml",
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: callers}
        spec: {rules: [{from: [{source: {principals: [cluster.local/ns/default/sa/%s]}}]}]}
        """
            .formatted(account));
  }

  private Path certificates(String account, GrpcWorkload.Root by) throws Exception {
    Path files = Files.createTempDirectory(directory, account);
    by.write(files, account, root);
    return files;
  }

  /** A port that nobody listens on now: what is asked for is named by it. */
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** A server of the account {@code greeter}, with the certificate of this one. */
  private void serve(String account) throws Exception {
    int port = freePort();
    Map<String, ?> metadata =
        Map.of(
            "NAME",
            "greeter",
            "SERVICE_ACCOUNT",
            "greeter",
            "LABELS",
            Map.of("app", "greeter-service", "version", "v1"),
            "io.librarymesh.registration",
            Map.of(
                "address",
                "127.0.0.1",
                "ports",
                List.of(Map.of("name", "http", "port", (double) port))));
    Server server =
        // It binds all addresses, and gives no choice.
        XdsServerBuilder.forPort(
                port, XdsServerCredentials.create(InsecureServerCredentials.create()))
            .overrideBootstrapForTest(
                GrpcWorkload.bootstrap(
                    mesh.control.port(), "greeter", metadata, certificates(account, root)))
            .addService(
                ServerServiceDefinition.builder("demo.Greeter")
                    .addMethod(
                        GreeterMesh.SAY,
                        ServerCalls.asyncUnaryCall(
                            (request, response) -> {
                              answered.incrementAndGet();
                              response.onNext("hello");
                              response.onCompleted();
                            }))
                    .build())
            .build();
    opened.add(server::shutdownNow);
    CompletableFuture.supplyAsync(
            () -> {
              try {
                return server.start();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            })
        .get(GreeterMesh.PATIENCE_SECONDS, TimeUnit.SECONDS);
    mesh.awaitEndpoints(1);
  }

  private ManagedChannel channel(String node, ChannelCredentials credentials, Path certificates)
      throws Exception {
    Map<String, ?> bootstrap =
        GrpcWorkload.bootstrap(mesh.control.port(), node, Map.of(), certificates);
    var pool =
        InternalSharedXdsClientPoolProvider.getOrCreate(
            node + "-" + mesh.control.port(),
            InternalGrpcBootstrapperImpl.parseBootstrap(bootstrap),
            new MetricRecorder() {},
            null);
    XdsClient client = pool.getObject();
    opened.add(() -> pool.returnObject(client));
    ManagedChannel channel =
        Grpc.newChannelBuilder(GreeterMesh.TARGET, credentials)
            .setNameResolverArg(XdsNameResolverProvider.XDS_CLIENT_SUPPLIER, () -> client)
            .build();
    opened.add(
        () -> {
          channel.shutdownNow();
          channel.awaitTermination(GreeterMesh.PATIENCE_SECONDS, TimeUnit.SECONDS);
        });
    return channel;
  }

  private static ChannelCredentials asTheMeshSays() {
    return XdsChannelCredentials.create(InsecureChannelCredentials.create());
  }

  private static String say(ManagedChannel channel) {
    try {
      return ClientCalls.blockingUnaryCall(
          channel,
          GreeterMesh.SAY,
          CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
          "hi");
    } catch (StatusRuntimeException e) {
      StringBuilder why = new StringBuilder(e.getStatus().getCode().name());
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        why.append("; ").append(cause.getMessage());
      }
      return why.toString();
    }
  }

  @Test
  void whoMayCallIsJudgedByTheCertificate() throws Exception {
    serve("greeter");
    ManagedChannel web = channel("web", asTheMeshSays(), certificates("web", root));
    ManagedChannel other = channel("other", asTheMeshSays(), certificates("other", root));
    await("an answer", () -> say(web).equals("hello"));

    assertThat(say(other)).startsWith("PERMISSION_DENIED");
    int before = answered.get();
    assertThat(say(web)).isEqualTo("hello");
    assertThat(answered.get()).isEqualTo(before + 1);

    allow("other");
    await("another policy", () -> say(other).equals("hello"));
    assertThat(say(web)).startsWith("PERMISSION_DENIED");
    assertThat(mesh.refusals()).isZero();
  }

  @Test
  void whoHasNoGoodCertificateOrNoneDoesNotGetIn() throws Exception {
    serve("greeter");
    ManagedChannel web = channel("web", asTheMeshSays(), certificates("web", root));
    await("an answer", () -> say(web).equals("hello"));
    int before = answered.get();

    ManagedChannel foreign =
        channel("foreign", asTheMeshSays(), certificates("web", new GrpcWorkload.Root()));
    assertThat(say(foreign)).startsWith("UNAVAILABLE");
    ManagedChannel plain =
        channel("plain", InsecureChannelCredentials.create(), certificates("web", root));
    assertThat(say(plain)).startsWith("UNAVAILABLE");
    assertThat(answered.get()).isEqualTo(before);
  }

  @Test
  void aServerOfAnotherAccountIsNotCalled() throws Exception {
    serve("other");
    ManagedChannel web = channel("web", asTheMeshSays(), certificates("web", root));

    assertThat(say(web)).startsWith("UNAVAILABLE").contains("SAN check failed");
    assertThat(answered.get()).isZero();
    assertThat(mesh.refusals()).isZero();
  }
}
