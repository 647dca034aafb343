package io.librarymesh.controlplane.serve;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MetricRecorder;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.xds.InternalGrpcBootstrapperImpl;
import io.grpc.xds.InternalSharedXdsClientPoolProvider;
import io.grpc.xds.XdsNameResolverProvider;
import io.grpc.xds.client.XdsClient;
import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.controlplane.translate.MeshConfig;
import io.librarymesh.controlplane.translate.ResourceType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * grpc-java's own xDS client, unchanged, calls {@code xds:///greeter-service:3000} through the
 * server: over TCP, with a bootstrap given in code, against real gRPC servers that registered.
 */
class StockGrpcClientTest {

  private static final MethodDescriptor<String, String> SAY =
      MethodDescriptor.<String, String>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("demo.Greeter/Say")
          .setRequestMarshaller(new Text())
          .setResponseMarshaller(new Text())
          .build();
  private static final Metadata.Key<String> USER =
      Metadata.Key.of("x-user", Metadata.ASCII_STRING_MARSHALLER);
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  /** Class loading alone has taken seconds on a busy machine. */
  private static final long PATIENCE_SECONDS = 60;

  private final ScriptedStore store = new ScriptedStore();
  private final AdsServer control = new AdsServer(store, MeshConfig.DEFAULT, ServeLimits.DEFAULT);
  private final Map<String, Server> greeters = new HashMap<>();
  private final Map<String, Delta> registrations = new HashMap<>();
  private ManagedChannel registrar;
  private ManagedChannel channel;
  private InternalSharedXdsClientPoolProvider.XdsClientResult xdsClients;
  private XdsClient xdsClient;

  @BeforeEach
  void start() throws Exception {
    store.put(
        "greeter.yaml",
        """
        apiVersion: v1
        kind: Service
        metadata: {name: greeter-service}
        spec:
          selector: {app: greeter-service}
          ports: [{name: grpc, port: 3000}]
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: greeter-service}
        spec:
          host: greeter-service.default.svc.cluster.local
          subsets:
            - {name: v1, labels: {version: v1}}
            - {name: v2, labels: {version: v2}}
        """);
    control.start(Optional.of(ANY_PORT), Optional.empty(), Duration.ZERO);
    registrar =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), control.port()))
            .usePlaintext()
            .build();
    greeter("v1");
    greeter("v2");
    await(
        "both registered",
        () -> control.status().join().services().get(0).endpoints(3000).size() == 2);
    xdsClients = xdsClients();
    xdsClient = xdsClients.getObject();
    channel =
        Grpc.newChannelBuilder("xds:///greeter-service:3000", InsecureChannelCredentials.create())
            .setNameResolverArg(XdsNameResolverProvider.XDS_CLIENT_SUPPLIER, () -> xdsClient)
            .build();
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow();
    assertThat(channel.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    xdsClients.returnObject(xdsClient);
    registrar.shutdownNow();
    control.close();
    greeters.values().forEach(Server::shutdownNow);
  }

  /** A gRPC server that answers with its version, registered as a workload. */
  private void greeter(String version) throws IOException {
    Server server =
        NettyServerBuilder.forAddress(ANY_PORT)
            .addService(
                ServerServiceDefinition.builder("demo.Greeter")
                    .addMethod(
                        SAY,
                        ServerCalls.asyncUnaryCall(
                            (request, response) -> {
                              response.onNext(version);
                              response.onCompleted();
                            }))
                    .build())
            .build()
            .start();
    greeters.put(version, server);
    Delta stream =
        new Delta(
            registrar,
            AdsClients.workload(
                "greeter-" + version,
                "default",
                Map.of("app", "greeter-service", "version", version),
                "127.0.0.1",
                server.getPort()),
            ResourceType.LISTENER,
            "xds.istio.io/grpc/lds/inbound/127.0.0.1:" + server.getPort());
    stream.accept();
    registrations.put(version, stream);
  }

  private InternalSharedXdsClientPoolProvider.XdsClientResult xdsClients() throws Exception {
    Map<String, ?> bootstrap =
        Map.of(
            "node",
            Map.of("id", "stock-client", "metadata", Map.of("NAMESPACE", "default")),
            "xds_servers",
            List.of(
                Map.of(
                    "server_uri",
                    "127.0.0.1:" + control.port(),
                    "channel_creds",
                    List.of(Map.of("type", "insecure")),
                    "server_features",
                    List.of("xds_v3"))));
    return InternalSharedXdsClientPoolProvider.getOrCreate(
        "stock-client-" + control.port(),
        InternalGrpcBootstrapperImpl.parseBootstrap(bootstrap),
        new MetricRecorder() {},
        null);
  }

  private String say() {
    return say(Map.of());
  }

  private String say(Map<Metadata.Key<String>, String> headers) {
    Metadata metadata = new Metadata();
    headers.forEach(metadata::put);
    return ClientCalls.blockingUnaryCall(
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata)),
        SAY,
        CallOptions.DEFAULT.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS),
        "hello");
  }

  private void rules(String http) {
    store.put(
        "rules.yaml",
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: greeter-service}
        spec: {hosts: [greeter-service], http: [%s]}
        """
            .formatted(http));
    await(
        "rules in force",
        () -> control.status().join().generation() == store.snapshot().generation());
  }

  private static String to(String subset) {
    return "{destination: {host: greeter-service, subset: " + subset + "}}";
  }

  private static void await(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - start)
          .as(what)
          .isLessThan(TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS));
    }
  }

  /** Waits until the client has accepted the routes that are in force. */
  private void awaitRoutes() {
    String routes = "outbound|3000||greeter-service.default.svc.cluster.local";
    await(
        "routes accepted",
        () ->
            control.status().join().clients().stream()
                .filter(client -> client.node().equals("stock-client"))
                .map(client -> client.subscription(ResourceType.ROUTE).version(routes))
                .anyMatch(v -> !v.current().isEmpty() && v.current().equals(v.acknowledged())));
  }

  @Test
  void splitsByWeightAndFollowsAnEdit() {
    rules("{route: [" + to("v1") + "]}");
    assertThat(say()).isEqualTo("v1");
    rules(
        "{route: [{destination: {host: greeter-service, subset: v1}, weight: 80},"
            + "{destination: {host: greeter-service, subset: v2}, weight: 20}]}");
    await("both versions", () -> say().equals("v2"));

    int v1 = 0;
    for (int i = 0; i < 500; i++) {
      v1 += say().equals("v1") ? 1 : 0;
    }
    // 400 expected; 6.2 standard deviations are passed once in a billion runs.
    assertThat(v1).isBetween(345, 455);
    assertThat(control.status().join().refusals()).isZero();
  }

  @Test
  void routesByHeader() {
    rules(
        "{match: [{headers: {x-user: {exact: alpha}}}], route: ["
            + to("v2")
            + "]}, {route: ["
            + to("v1")
            + "]}");

    for (int i = 0; i < 20; i++) {
      assertThat(say(Map.of(USER, "alpha"))).isEqualTo("v2");
      assertThat(say()).isEqualTo("v1");
    }
  }

  @Test
  void abortsAsInjected() {
    rules("{route: [" + to("v1") + "]}");
    assertThat(say()).isEqualTo("v1");
    rules(
        "{fault: {abort: {httpStatus: 503, percentage: {value: 100}}}, route: [" + to("v1") + "]}");
    awaitRoutes();

    await(
        "fault in force",
        () -> {
          try {
            say();
            return false;
          } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() == Status.Code.UNAVAILABLE;
          }
        });
    assertThatThrownBy(this::say).hasMessageContaining("fault");
  }

  @Test
  void followsEndpointsThatComeAndGo() throws Exception {
    await("both versions", () -> say().equals("v1"));
    await("both versions", () -> say().equals("v2"));
    requireNonNull(registrations.remove("v1")).close();
    await(
        "one endpoint",
        () -> control.status().join().services().get(0).endpoints(3000).size() == 1);
    await(
        "only v2",
        () -> {
          for (int i = 0; i < 10; i++) {
            if (!say().equals("v2")) {
              return false;
            }
          }
          return true;
        });
    greeter("v3");

    await("new endpoint", () -> say().equals("v3"));
  }

  @Test
  void whatGrpcRefusesIsNotSent() {
    rules(
        """
        {match: [{headers: {x-user: {exact: beta}}}], directResponse: {status: 418}},
        {match: [{headers: {x-user: {exact: gamma}}}], redirect: {uri: /elsewhere}},
        {timeout: 5s, retries: {attempts: 2, retryOn: '5xx,unavailable'},
         match: [{uri: {prefix: /demo}}], route: [%s]}
        """
            .formatted(to("v1")));

    assertThat(say()).isEqualTo("v1");
    assertThatThrownBy(() -> say(Map.of(USER, "beta"))).hasMessageContaining("UNAVAILABLE");
    assertThat(control.status().join().refusals()).isZero();
  }

  /** UTF-8 text as a message. */
  private static final class Text implements MethodDescriptor.Marshaller<String> {

    @Override
    public InputStream stream(String value) {
      return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try (stream) {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
