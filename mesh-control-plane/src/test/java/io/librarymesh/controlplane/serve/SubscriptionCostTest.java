package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.translate.ResourceType.CLUSTER;
import static io.librarymesh.controlplane.translate.ResourceType.ENDPOINT;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.grpc.Status;
import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.metrics.Metrics;
import io.librarymesh.controlplane.registry.EndpointSource.ServiceName;
import io.librarymesh.controlplane.registry.PlatformEndpoint;
import io.librarymesh.controlplane.serve.ClientStream.Scope;
import io.librarymesh.controlplane.serve.ClientStream.Variant;
import io.librarymesh.controlplane.store.ConfigSnapshot;
import io.librarymesh.controlplane.translate.MeshConfig;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryRequest;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a client costs, in bytes: of memory for what it has, and of garbage for what changes. */
class SubscriptionCostTest {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** The cluster that is of no service. */
  private static final int PASSTHROUGH = 1;

  /** A client that accepts everything at once and keeps nothing. */
  private static final class Accepting implements Outgoing {

    private final Deque<Response> unanswered = new ArrayDeque<>();
    private long sent;

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void send(Response response) {
      sent += response.resources().size();
      unanswered.add(response);
    }

    @Override
    public void close(Status status) {
      throw new AssertionError(status);
    }

    void answer(ClientStream stream, BiConsumer<ClientStream, Response> acknowledgement) {
      while (!unanswered.isEmpty()) {
        acknowledgement.accept(stream, unanswered.remove());
      }
    }
  }

  /** Services, and clients that have all of them. */
  private static final class Mesh {

    private final DiscoveryState state =
        new DiscoveryState(
            MeshConfig.DEFAULT,
            new Admission(ServeLimits.DEFAULT, () -> 0, (task, delay) -> {}),
            new SendBudget(SendBudget.BYTES, () -> 0, (task, delay) -> {}),
            new ServeMetrics(new Metrics()),
            () -> 0,
            () -> {});
    private final List<String> names;
    private final List<ClientStream> streams = new ArrayList<>();
    private final List<Accepting> clients = new ArrayList<>();
    private int revision;

    Mesh(int services) {
      StringBuilder yaml = new StringBuilder();
      for (int i = 0; i < services; i++) {
        yaml.append(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: s%1$d}
            spec: {selector: {app: s%1$d}, ports: [{name: http, port: 80}]}
            ---
            """
                .formatted(i));
      }
      names = IntStream.range(0, services).mapToObj(i -> ServerFixture.cluster("s" + i)).toList();
      state.configure(
          new ConfigSnapshot(
              IstioReader.read("1.yaml", yaml.toString()).resources(), List.of(), 1));
      state.push();
    }

    void connect(int count, Variant variant) {
      for (int i = 0; i < count; i++) {
        Accepting client = new Accepting();
        ClientStream stream =
            new ClientStream("s" + streams.size(), variant, Scope.AGGREGATED, state, client);
        state.opened(stream);
        streams.add(stream);
        clients.add(client);
        request(stream, CLUSTER);
        request(stream, ENDPOINT);
        answer();
        assertThat(client.sent).isEqualTo(2L * names.size() + PASSTHROUGH);
      }
    }

    private void request(ClientStream stream, ResourceType type) {
      if (stream.variant() == Variant.INCREMENTAL) {
        stream.onRequest(
            DeltaDiscoveryRequest.newBuilder()
                .setNode(AdsClients.node("client", "default"))
                .setTypeUrl(type.typeUrl())
                .addAllResourceNamesSubscribe(type == CLUSTER ? List.of() : names)
                .build());
      } else {
        stream.onRequest(
            DiscoveryRequest.newBuilder()
                .setNode(AdsClients.node("client", "default"))
                .setTypeUrl(type.typeUrl())
                .addAllResourceNames(type == CLUSTER ? List.of() : names)
                .build());
      }
    }

    private void answer() {
      for (int i = 0; i < streams.size(); i++) {
        clients.get(i).answer(streams.get(i), this::acknowledge);
      }
    }

    private void acknowledge(ClientStream stream, Outgoing.Response response) {
      if (stream.variant() == Variant.INCREMENTAL) {
        stream.onRequest(
            DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(response.type().typeUrl())
                .setResponseNonce(response.nonce())
                .build());
      } else {
        stream.onRequest(fullAcknowledgement(response));
      }
    }

    private DiscoveryRequest fullAcknowledgement(Outgoing.Response response) {
      return DiscoveryRequest.newBuilder()
          .setTypeUrl(response.type().typeUrl())
          .setResponseNonce(response.nonce())
          .addAllResourceNames(response.type() == CLUSTER ? List.of() : names)
          .build();
    }

    /** One endpoint of one service is another. */
    void change() {
      revision++;
      state.endpoints(
          new ServiceName("default", "s7"),
          List.of(
              new PlatformEndpoint(
                  "10.0.0." + revision, Map.of("http", 8080), Map.of("app", "s7"), "w", "", true)));
    }
  }

  private static long live() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Test
  void clientTakesSixteenBytesForEachOfItsResources() {
    int clients = 200;
    Mesh few = new Mesh(64);
    Mesh many = new Mesh(1_024);
    few.connect(1, Variant.INCREMENTAL);
    many.connect(1, Variant.INCREMENTAL);
    long before = live();
    few.connect(clients, Variant.INCREMENTAL);
    long between = live();
    many.connect(clients, Variant.INCREMENTAL);
    long after = live();

    double ofFew = (double) (between - before) / clients;
    double ofMany = (double) (after - between) / clients;
    double each = (ofMany - ofFew) / (2 * (1_024 - 64));
    assertThat(each).as("bytes for each resource of a client").isBetween(1.0, 16.0);
    assertThat(ofFew).as("bytes of a client with few resources").isLessThan(12_000);
    assertThat(few.streams.size() + many.streams.size()).isEqualTo(2 * clients + 2);
  }

  /** Bytes that the thread takes from the heap for a task, after it was run some times. */
  private static long garbage(int warmUps, Runnable prepare, Runnable task) {
    long bytes = Long.MAX_VALUE;
    for (int i = 0; i < warmUps; i++) {
      prepare.run();
      long before = THREADS.getCurrentThreadAllocatedBytes();
      task.run();
      bytes = Math.min(bytes, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return bytes;
  }

  private static double garbageOfAPush(int services, int clients) {
    Mesh mesh = new Mesh(services);
    mesh.connect(clients, Variant.INCREMENTAL);
    Runnable change =
        () -> {
          mesh.answer();
          mesh.change();
        };
    return (double) garbage(10, change, mesh.state::push) / clients;
  }

  @Test
  void changeOfOneEndpointCostsTheSameAmongManyServices() {
    double few = garbageOfAPush(20, 50);
    double many = garbageOfAPush(2_000, 50);

    assertThat(many / few).isBetween(0.7, 1.3);
    assertThat(many).as("bytes of garbage for each client").isLessThan(3_000);
  }

  @Test
  void changeOfOneEndpointConcernsEachClientOnce() {
    Mesh mesh = new Mesh(20);
    mesh.connect(5, Variant.INCREMENTAL);
    mesh.clients.forEach(client -> client.sent = 0);
    mesh.change();
    mesh.state.push();

    assertThat(mesh.clients).extracting(client -> client.sent).containsOnly(1L);
  }

  @Test
  void acceptingAListOfAThousandNamesLeavesNoGarbageForEach() {
    Mesh mesh = new Mesh(1_000);
    mesh.connect(1, Variant.STATE_OF_THE_WORLD);
    List<DiscoveryRequest> answers = new ArrayList<>();
    Consumer<DiscoveryRequest> accept = answer -> mesh.streams.get(0).onRequest(answer);
    Runnable change =
        () -> {
          mesh.change();
          mesh.state.push();
          answers.clear();
          answers.add(mesh.fullAcknowledgement(mesh.clients.get(0).unanswered.remove()));
        };

    assertThat(garbage(10, change, () -> accept.accept(answers.get(0)))).isLessThan(3_000);
    assertThat(mesh.streams.get(0).subscriptions())
        .extractingByKey(ENDPOINT)
        .extracting(TypeSubscription::acknowledged)
        .isEqualTo(1_000);
  }
}
