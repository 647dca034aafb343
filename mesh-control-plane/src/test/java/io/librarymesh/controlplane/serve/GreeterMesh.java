package io.librarymesh.controlplane.serve;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A control plane over TCP and versions of {@code greeter-service:3000}, real gRPC servers on
 * loopback that register. Each version is a subset.
 */
final class GreeterMesh implements AutoCloseable {

  static final String TARGET = "xds:///greeter-service:3000";
  static final String ROUTES = "outbound|3000||greeter-service.default.svc.cluster.local";

  /** A version that refuses first attempts, and answers those that are tried again. */
  static final String FLAKY = "flaky";

  /** A version that never answers. */
  static final String SILENT = "silent";

  static final MethodDescriptor<String, String> SAY =
      MethodDescriptor.<String, String>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("demo.Greeter/Say")
          .setRequestMarshaller(new Text())
          .setResponseMarshaller(new Text())
          .build();

  /** Class loading alone has taken seconds on a busy machine. */
  static final long PATIENCE_SECONDS = 60;

  /** Rules that need adapting, and what becomes of calls. */
  static final String ADAPTED =
      """
      {match: [{headers: {x-user: {exact: beta}}}], directResponse: {status: 403}},
      {match: [{headers: {x-user: {exact: gamma}}}], redirect: {uri: /elsewhere}},
      {match: [{headers: {x-user: {regex: 'al|delta'}}}], directResponse: {status: 404}},
      {match: [{method: {exact: GET}}, {queryParams: {a: {exact: b}}}], directResponse: {status: 401}},
      {match: [{withoutHeaders: {x-tenant: {exact: a}}, method: {exact: POST}}], route: [%s],
       timeout: 5s, retries: {attempts: 2, retryOn: '5xx,unavailable'}},
      {route: [%s]}
      """
          .formatted(to("v2"), to("v1"));

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final Metadata.Key<String> PREVIOUS_ATTEMPTS =
      Metadata.Key.of("grpc-previous-rpc-attempts", Metadata.ASCII_STRING_MARSHALLER);

  final ScriptedStore store = new ScriptedStore();
  final AdsServer control;
  private final Map<String, Server> greeters = new HashMap<>();
  private final Map<String, Delta> registrations = new HashMap<>();
  private final ManagedChannel registrar;

  GreeterMesh(String... versions) throws IOException {
    this(MeshConfig.DEFAULT, server -> {}, versions);
  }

  /** With settings, and with what else is served. */
  GreeterMesh(MeshConfig settings, Consumer<AdsServer> beside, String... versions)
      throws IOException {
    control = new AdsServer(store, settings, ServeLimits.DEFAULT);
    beside.accept(control);
    store.put(
        "greeter.yaml",
        """
        apiVersion: v1
        kind: Service
        metadata: {name: greeter-service}
        spec:
          selector: {app: greeter-service}
          ports: [{name: grpc, port: 3000}]
        """);
    policy("{loadBalancer: {simple: ROUND_ROBIN}}");
    control.start(Optional.of(ANY_PORT), Optional.empty(), Duration.ZERO);
    registrar =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), control.port()))
            .usePlaintext()
            .build();
    for (String version : versions) {
      start(version);
    }
    awaitEndpoints(versions.length);
  }

  /** Puts a traffic policy in force for all versions. */
  void policy(String trafficPolicy) {
    store.put(
        "policy.yaml",
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: greeter-service}
        spec:
          host: greeter-service.default.svc.cluster.local
          trafficPolicy: %s
          subsets:
            - {name: v1, labels: {version: v1}}
            - {name: v2, labels: {version: v2}}
            - {name: flaky, labels: {version: flaky}}
            - {name: silent, labels: {version: silent}}
        """
            .formatted(trafficPolicy));
  }

  /** Puts rules in force, and waits until they are. */
  void rules(String http) {
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

  /** A destination. */
  static String to(String version) {
    return "{destination: {host: greeter-service, subset: " + version + "}}";
  }

  /** Starts a version, which registers. */
  void start(String version) throws IOException {
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
            .intercept(new Behaviour(version))
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

  /** Sends calls to a version by way of a name that clients look up. */
  void external(String version) {
    store.put(
        "external.yaml",
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: external}
        spec:
          hosts: [external.example.com]
          ports: [{number: 80, name: grpc, protocol: GRPC}]
          resolution: DNS
          endpoints: [{address: localhost, ports: {grpc: %d}}]
        """
            .formatted(requireNonNull(greeters.get(version)).getPort()));
    rules("{route: [{destination: {host: external.example.com, port: {number: 80}}}]}");
  }

  /** Takes a version out of the service; its server goes on. */
  void leave(String version) {
    requireNonNull(registrations.remove(version)).close();
  }

  void awaitEndpoints(int count) {
    await(
        count + " endpoints",
        () -> control.status().join().services().get(0).endpoints(3000).size() == count);
  }

  /** Waits until a client has accepted the routes that are in force. */
  void awaitRoutes(String node) {
    await(
        "routes accepted",
        () ->
            control.status().join().clients().stream()
                .filter(client -> client.node().equals(node))
                .map(client -> client.subscription(ResourceType.ROUTE).version(ROUTES))
                .anyMatch(v -> !v.current().isEmpty() && v.current().equals(v.acknowledged())));
  }

  long refusals() {
    return control.status().join().refusals();
  }

  static void await(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - start)
          .as(what)
          .isLessThan(TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS));
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  @Override
  public void close() {
    registrar.shutdownNow();
    control.close();
    greeters.values().forEach(Server::shutdownNow);
  }

  /** What a version does before it answers. */
  private record Behaviour(String version) implements ServerInterceptor {

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      if (version.equals(FLAKY) && !headers.containsKey(PREVIOUS_ATTEMPTS)) {
        call.close(Status.UNAVAILABLE, new Metadata());
        return new ServerCall.Listener<>() {};
      }
      return version.equals(SILENT)
          ? new ServerCall.Listener<>() {}
          : next.startCall(call, headers);
    }
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
