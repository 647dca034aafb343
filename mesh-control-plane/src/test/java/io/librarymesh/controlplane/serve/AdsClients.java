package io.librarymesh.controlplane.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.ListValue;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.rpc.Status;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.core.v3.Node;
import io.librarymesh.proto.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.librarymesh.proto.envoy.config.listener.v3.Listener;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.Resource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Clients that say exactly what a test has them say, and hold what they were answered. */
public final class AdsClients {

  private static final long PATIENCE_SECONDS = 20;

  private AdsClients() {}

  /** Which gRPC service a client's stream goes to. */
  enum Service {
    /** One for all types. */
    AGGREGATED,
    /** One for each type. */
    SEPARATE;

    private MethodDescriptor<DiscoveryRequest, DiscoveryResponse> stream(ResourceType type) {
      return this == AGGREGATED
          ? AggregatedDiscoveryServiceGrpc.getStreamAggregatedResourcesMethod()
          : method(
              methodName(type, "Stream"),
              DiscoveryRequest.getDefaultInstance(),
              DiscoveryResponse.getDefaultInstance());
    }

    private MethodDescriptor<DeltaDiscoveryRequest, DeltaDiscoveryResponse> delta(
        ResourceType type) {
      return this == AGGREGATED
          ? AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod()
          : method(
              methodName(type, "Delta"),
              DeltaDiscoveryRequest.getDefaultInstance(),
              DeltaDiscoveryResponse.getDefaultInstance());
    }

    private static String methodName(ResourceType type, String verb) {
      return switch (type) {
        case CLUSTER -> "envoy.service.cluster.v3.ClusterDiscoveryService/" + verb + "Clusters";
        case ENDPOINT -> "envoy.service.endpoint.v3.EndpointDiscoveryService/" + verb + "Endpoints";
        case LISTENER -> "envoy.service.listener.v3.ListenerDiscoveryService/" + verb + "Listeners";
        case ROUTE -> "envoy.service.route.v3.RouteDiscoveryService/" + verb + "Routes";
      };
    }

    private static <Q extends Message, R extends Message> MethodDescriptor<Q, R> method(
        String name, Q request, R response) {
      return MethodDescriptor.<Q, R>newBuilder()
          .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
          .setFullMethodName(name)
          .setRequestMarshaller(ProtoUtils.marshaller(request))
          .setResponseMarshaller(ProtoUtils.marshaller(response))
          .build();
    }
  }

  /** A node of this project's own client. */
  public static Node node(String id, String namespace) {
    return Node.newBuilder()
        .setId(id)
        .setUserAgentName("library-mesh")
        .setMetadata(Struct.newBuilder().putFields("NAMESPACE", text(namespace)))
        .build();
  }

  /**
   * A node of gRPC's client, for which there is no listener of a host that nobody declares; others
   * have one that says so.
   */
  static Node grpc(String id, String namespace) {
    return node(id, namespace).toBuilder().setUserAgentName("gRPC Java").build();
  }

  /** A node of a stock Envoy. */
  static Node envoy(String id) {
    return Node.newBuilder().setId(id).setCluster("gateway").setUserAgentName("envoy").build();
  }

  /** A node that registers a workload with one port. */
  public static Node workload(
      String id, String namespace, Map<String, String> labels, String address, int port) {
    Struct.Builder labelFields = Struct.newBuilder();
    labels.forEach((key, value) -> labelFields.putFields(key, text(value)));
    Struct portFields =
        Struct.newBuilder()
            .putFields("name", text("http"))
            .putFields("port", Value.newBuilder().setNumberValue(port).build())
            .build();
    Struct registration =
        Struct.newBuilder()
            .putFields("address", text(address))
            .putFields(
                "ports",
                Value.newBuilder()
                    .setListValue(ListValue.newBuilder().addValues(struct(portFields)))
                    .build())
            .build();
    Node node = node(id, namespace);
    return node.toBuilder()
        .setMetadata(
            node.getMetadata().toBuilder()
                .putFields("NAME", text(id))
                .putFields("LABELS", struct(labelFields.build()))
                .putFields("io.librarymesh.registration", struct(registration)))
        .build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  private static Value struct(Struct struct) {
    return Value.newBuilder().setStructValue(struct).build();
  }

  /** What a stream of either variant does. */
  private static class Received<R> implements StreamObserver<R> {

    final BlockingQueue<R> responses = new LinkedBlockingQueue<>();
    final CompletableFuture<Throwable> ended = new CompletableFuture<>();

    @Override
    public void onNext(R response) {
      responses.add(response);
    }

    @Override
    public void onError(Throwable cause) {
      ended.complete(cause);
    }

    @Override
    public void onCompleted() {
      ended.complete(new IllegalStateException("completed"));
    }

    R next() {
      try {
        R response = responses.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(response).as("response within %s s", PATIENCE_SECONDS).isNotNull();
        return response;
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    /** That the server completed the stream, and that nothing was sent that is not read. */
    void assertCompleted() throws Exception {
      assertThat(ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).hasMessage("completed");
      assertThat(responses).isEmpty();
    }
  }

  /** An incremental stream. */
  public static final class Delta implements AutoCloseable {

    private final Received<DeltaDiscoveryResponse> received = new Received<>();
    private final StreamObserver<DeltaDiscoveryRequest> requests;

    /** Opens a stream; nothing is sent yet. */
    public Delta(ManagedChannel channel) {
      this(channel, Service.AGGREGATED, ResourceType.LISTENER);
    }

    /** Opens a stream of one of the services; nothing is sent yet. */
    Delta(ManagedChannel channel, Service service, ResourceType type) {
      requests =
          ClientCalls.asyncBidiStreamingCall(
              channel.newCall(service.delta(type), CallOptions.DEFAULT), received);
    }

    /** Opens a stream and says who it is with a first subscription. */
    public Delta(ManagedChannel channel, Node node, ResourceType type, String... names) {
      this(channel);
      send(request(type).setNode(node).addAllResourceNamesSubscribe(List.of(names)));
    }

    static DeltaDiscoveryRequest.Builder request(ResourceType type) {
      return DeltaDiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl());
    }

    public void send(DeltaDiscoveryRequest.Builder request) {
      requests.onNext(request.build());
    }

    public void subscribe(ResourceType type, String... names) {
      send(request(type).addAllResourceNamesSubscribe(List.of(names)));
    }

    public void unsubscribe(ResourceType type, String... names) {
      send(request(type).addAllResourceNamesUnsubscribe(List.of(names)));
    }

    public DeltaDiscoveryResponse next() {
      return received.next();
    }

    /** The next response, acknowledged. */
    public DeltaDiscoveryResponse accept() {
      DeltaDiscoveryResponse response = received.next();
      send(
          DeltaDiscoveryRequest.newBuilder()
              .setTypeUrl(response.getTypeUrl())
              .setResponseNonce(response.getNonce()));
      return response;
    }

    public void refuse(DeltaDiscoveryResponse response, String reason) {
      send(
          DeltaDiscoveryRequest.newBuilder()
              .setTypeUrl(response.getTypeUrl())
              .setResponseNonce(response.getNonce())
              .setErrorDetail(Status.newBuilder().setCode(3).setMessage(reason)));
    }

    /**
     * That nothing was sent: a question whose answer would come after anything that was. The name
     * is one that is nowhere.
     */
    public void assertQuiet() {
      String probe = "outbound|1||probe-" + System.identityHashCode(new Object());
      subscribe(ResourceType.ENDPOINT, probe);
      assertThat(next().getRemovedResourcesList()).containsExactly(probe);
      unsubscribe(ResourceType.ENDPOINT, probe);
    }

    /** Ends the stream: everything the server had to say has been read. */
    void assertQuietToTheEnd() throws Exception {
      close();
      received.assertCompleted();
    }

    /** Why the stream ended. */
    public Throwable end() throws Exception {
      return received.ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
      requests.onCompleted();
    }

    /** Ends without a word, as when the process dies. */
    public void die() {
      requests.onError(new IllegalStateException("died"));
    }
  }

  /** A state-of-the-world stream. */
  public static final class Sotw implements AutoCloseable {

    private static final String[] PASSING = {"allow_any", "block_all"};

    private final Received<DiscoveryResponse> received = new Received<>();
    private DiscoveryResponse probe = DiscoveryResponse.getDefaultInstance();
    private int probes;
    private final StreamObserver<DiscoveryRequest> requests;

    /** Opens a stream and says who it is with a first subscription. */
    public Sotw(ManagedChannel channel, Node node, ResourceType type, String... names) {
      this(channel, Service.AGGREGATED, node, type, names);
    }

    /** The same over one of the services. */
    Sotw(ManagedChannel channel, Service service, Node node, ResourceType type, String... names) {
      this(channel, service, type, request(type, "", "", names).setNode(node));
    }

    /** The same with a first request of the test's own. */
    Sotw(
        ManagedChannel channel,
        Service service,
        ResourceType type,
        DiscoveryRequest.Builder request) {
      requests =
          ClientCalls.asyncBidiStreamingCall(
              channel.newCall(service.stream(type), CallOptions.DEFAULT), received);
      send(request);
    }

    static DiscoveryRequest.Builder request(
        ResourceType type, String version, String nonce, String... names) {
      return DiscoveryRequest.newBuilder()
          .setTypeUrl(type.typeUrl())
          .setVersionInfo(version)
          .setResponseNonce(nonce)
          .addAllResourceNames(List.of(names));
    }

    public void send(DiscoveryRequest.Builder request) {
      requests.onNext(request.build());
    }

    /** A request that accepts a response and names what is subscribed from now on. */
    public void accept(DiscoveryResponse response, ResourceType type, String... names) {
      send(request(type, response.getVersionInfo(), response.getNonce(), names));
    }

    public void refuse(
        DiscoveryResponse response, ResourceType type, String reason, String... names) {
      send(
          request(type, "", response.getNonce(), names)
              .setErrorDetail(Status.newBuilder().setCode(3).setMessage(reason)));
    }

    public DiscoveryResponse next() {
      return received.next();
    }

    /**
     * That nothing was sent: a question whose answer would come after anything that was. It is
     * asked in a type that the test leaves alone, for names that there always are.
     */
    public void assertQuiet(ResourceType unused) {
      probes++;
      String name =
          unused == ResourceType.LISTENER ? "probe-" + probes + ":80" : PASSING[probes % 2];
      send(request(unused, probe.getVersionInfo(), probe.getNonce(), name));
      probe = next();
      assertThat(probe.getTypeUrl()).isEqualTo(unused.typeUrl());
    }

    /** The next response, accepted; the names stay. */
    DiscoveryResponse accept(ResourceType type, String... names) {
      DiscoveryResponse response = next();
      accept(response, type, names);
      return response;
    }

    /** Ends the stream: everything the server had to say has been read. */
    void assertQuietToTheEnd() throws Exception {
      close();
      received.assertCompleted();
    }

    /** Why the stream ended. */
    public Throwable end() throws Exception {
      return received.ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
      requests.onCompleted();
    }
  }

  static List<String> names(DiscoveryResponse response) {
    return response.getResourcesList().stream().map(AdsClients::name).toList();
  }

  private static String name(Any resource) {
    try {
      if (resource.is(Cluster.class)) {
        return resource.unpack(Cluster.class).getName();
      }
      if (resource.is(Listener.class)) {
        return resource.unpack(Listener.class).getName();
      }
      if (resource.is(RouteConfiguration.class)) {
        return resource.unpack(RouteConfiguration.class).getName();
      }
      return resource.unpack(ClusterLoadAssignment.class).getClusterName();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  static List<String> names(DeltaDiscoveryResponse response) {
    return response.getResourcesList().stream().map(Resource::getName).toList();
  }
}
