package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.translate.ResourceType.CLUSTER;
import static io.librarymesh.controlplane.translate.ResourceType.ENDPOINT;
import static io.librarymesh.controlplane.translate.ResourceType.LISTENER;
import static io.librarymesh.controlplane.translate.ResourceType.ROUTE;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.metrics.Metrics;
import io.librarymesh.controlplane.serve.ClientStream.Scope;
import io.librarymesh.controlplane.serve.ClientStream.Variant;
import io.librarymesh.controlplane.store.ConfigSnapshot;
import io.librarymesh.controlplane.translate.MeshConfig;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Clients that read slowly, large responses, and what a change costs: XE14, XE19, XE20. */
class BackPressureTest {

  private static final String CLUSTER_A = ServerFixture.cluster("a");

  /** Nothing is pushed but by the test. */
  private final DiscoveryState state =
      new DiscoveryState(
          MeshConfig.DEFAULT,
          new Admission(ServeLimits.DEFAULT, () -> 0, (task, delay) -> {}),
          new SendBudget(SendBudget.BYTES, () -> 0, (task, delay) -> {}),
          new ServeMetrics(new Metrics()),
          () -> 0,
          () -> {});

  private long generation;

  /** One message as it was handed to the transport. */
  private record Message(
      ResourceType type, List<EncodedResource> resources, List<String> removed) {}

  /** A transport that is ready when the test says so. */
  private static final class Pipe implements Outgoing {

    private final List<Message> sent = new ArrayList<>();
    private boolean ready = true;
    private int room = Integer.MAX_VALUE;

    @Override
    public boolean isReady() {
      return ready && sent.size() < room;
    }

    @Override
    public void send(Response response) {
      sent.add(new Message(response.type(), response.resources(), response.removed()));
    }

    @Override
    public void close(Status status) {
      throw new AssertionError(status);
    }
  }

  private void configure(String... files) {
    List<Resource> resources = new ArrayList<>();
    for (String yaml : files) {
      resources.addAll(IstioReader.read("1.yaml", yaml).resources());
    }
    generation++;
    state.configure(new ConfigSnapshot(resources, List.of(), generation));
    state.push();
  }

  private static String service(String name) {
    return """
        apiVersion: v1
        kind: Service
        metadata: {name: %1$s}
        spec: {selector: {app: %1$s}, ports: [{name: http, port: 80}]}
        ---
        """
        .formatted(name);
  }

  private static String policy(int limit) {
    return """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: a}
        spec: {host: a, trafficPolicy: {connectionPool: {tcp: {maxConnections: %d}}}}
        """
        .formatted(limit);
  }

  private ClientStream connect(String id, Pipe pipe) {
    ClientStream stream = new ClientStream(id, Variant.INCREMENTAL, Scope.AGGREGATED, state, pipe);
    state.opened(stream);
    return stream;
  }

  private static DeltaDiscoveryRequest subscribe(ResourceType type, List<String> names) {
    return DeltaDiscoveryRequest.newBuilder()
        .setNode(AdsClients.node("client", "default"))
        .setTypeUrl(type.typeUrl())
        .addAllResourceNamesSubscribe(names)
        .build();
  }

  @Test
  void slowClientGetsTheLatestStateOnceAndKeepsNobodyWaiting() {
    configure(service("a"));
    Pipe slow = new Pipe();
    Pipe fast = new Pipe();
    ClientStream slowStream = connect("slow", slow);
    slowStream.onRequest(subscribe(CLUSTER, List.of(CLUSTER_A)));
    connect("fast", fast).onRequest(subscribe(CLUSTER, List.of(CLUSTER_A)));
    slow.sent.clear();
    fast.sent.clear();
    slow.ready = false;
    for (int limit = 1; limit <= 5; limit++) {
      configure(service("a") + policy(limit));
    }

    assertThat(slow.sent).isEmpty();
    assertThat(fast.sent).hasSize(5);
    slow.ready = true;
    slowStream.flush();
    assertThat(slow.sent).hasSize(1);
    assertThat(slow.sent.get(0).resources()).isEqualTo(fast.sent.get(4).resources());
    slowStream.flush();
    assertThat(slow.sent).hasSize(1);
  }

  @Test
  void whatChangesBackWhileTheClientIsSlowIsNotSent() {
    configure(service("a"));
    Pipe slow = new Pipe();
    ClientStream stream = connect("slow", slow);
    stream.onRequest(subscribe(CLUSTER, List.of(CLUSTER_A)));
    slow.sent.clear();
    slow.ready = false;
    configure(service("a") + policy(1));
    configure(service("a"));
    slow.ready = true;
    stream.flush();

    assertThat(slow.sent).isEmpty();
  }

  @Test
  void whatWasUnsubscribedWhileTheClientIsSlowIsDropped() { // XE10
    configure(service("a"));
    Pipe slow = new Pipe();
    ClientStream stream = connect("slow", slow);
    stream.onRequest(subscribe(CLUSTER, List.of(CLUSTER_A)));
    slow.sent.clear();
    slow.ready = false;
    configure(service("a") + policy(1));
    stream.onRequest(
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(CLUSTER.typeUrl())
            .addResourceNamesUnsubscribe(CLUSTER_A)
            .build());
    slow.ready = true;
    stream.flush();

    assertThat(slow.sent).isEmpty();
  }

  /** Routes of 60 services, 90 kB each. */
  private List<String> largeRoutes() {
    List<String> files = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      files.add(
          service("s" + i)
              + """
              apiVersion: networking.istio.io/v1
              kind: VirtualService
              metadata: {name: s%1$d}
              spec: {hosts: [s%1$d], http: [{directResponse: {status: 200, body: {string: "%2$s"}}}]}
              """
                  .formatted(i, "x".repeat(90_000)));
      names.add(ServerFixture.cluster("s" + i));
    }
    configure(files.toArray(String[]::new));
    return names;
  }

  @Test
  void partsWaitForAClientThatCannotTakeThem() {
    List<String> names = largeRoutes();
    Pipe slow = new Pipe();
    slow.room = 1;
    ClientStream stream = connect("client", slow);
    stream.onRequest(subscribe(ROUTE, names));
    stream.onRequest(subscribe(CLUSTER, names));
    assertThat(slow.sent).extracting(Message::type).containsExactly(ROUTE);
    slow.room = 2;
    stream.flush();
    assertThat(slow.sent).extracting(Message::type).containsExactly(ROUTE, CLUSTER);
    slow.room = 3;
    stream.flush();

    assertThat(slow.sent).extracting(Message::type).containsExactly(ROUTE, CLUSTER, ROUTE);
    assertThat(
            slow.sent.stream()
                .filter(message -> message.type() == ROUTE)
                .flatMap(message -> message.resources().stream())
                .map(EncodedResource::name))
        .containsExactlyInAnyOrderElementsOf(names);
    stream.flush();
    assertThat(slow.sent).hasSize(3);
  }

  @Test
  void equalConfigurationHasEqualVersionsOnEveryReplica() {
    String[] files = {service("a") + policy(7), service("b")};
    configure(files);
    Pipe here = new Pipe();
    connect("client", here).onRequest(subscribe(CLUSTER, List.of(CLUSTER_A)));
    BackPressureTest replica = new BackPressureTest();
    replica.configure(service("b"));
    replica.configure(files[1], files[0]);
    Pipe there = new Pipe();
    replica.connect("client", there).onRequest(subscribe(CLUSTER, List.of(CLUSTER_A)));

    assertThat(there.sent.get(0).resources().get(0).version())
        .isEqualTo(here.sent.get(0).resources().get(0).version());
  }

  @Test
  void wildcardClientsShareOneCopyOfEverything() {
    configure(service("a"), service("b"));
    Pipe one = new Pipe();
    Pipe two = new Pipe();
    connect("1", one).onRequest(subscribe(CLUSTER, List.of("*")));
    connect("2", two).onRequest(subscribe(CLUSTER, List.of()));

    assertThat(one.sent.get(0).resources()).hasSize(3);
    for (int i = 0; i < 3; i++) {
      assertThat(two.sent.get(0).resources().get(i)).isSameAs(one.sent.get(0).resources().get(i));
    }
    assertThat(state.resources().size()).isEqualTo(3);
    state.streams().forEach(ClientStream::close);
    assertThat(state.resources().size()).isZero();
  }

  @Test
  void largeResponsesToAllClientsTogetherAreBounded() {
    List<String> names = largeRoutes();
    List<Pipe> pipes = new ArrayList<>();
    List<ClientStream> streams = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Pipe pipe = new Pipe();
      pipe.room = 1;
      pipes.add(pipe);
      ClientStream stream = connect("c" + i, pipe);
      streams.add(stream);
      stream.onRequest(subscribe(ROUTE, names));
    }
    long part = bytes(pipes.get(0));
    assertThat(part).isGreaterThan(2 << 20);
    assertThat(state.budget().inFlight()).isLessThanOrEqualTo(SendBudget.BYTES);
    assertThat(pipes.stream().mapToLong(BackPressureTest::bytes).sum())
        .isBetween(SendBudget.BYTES - part, SendBudget.BYTES);
    for (int i = 0; i < 20; i++) {
      pipes.get(i).room = Integer.MAX_VALUE;
      streams.get(i).flush();
      assertThat(state.budget().inFlight()).isLessThanOrEqualTo(SendBudget.BYTES);
    }
    streams.forEach(ClientStream::flush);

    assertThat(pipes)
        .allSatisfy(
            pipe ->
                assertThat(pipe.sent.stream().mapToInt(m -> m.resources().size()).sum())
                    .isEqualTo(60));
  }

  private static long bytes(Pipe pipe) {
    return pipe.sent.stream()
        .flatMap(message -> message.resources().stream())
        .mapToLong(resource -> resource.size(Variant.INCREMENTAL))
        .sum();
  }

  @Test
  void largeResponseIsSentInParts() { // XE14
    List<String> names = largeRoutes();
    Pipe pipe = new Pipe();
    connect("client", pipe).onRequest(subscribe(ROUTE, names));

    assertThat(pipe.sent).hasSize(2);
    assertThat(pipe.sent.stream().mapToInt(m -> m.resources().size()).sum()).isEqualTo(60);
    for (Message message : pipe.sent) {
      assertThat(message.resources().stream().mapToLong(r -> r.size(Variant.INCREMENTAL)).sum())
          .isLessThan(4L << 20);
    }
  }

  @Test
  void changeConcernsOnlyWhatLookedAtIt() {
    int services = 300;
    StringBuilder yaml = new StringBuilder();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < services; i++) {
      yaml.append(service("s" + i));
      names.add(ServerFixture.cluster("s" + i));
    }
    configure(yaml.toString());
    List<Pipe> pipes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Pipe pipe = new Pipe();
      ClientStream stream = connect("c" + i, pipe);
      stream.onRequest(subscribe(CLUSTER, names));
      stream.onRequest(subscribe(ENDPOINT, names));
      pipes.add(pipe);
    }
    assertThat(state.resources().size()).isEqualTo(2 * services);
    EncodedResource first = pipes.get(0).sent.get(0).resources().get(0);
    assertThat(pipes).allSatisfy(p -> assertThat(p.sent.get(0).resources().get(0)).isSameAs(first));
    pipes.forEach(pipe -> pipe.sent.clear());
    connect("workload", new Pipe())
        .onRequest(
            subscribe(LISTENER, List.of("x:1")).toBuilder()
                .setNode(AdsClients.workload("w", "default", Map.of("app", "s7"), "127.0.0.1", 1))
                .build());
    state.push();

    for (Pipe pipe : pipes) {
      assertThat(pipe.sent).hasSize(1);
      assertThat(pipe.sent.get(0).type()).isEqualTo(ENDPOINT);
      assertThat(pipe.sent.get(0).resources())
          .extracting(EncodedResource::name)
          .containsExactly(ServerFixture.cluster("s7"));
    }
  }

  @Test
  void clientsOfDifferentNamespacesShareEqualBytes() { // and see only their own: XE17
    configure(
        service("a")
            + """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: private, namespace: other}
            spec:
              host: a.default.svc.cluster.local
              exportTo: ['.']
              trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}
            """);
    Pipe one = new Pipe();
    Pipe two = new Pipe();
    Pipe other = new Pipe();
    connect("1", one).onRequest(subscribe(CLUSTER, List.of(CLUSTER_A)));
    connect("2", two)
        .onRequest(
            subscribe(CLUSTER, List.of(CLUSTER_A)).toBuilder()
                .setNode(AdsClients.node("2", "second"))
                .build());
    connect("3", other)
        .onRequest(
            subscribe(CLUSTER, List.of(CLUSTER_A)).toBuilder()
                .setNode(AdsClients.node("3", "other"))
                .build());

    EncodedResource seen = one.sent.get(0).resources().get(0);
    assertThat(two.sent.get(0).resources().get(0)).isSameAs(seen);
    assertThat(other.sent.get(0).resources().get(0).version()).isNotEqualTo(seen.version());
  }

  @Test
  void endedStreamsLeaveNothingBehind() {
    configure(service("a"));
    ClientStream stream = connect("c", new Pipe());
    stream.onRequest(subscribe(CLUSTER, List.of(CLUSTER_A, "outbound|80||*.nowhere")));
    assertThat(state.resources().size()).isEqualTo(2);
    stream.close();

    assertThat(state.resources().size()).isZero();
    assertThat(state.streams()).isEmpty();
  }

  /** Numbers of resources are given away again; an answer that comes late is not about others. */
  @Test
  void lateAnswerIsNotTakenForThatOfAnotherResource() {
    configure(service("a") + service("b"));
    Pipe pipe = new Pipe();
    ClientStream stream = connect("c", pipe);
    stream.onRequest(subscribe(CLUSTER, List.of(CLUSTER_A)));
    String cluster = ServerFixture.cluster("b");
    stream.onRequest(
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(CLUSTER.typeUrl())
            .addResourceNamesUnsubscribe(CLUSTER_A)
            .addResourceNamesSubscribe(cluster)
            .build());
    assertThat(pipe.sent).hasSize(2);
    TypeSubscription subscription = requireNonNull(stream.subscriptions().get(CLUSTER));
    stream.onRequest(
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(CLUSTER.typeUrl())
            .setResponseNonce("1")
            .build());

    assertThat(subscription.inFlight().acknowledgedNonce()).isEqualTo("1");
    assertThat(subscription.acknowledged()).isZero();
    stream.onRequest(
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(CLUSTER.typeUrl())
            .setResponseNonce("2")
            .build());
    assertThat(subscription.acknowledged()).isEqualTo(1);
    assertThat(subscription.entries())
        .extracting(ResourceTable.Entry::name)
        .containsExactly(cluster);
  }

  @Test
  void labelsThatBeginToMatterChangeWhatAClientGets() {
    configure(service("a"));
    Pipe pipe = new Pipe();
    connect("c", pipe)
        .onRequest(
            subscribe(ROUTE, List.of(CLUSTER_A)).toBuilder()
                .setNode(AdsClients.workload("c", "default", Map.of("app", "x"), "127.0.0.1", 1))
                .build());
    pipe.sent.clear();
    configure(
        service("a")
            + """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: a}
            spec: {hosts: [a], http: [{name: mine, match: [{sourceLabels: {app: x}}],
              route: [{destination: {host: a}}]}]}
            """);

    assertThat(pipe.sent).hasSize(1);
    assertThat(pipe.sent.get(0).resources().get(0).any().getValue().toStringUtf8())
        .contains("mine");
  }
}
