package io.librarymesh.xds;

import static io.librarymesh.xds.FakeControlPlane.delta;
import static io.librarymesh.xds.FakeControlPlane.removed;
import static io.librarymesh.xds.FakeControlPlane.resource;
import static io.librarymesh.xds.FakeControlPlane.sotw;
import static io.librarymesh.xds.ResourceType.CLUSTER;
import static io.librarymesh.xds.ResourceType.ENDPOINTS;
import static io.librarymesh.xds.ResourceType.LISTENER;
import static io.librarymesh.xds.ResourceType.ROUTE;
import static io.librarymesh.xds.SampleResources.cluster;
import static io.librarymesh.xds.SampleResources.endpoints;
import static io.librarymesh.xds.SampleResources.listener;
import static io.librarymesh.xds.SampleResources.routes;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Back-off, failover and the choice of the variant. */
class ReconnectTest {
  private final VirtualTime time = new VirtualTime();
  private final FakeControlPlane first = new FakeControlPlane();
  private final FakeControlPlane second = new FakeControlPlane();
  private final DeltaDialogue server = new DeltaDialogue(time, first);
  private final DeltaDialogue other = new DeltaDialogue(time, second);
  private final Recorder a = new Recorder();
  private final List<XdsConfigSource> sources = new ArrayList<>();

  private XdsConfigSource.Builder builder() {
    return XdsConfigSource.builder(Node.of("helloweb"))
        .executor(time)
        .scheduler(time)
        .ticker(time)
        .random((bound, draw) -> bound - 1);
  }

  private XdsConfigSource open(XdsConfigSource.Builder builder) {
    XdsConfigSource source = builder.build();
    sources.add(source);
    source.watch("a:80", a);
    time.run();
    return source;
  }

  private XdsConfigSource openFirst() {
    return open(builder().server("first", first::channel));
  }

  private XdsConfigSource openBoth() {
    return open(builder().server("first", first::channel).server("second", second::channel));
  }

  @AfterEach
  void end() {
    sources.forEach(XdsConfigSource::close);
    time.run();
    first.close();
    second.close();
    assertThat(time.timers()).describedAs("timers that outlive the sources").isZero();
  }

  private void answerListener(DeltaDialogue dialogue, String version) {
    dialogue.takeStream();
    DeltaDiscoveryRequest request = dialogue.next(LISTENER);
    assertThat(request.getResourceNamesSubscribeList()).containsExactly("a:80");
    dialogue.send(delta(LISTENER, "l", resource("a:80", version, listener("a:80", "r"))));
    dialogue.acknowledged(LISTENER, "l");
  }

  /** Until a configuration without clusters is in force. */
  private void answerAll(DeltaDialogue dialogue, String version) {
    answerListener(dialogue, version);
    dialogue.next(ROUTE);
    dialogue.send(delta(ROUTE, "r", resource("r", version, routes("r", "c"))));
    dialogue.acknowledged(ROUTE, "r");
    dialogue.next(CLUSTER);
    dialogue.send(removed(CLUSTER, "c", "c"));
    dialogue.acknowledged(CLUSTER, "c");
    assertThat(a.config().clusters()).isEmpty();
  }

  private XdsStatus status(XdsConfigSource source) {
    var status = source.status();
    time.run();
    return status.join();
  }

  @Test
  void streamThatDeliveredIsReplacedAtOnce() {
    openFirst();
    answerAll(server, "1");
    time.pass(Duration.ofSeconds(1));
    server.complete();
    server.takeStream();
    assertThat(server.next(LISTENER).getInitialResourceVersionsMap()).containsEntry("a:80", "1");
  }

  @Test
  void streamThatDeliveredButDidNotLastIsNotReplacedInALoop() {
    openFirst();
    long began = time.nanos();
    for (int i = 1; i <= 20; i++) {
      server.takeStream();
      server.send(delta(LISTENER, "l", resource("a:80", "1", listener("a:80", "r"))));
      server.fail(Status.UNAVAILABLE);
      first.hasNoNewStream();
      while (first.channels() == i) {
        time.pass(Duration.ofMillis(1));
      }
    }
    assertThat(Duration.ofNanos(time.nanos() - began)).isGreaterThan(Duration.ofMinutes(1));
  }

  @Test
  void unreachableServerIsTriedAgainAfterGrowingWaits() {
    first.kill();
    openFirst();
    List<Long> waits = new ArrayList<>();
    long began = time.nanos();
    for (int tries = first.channels(); waits.size() < 22; tries++) {
      assertThat(first.channels()).isEqualTo(tries);
      long before = time.nanos();
      while (first.channels() == tries) {
        time.pass(Duration.ofMillis(1));
        assertThat(time.nanos() - began).isLessThan(Duration.ofMinutes(5).toNanos());
      }
      waits.add(Duration.ofNanos(time.nanos() - before).toMillis());
    }
    assertThat(waits.subList(0, 3)).containsExactly(250L, 400L, 640L);
    assertThat(waits.subList(3, 13)).containsOnly(1000L);
    assertThat(waits.subList(13, 20))
        .containsExactly(1600L, 2560L, 4096L, 6553L, 10_485L, 16_777L, 26_843L);
    assertThat(waits.subList(20, 22)).containsOnly(30_000L);
  }

  @Test
  void restartedServerIsFoundAgainWithinASecond() {
    for (int outage = 1; outage <= 9; outage++) {
      XdsConfigSource source = openFirst();
      answerAll(server, "1");
      time.pass(Duration.ofSeconds(20));
      first.kill();
      time.pass(Duration.ofSeconds(outage));
      first.restart();
      time.pass(Duration.ofSeconds(1));
      server.takeStream();
      server.next(LISTENER);
      server.next(ROUTE);
      server.next(CLUSTER);
      server.send(delta(ROUTE, "r2", resource("r", "2", routes("r", "c", "c"))));
      assertThat(a.config().routes())
          .isEqualTo(Reading.value(ROUTE, routes("r", "c", "c")).config());
      source.close();
      time.run();
    }
  }

  @Test
  void lossIsNoReasonToGiveAnythingUp() {
    XdsConfigSource source = openFirst();
    answerAll(server, "1");
    first.kill();
    time.pass(Duration.ofHours(2));
    assertThat(a.resolutions()).isEqualTo(1);
    XdsStatus status = status(source);
    assertThat(status.connected()).isFalse();
    assertThat(status.problem()).startsWith("first: UNAVAILABLE");
    assertThat(status.nanosSinceResponse()).isEqualTo(Duration.ofHours(2).toNanos());
    assertThat(status.resources()).extracting(XdsStatus.ResourceStatus::version).contains("1");
    // A target that is new hears why it has to wait.
    Recorder b = new Recorder();
    source.watch("b:80", b);
    time.run();
    assertThat(b.pending()).startsWith("control plane not reached: first: UNAVAILABLE");
  }

  /** Until a configuration with one cluster is in force, which has one endpoint. */
  private void answerAllWithEndpoint() {
    answerListener(server, "1");
    server.next(ROUTE);
    server.send(delta(ROUTE, "r", resource("r", "1", routes("r", "c"))));
    server.acknowledged(ROUTE, "r");
    server.next(CLUSTER);
    server.send(delta(CLUSTER, "c", resource("c", "1", cluster("c"))));
    server.acknowledged(CLUSTER, "c");
    server.next(ENDPOINTS);
    sendEndpoints("e1", 1001);
    assertThat(a.ports("c")).containsExactly(1001);
  }

  private void sendEndpoints(String version, int... ports) {
    server.send(delta(ENDPOINTS, version, resource("c", version, endpoints("c", ports))));
    server.acknowledged(ENDPOINTS, version);
  }

  private void restartFirst() {
    time.pass(Duration.ofSeconds(5));
    first.kill();
    time.run();
    first.restart();
    time.pass(Duration.ofSeconds(1));
    server.takeStream();
    ResourceType.ALL.forEach(server::next);
  }

  @Test
  void restartedServerHasTimeToHearFromTheWorkloads() {
    openFirst();
    answerAllWithEndpoint();
    restartFirst();
    sendEndpoints("e2");
    assertThat(a.ports("c")).describedAs("nobody has registered yet").containsExactly(1001);
    sendEndpoints("e3", 1002);
    assertThat(a.ports("c")).containsExactly(1002);
    sendEndpoints("e4");
    assertThat(a.ports("c")).describedAs("known to this stream, and gone").isEmpty();
    time.pass(Duration.ofMinutes(1));
    assertThat(a.resolutions()).isEqualTo(3);
  }

  @Test
  void endpointsThatDoNotComeBackAreGivenUp() {
    openFirst();
    answerAllWithEndpoint();
    restartFirst();
    server.send(removed(ENDPOINTS, "e2", "c"));
    server.acknowledged(ENDPOINTS, "e2");
    time.pass(Duration.ofSeconds(28));
    assertThat(a.ports("c")).containsExactly(1001);
    time.pass(Duration.ofSeconds(2));
    assertThat(a.ports("c")).isEmpty();
  }

  @Test
  void endpointsThatGoOnTheStreamThatBroughtThemAreGoneAtOnce() {
    openFirst();
    answerAllWithEndpoint();
    sendEndpoints("e2");
    assertThat(a.ports("c")).isEmpty();
  }

  @Test
  void graceCanBeSwitchedOff() {
    open(builder().server("first", first::channel).endpointGrace(Duration.ZERO));
    answerAllWithEndpoint();
    restartFirst();
    sendEndpoints("e2");
    assertThat(a.ports("c")).isEmpty();
  }

  @Test
  void waitersHearWhyTheyWait() {
    first.kill();
    openFirst();
    assertThat(a.pending()).startsWith("control plane not reached: first: UNAVAILABLE, ");
    int told = a.updates().size();
    time.pass(Duration.ofMinutes(2));
    assertThat(a.updates()).hasSize(told);
    first.restart();
    time.pass(Duration.ofSeconds(30));
    assertThat(a.pending()).isEqualTo("the control plane first has not answered yet for a:80");
  }

  @Test
  void serverThatDoesNotKnowTheIncrementalVariantIsSpokenToInTheOther() {
    first.withoutDelta();
    XdsConfigSource source = openFirst();
    var stream = first.sotw();
    assertThat(stream.next().getResourceNamesList()).containsExactly("a:80");
    stream.send(sotw(LISTENER, "1", "l1", listener("a:80", "r")));
    time.run();
    assertThat(stream.next().getVersionInfo()).isEqualTo("1");
    assertThat(stream.next().getResourceNamesList()).containsExactly("r");
    assertThat(status(source).variant()).isEqualTo("sotw");
    // The next stream may meet a newer server.
    time.pass(Duration.ofSeconds(1));
    stream.complete();
    time.run();
    assertThat(first.sotw().next().getVersionInfo()).isEqualTo("1");
  }

  @Test
  void serverThatKnowsNeitherVariantIsNotReached() {
    first.withoutDelta();
    first.withoutSotw();
    openFirst();
    assertThat(a.pending()).startsWith("control plane not reached: first: UNIMPLEMENTED");
    assertThat(first.channels()).isEqualTo(2);
  }

  @Test
  void serversAreTriedInOrder() {
    first.kill();
    XdsConfigSource source = openBoth();
    answerAll(other, "1");
    assertThat(status(source).server()).isEqualTo("second");
    time.pass(Duration.ofSeconds(5));
    second.kill();
    time.run();
    assertThat(first.channels()).describedAs("the first again, before the second").isEqualTo(2);
    assertThat(second.channels()).isEqualTo(2);
    second.restart();
    time.pass(Duration.ofSeconds(1));
    other.takeStream();
    assertThat(other.next(LISTENER).getInitialResourceVersionsMap()).containsEntry("a:80", "1");
    assertThat(a.resolutions()).isEqualTo(1);
  }

  @Test
  void firstServerIsReturnedToWhenItIsBack() {
    first.kill();
    XdsConfigSource source = openBoth();
    answerAll(other, "1");
    time.pass(Duration.ofMinutes(3));
    assertThat(other.stream().isEnded()).isFalse();
    first.restart();
    time.pass(Duration.ofMinutes(1));
    assertThat(other.stream().isEnded()).isTrue();
    server.takeStream();
    assertThat(status(source).server()).isEqualTo("first");
    // Versions are a server's own.
    assertThat(server.next(LISTENER).getInitialResourceVersionsMap()).isEmpty();
    assertThat(a.resolutions()).isEqualTo(1);
  }

  @Test
  void wordsOfTwoServersAreNeverMixed() {
    XdsConfigSource source = openBoth();
    answerAll(server, "1");
    time.pass(Duration.ofSeconds(5));
    first.kill();
    time.run();
    other.takeStream();
    other.next(LISTENER);
    other.next(ROUTE);
    other.next(CLUSTER);
    other.send(delta(ROUTE, "r2", resource("r", "7", routes("r", "c", "c"))));
    other.acknowledged(ROUTE, "r2");
    assertThat(a.resolutions()).describedAs("the listener is still the first's").isEqualTo(1);
    other.send(delta(LISTENER, "l2", resource("a:80", "7", listener("a:80", "r"))));
    other.acknowledged(LISTENER, "l2");
    assertThat(a.resolutions()).isEqualTo(1);
    other.send(removed(CLUSTER, "c2", "c"));
    other.acknowledged(CLUSTER, "c2");
    assertThat(a.resolutions()).isEqualTo(2);
    assertThat(status(source).server()).isEqualTo("second");
  }

  @Test
  void serverThatKeepsSilentAboutSomethingDoesNotHoldTheRestForEver() {
    openBoth();
    answerAll(server, "1");
    time.pass(Duration.ofSeconds(5));
    first.kill();
    time.run();
    other.takeStream();
    other.send(delta(ROUTE, "r2", resource("r", "7", routes("r", "c", "c"))));
    time.pass(Duration.ofMillis(14_999));
    assertThat(a.resolutions()).isEqualTo(1);
    time.pass(Duration.ofMillis(1));
    assertThat(a.resolutions()).isEqualTo(2);
  }

  @Test
  void channelThatCannotBeMadeCountsAsUnreachable() {
    open(
        builder()
            .server(
                "broken",
                () -> {
                  throw new IllegalArgumentException("no such address");
                })
            .server("second", second::channel));
    answerAll(other, "1");
  }
}
