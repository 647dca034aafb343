package io.librarymesh.xds;

import static io.librarymesh.xds.FakeControlPlane.delta;
import static io.librarymesh.xds.FakeControlPlane.removed;
import static io.librarymesh.xds.FakeControlPlane.resource;
import static io.librarymesh.xds.ResourceType.CLUSTER;
import static io.librarymesh.xds.ResourceType.LISTENER;
import static io.librarymesh.xds.ResourceType.ROUTE;
import static io.librarymesh.xds.SampleResources.clusterBuilder;
import static io.librarymesh.xds.SampleResources.listener;
import static io.librarymesh.xds.SampleResources.routes;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.librarymesh.config.ConfigSource.Update;
import io.librarymesh.config.Locality;
import io.librarymesh.time.Scheduler.Cancellable;
import io.librarymesh.xds.XdsStatus.ResourceState;
import io.librarymesh.xds.XdsStatus.ResourceStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XdsConfigSourceTest {
  private static final String INBOUND = "xds.istio.io/grpc/lds/inbound/127.0.0.1:41234";

  private final VirtualTime time = new VirtualTime();
  private final FakeControlPlane plane = new FakeControlPlane();
  private final DeltaDialogue server = new DeltaDialogue(time, plane);
  private final Recorder a = new Recorder();
  private XdsConfigSource source = builder(Node.of("helloweb")).build();

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "localhost:0", "localhost:99999", "a b:80", "::1:80"})
  void aServerThatIsNoneIsRefusedAtOnce(String server) {
    assertThatThrownBy(() -> XdsConfigSource.builder(Node.of("test")).server(server))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("server: " + server + " (expected: ");
  }

  private XdsConfigSource.Builder builder(Node node) {
    return XdsConfigSource.builder(node)
        .server("plane", plane::channel)
        .executor(time)
        .scheduler(time)
        .ticker(time)
        .random((bound, draw) -> bound - 1);
  }

  @AfterEach
  void end() {
    source.close();
    time.run();
    plane.close();
    time.run();
    assertThat(time.timers()).describedAs("timers that outlive the source").isZero();
  }

  private void resolve() {
    source.watch("a:80", a);
    server.takeStream();
    server.next(LISTENER);
    server.send(delta(LISTENER, "l1", resource("a:80", "1", listener("a:80", "r"))));
    server.acknowledged(LISTENER, "l1");
    server.subscribed(ROUTE, "r");
    server.send(delta(ROUTE, "r1", resource("r", "1", routes("r", "c"))));
    server.acknowledged(ROUTE, "r1");
    server.subscribed(CLUSTER, "c");
    server.send(removed(CLUSTER, "c1", "c"));
    server.acknowledged(CLUSTER, "c1");
  }

  private XdsStatus status() {
    var status = source.status();
    time.run();
    return status.join();
  }

  @Test
  void nothingIsConnectedBeforeSomethingIsWatched() {
    time.pass(Duration.ofMinutes(1));
    plane.hasNoNewStream();
    assertThat(plane.channels()).isZero();
    assertThat(status())
        .isEqualTo(new XdsStatus("", false, "", "", -1, new XdsStatus.Counts(0, 0, 0), List.of()));
  }

  @Test
  void watchersAreNeverCalledOnTheStackOfWatch() {
    resolve();
    Recorder late = new Recorder();
    source.watch("a:80", late);
    assertThat(late.updates()).isEmpty();
    time.run();
    assertThat(late.config()).isEqualTo(a.config());
  }

  @Test
  void authoritiesAreLowerCase() {
    source.watch("Greeter:80", a);
    server.takeStream();
    server.subscribed(LISTENER, "greeter:80");
  }

  @Test
  void cancelledWatcherHearsNothingMore() {
    source.watch("a:80", new Recorder());
    Cancellable watch = source.watch("a:80", a);
    server.takeStream();
    int heard = a.updates().size();
    watch.cancel();
    server.send(delta(LISTENER, "l1", resource("a:80", "1", listener("a:80", "r"))));
    assertThat(a.updates()).hasSize(heard);
  }

  @Test
  void watcherThatFailsHarmsNobody() {
    source.watch(
        "a:80",
        update -> {
          throw new IllegalStateException("a fault of the watcher");
        });
    resolve();
    assertThat(a.resolutions()).isEqualTo(1);
  }

  @Test
  void closedSourceFreesEverythingAndSaysNothing() {
    resolve();
    int heard = a.updates().size();
    source.close();
    source.close();
    time.run();
    assertThat(server.stream().isEnded()).isTrue();
    assertThat(time.timers()).isZero();
    assertThat(a.updates()).hasSize(heard);
    assertThat(status().resources()).isEmpty();
    Recorder late = new Recorder();
    source.watch("b:80", late).cancel();
    source.watch("b:80", late);
    source.register(Registration.of("127.0.0.1", 1));
    time.pass(Duration.ofMinutes(5));
    assertThat(late.updates()).containsExactly(new Update.Pending("the source is closed"));
    assertThat(plane.channels()).isEqualTo(1);
  }

  @Test
  void closeEndsABackOff() {
    plane.kill();
    source.watch("a:80", a);
    time.pass(Duration.ofSeconds(1));
    source.close();
    time.run();
    assertThat(time.timers()).isZero();
  }

  @Test
  void nodeSaysWhoThisIs() {
    source =
        builder(
                new Node(
                    "helloweb",
                    "shop",
                    "web",
                    Map.of("app", "helloweb", "version", "v1"),
                    new Locality("r", "z", "s"),
                    "7"))
            .build();
    source.watch("a:80", a);
    server.takeStream();
    var node = server.next(LISTENER).getNode();
    assertThat(node.getId()).isEqualTo("library-mesh~127.0.0.1~helloweb.shop~7");
    assertThat(node.getCluster()).isEqualTo("helloweb.shop");
    assertThat(node.getLocality().getRegion()).isEqualTo("r");
    assertThat(node.getLocality().getZone()).isEqualTo("z");
    assertThat(node.getLocality().getSubZone()).isEqualTo("s");
    assertThat(node.getUserAgentName()).isEqualTo("library-mesh");
    assertThat(node.getUserAgentVersion()).isNotEmpty();
    Map<String, Value> metadata = node.getMetadata().getFieldsMap();
    assertThat(metadata)
        .containsOnlyKeys("NAME", "NAMESPACE", "LABELS", "SERVICE_ACCOUNT", "GENERATOR");
    assertThat(requireNonNull(metadata.get("NAME")).getStringValue()).isEqualTo("helloweb");
    assertThat(requireNonNull(metadata.get("NAMESPACE")).getStringValue()).isEqualTo("shop");
    assertThat(requireNonNull(metadata.get("SERVICE_ACCOUNT")).getStringValue()).isEqualTo("web");
    assertThat(requireNonNull(metadata.get("GENERATOR")).getStringValue()).isEqualTo("grpc");
    assertThat(
            requireNonNull(metadata.get("LABELS")).getStructValue().getFieldsMap().get("version"))
        .isEqualTo(Value.newBuilder().setStringValue("v1").build());
  }

  @Test
  void registeredProcessKeepsAStreamThoughItCallsNobody() {
    source =
        builder(Node.of("greeter"))
            .registration(
                new Registration(
                    "127.0.0.1",
                    List.of(new Registration.Port(41_234, "http", Optional.of(3000))),
                    true))
            .build();
    server.takeStream();
    var request = server.next(LISTENER);
    assertThat(request.getResourceNamesSubscribeList()).containsExactly(INBOUND);
    assertThat(request.getNode().getId()).startsWith("library-mesh~127.0.0.1~greeter.default~");
    Struct registration =
        request
            .getNode()
            .getMetadata()
            .getFieldsOrThrow("io.librarymesh.registration")
            .getStructValue();
    assertThat(registration.getFieldsOrThrow("address").getStringValue()).isEqualTo("127.0.0.1");
    assertThat(registration.getFieldsOrThrow("ready").getBoolValue()).isTrue();
    Map<String, Value> port =
        registration
            .getFieldsOrThrow("ports")
            .getListValue()
            .getValues(0)
            .getStructValue()
            .getFieldsMap();
    assertThat(requireNonNull(port.get("name")).getStringValue()).isEqualTo("http");
    assertThat(requireNonNull(port.get("number")).getNumberValue()).isEqualTo(3000);
    assertThat(requireNonNull(port.get("port")).getNumberValue()).isEqualTo(41_234);
    server.send(removed(LISTENER, "l1", INBOUND));
    server.acknowledged(LISTENER, "l1");
    server.isQuiet();
  }

  @Test
  void aMemberOfAGroupNamesItAsIstiosAgentsDo() {
    source =
        builder(Node.of("greeter"))
            .registration(Registration.of("127.0.0.1", 1).withGroup("vms").withReady(false))
            .build();
    server.takeStream();
    Struct metadata = server.next(LISTENER).getNode().getMetadata();

    assertThat(metadata.getFieldsOrThrow("AUTO_REGISTER_GROUP").getStringValue()).isEqualTo("vms");
    assertThatThrownBy(() -> Registration.of("127.0.0.1", 1).withGroup(""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("group: ");
  }

  @Test
  void closingSaysGoodbyeForAProcessThatIsRegistered() {
    source = builder(Node.of("greeter")).registration(Registration.of("127.0.0.1", 1)).build();
    server.takeStream();
    source.close();
    time.run();
    assertThat(server.stream().isCompleted()).isTrue();
    assertThat(time.timers()).as("waits for the answer").isEqualTo(1);
    server.stream().complete();
    time.run();
    assertThat(time.timers()).isZero();
  }

  @Test
  void aGoodbyeThatNobodyAnswersEndsByItself() {
    source = builder(Node.of("greeter")).registration(Registration.of("127.0.0.1", 1)).build();
    server.takeStream();
    source.close();
    time.pass(Duration.ofSeconds(1));
    assertThat(time.timers()).isZero();
  }

  @Test
  void closingJustEndsTheStreamOfAProcessThatOnlyCalls() {
    resolve();
    source.close();
    time.run();
    assertThat(server.stream().isEnded()).isTrue();
    assertThat(server.stream().isCompleted()).isFalse();
  }

  @Test
  void changedRegistrationOpensANewStream() {
    resolve();
    source.register(Registration.of("127.0.0.1", 41_234).withReady(false));
    time.run();
    assertThat(server.stream().isEnded()).isTrue();
    server.takeStream();
    var request = server.next(LISTENER);
    assertThat(request.getResourceNamesSubscribeList()).containsExactly("a:80", INBOUND);
    assertThat(request.getInitialResourceVersionsMap()).containsOnlyKeys("a:80");
    assertThat(ready(request.getNode().getMetadata())).isFalse();
    server.next(ROUTE);
    server.next(CLUSTER);

    source.register(Registration.of("127.0.0.1", 41_234));
    time.run();
    server.takeStream();
    assertThat(ready(server.next(LISTENER).getNode().getMetadata())).isTrue();
    source.register(Registration.of("127.0.0.1", 41_234));
    time.run();
    plane.hasNoNewStream();

    source.deregister();
    time.run();
    server.takeStream();
    request = server.next(LISTENER);
    assertThat(request.getResourceNamesSubscribeList()).containsExactly("a:80");
    assertThat(request.getNode().getMetadata().getFieldsMap())
        .doesNotContainKey("io.librarymesh.registration");
    assertThat(a.resolutions()).isEqualTo(1);
  }

  private static boolean ready(Struct metadata) {
    return metadata
        .getFieldsOrThrow("io.librarymesh.registration")
        .getStructValue()
        .getFieldsOrThrow("ready")
        .getBoolValue();
  }

  @Test
  void statusTellsHowItStands() {
    resolve();
    server.send(delta(LISTENER, "l2", resource("a:80", "2", listener("a:80", ""))));
    server.refused(LISTENER, "l2");
    time.pass(Duration.ofSeconds(3));
    XdsStatus status = status();
    assertThat(status.server()).isEqualTo("plane");
    assertThat(status.connected()).isTrue();
    assertThat(status.variant()).isEqualTo("delta");
    assertThat(status.problem()).isEmpty();
    assertThat(status.nanosSinceResponse()).isEqualTo(Duration.ofSeconds(3).toNanos());
    assertThat(status.counts()).isEqualTo(new XdsStatus.Counts(1, 4, 1));
    assertThat(status.resources())
        .containsExactly(
            new ResourceStatus(
                "Listener",
                "a:80",
                ResourceState.REFUSED,
                "1",
                List.of(
                    "api_listener.api_listener.rds.route_config_name: empty (expected: a"
                        + " resource's name)"),
                List.of()),
            new ResourceStatus(
                "RouteConfiguration", "r", ResourceState.ACCEPTED, "1", List.of(), List.of()),
            new ResourceStatus(
                "Cluster",
                "c",
                ResourceState.ABSENT,
                "",
                List.of("the control plane says that it does not exist"),
                List.of()));
  }

  @Test
  void warningsAreLoggedOnceForEachVersionAndStandInTheStatus() {
    resolve();
    List<String> logged = new ArrayList<>();
    Logger logger = Logger.getLogger("io.librarymesh.xds.ResourceTable");
    Handler handler = new ListHandler(logged);
    logger.setLevel(Level.ALL);
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
    try {
      var pooled = clusterBuilder("c").setCloseConnectionsOnHostHealthFailure(true).build();
      String warning = "close_connections_on_host_health_failure: not carried out";
      server.send(delta(CLUSTER, "c2", resource("c", "2", pooled)));
      server.send(delta(CLUSTER, "c3", resource("c", "3", pooled)));
      assertThat(logged).containsExactly("library-mesh: Cluster c: " + warning);
      assertThat(status().resources())
          .filteredOn(resource -> resource.type().equals("Cluster"))
          .flatExtracting(ResourceStatus::warnings)
          .containsExactly(warning);
    } finally {
      logger.removeHandler(handler);
      logger.setLevel(null);
      logger.setUseParentHandlers(true);
    }
  }

  private static final class ListHandler extends Handler {
    private final List<String> messages;

    ListHandler(List<String> messages) {
      this.messages = messages;
    }

    @Override
    public void publish(LogRecord record) {
      messages.add(record.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void thousandTargetsAreOneStream() {
    List<Recorder> recorders = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      Recorder recorder = new Recorder();
      recorders.add(recorder);
      source.watch("t" + i + ":80", recorder);
    }
    server.takeStream();
    int asked = 0;
    for (int requests = 0; asked < 1_000; requests++) {
      assertThat(requests).describedAs("requests for %d targets", asked).isLessThan(20);
      asked += server.next(LISTENER).getResourceNamesSubscribeCount();
    }
    server.isQuiet();
    var response = delta(LISTENER, "l1").toBuilder();
    for (int i = 0; i < 1_000; i++) {
      response.addResources(resource("t" + i + ":80", "1", listener("t" + i + ":80", "r" + i)));
    }
    server.send(response.build());
    server.acknowledged(LISTENER, "l1");
    assertThat(server.next(ROUTE).getResourceNamesSubscribeCount()).isEqualTo(1_000);
    server.isQuiet();
    assertThat(plane.channels()).isEqualTo(1);
    assertThat(recorders)
        .allSatisfy(
            recorder -> assertThat(recorder.pending()).contains("has not answered yet for Route"));
  }

  @Test
  void settingsAreChecked() {
    assertThatThrownBy(() -> XdsConfigSource.builder(Node.of("a")).build())
        .hasMessage("servers: none (expected: at least one)");
    assertThatThrownBy(() -> Node.of("a~b"))
        .hasMessage("workload: a~b (expected: a name without ~)");
    assertThatThrownBy(() -> Registration.of("localhost", 1))
        .hasMessage("address: localhost (expected: an IP address)");
    assertThatThrownBy(() -> Registration.of("::1", 0)).hasMessage("port: 0 (expected: 1..65535)");
    assertThatThrownBy(() -> new Registration("::1", List.of(), true))
        .hasMessage("ports: none (expected: at least one)");
    assertThatThrownBy(() -> builder(Node.of("a")).maxResponseBytes(0))
        .hasMessage("maxResponseBytes: 0 (expected: > 0)");
    assertThatThrownBy(
            () ->
                builder(Node.of("a"))
                    .reconnectBackOff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
        .hasMessage("first, longest: PT2S, PT1S (expected: 1 ms <= first <= longest)");
  }
}
