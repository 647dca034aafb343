package io.librarymesh.xds;

import static io.librarymesh.xds.FakeControlPlane.sotw;
import static io.librarymesh.xds.ResourceType.CLUSTER;
import static io.librarymesh.xds.ResourceType.ENDPOINTS;
import static io.librarymesh.xds.ResourceType.LISTENER;
import static io.librarymesh.xds.ResourceType.ROUTE;
import static io.librarymesh.xds.SampleResources.cluster;
import static io.librarymesh.xds.SampleResources.clusterBuilder;
import static io.librarymesh.xds.SampleResources.endpoints;
import static io.librarymesh.xds.SampleResources.listener;
import static io.librarymesh.xds.SampleResources.routes;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import io.grpc.Status;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.Resource;
import io.librarymesh.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SotwStreamTest {
  private final VirtualTime time = new VirtualTime();
  private final FakeControlPlane plane = new FakeControlPlane();
  private final Recorder a = new Recorder();
  private XdsConfigSource source = source(XdsConfigSource.MassRemoval.KEEP);
  private FakeControlPlane.@Nullable Stream<DiscoveryRequest, DiscoveryResponse> taken;

  private XdsConfigSource source(XdsConfigSource.MassRemoval massRemoval) {
    return XdsConfigSource.builder(Node.of("helloweb"))
        .server("plane", plane::channel)
        .stateOfTheWorld()
        .massRemoval(massRemoval)
        .executor(time)
        .scheduler(time)
        .ticker(time)
        .random((bound, draw) -> bound - 1)
        .build();
  }

  @AfterEach
  void end() {
    source.close();
    time.run();
    plane.close();
    assertThat(time.timers()).describedAs("timers that outlive the source").isZero();
  }

  private FakeControlPlane.Stream<DiscoveryRequest, DiscoveryResponse> stream() {
    return requireNonNull(taken, "a stream was taken");
  }

  private void send(DiscoveryResponse response) {
    stream().send(response);
    time.run();
  }

  /** The next request must say exactly this. */
  private void requested(ResourceType<?> type, String version, String nonce, String... names) {
    DiscoveryRequest request = stream().next();
    assertThat(request.toBuilder().clearNode().build())
        .isEqualTo(
            DiscoveryRequest.newBuilder()
                .setTypeUrl(type.typeUrl())
                .setVersionInfo(version)
                .setResponseNonce(nonce)
                .addAllResourceNames(List.of(names))
                .build());
  }

  private List<String> refused(
      ResourceType<?> type, String version, String nonce, String... names) {
    DiscoveryRequest request = stream().next();
    assertThat(request.getTypeUrl()).isEqualTo(type.typeUrl());
    assertThat(request.getVersionInfo()).isEqualTo(version);
    assertThat(request.getResponseNonce()).isEqualTo(nonce);
    assertThat(request.getResourceNamesList()).containsExactly(names);
    assertThat(request.getErrorDetail().getCode()).isEqualTo(Code.INVALID_ARGUMENT_VALUE);
    return request.getErrorDetail().getMessage().lines().toList();
  }

  private Cancellable watch(String authority, Recorder recorder) {
    Cancellable watch = source.watch(authority, recorder);
    time.run();
    return watch;
  }

  private Cancellable resolve() {
    Cancellable watch = watch("a:80", a);
    taken = plane.sotw();
    requested(LISTENER, "", "", "a:80");
    send(sotw(LISTENER, "1", "l1", listener("a:80", "r")));
    requested(LISTENER, "1", "l1", "a:80");
    requested(ROUTE, "", "", "r");
    send(sotw(ROUTE, "1", "r1", routes("r", "c1", "c2")));
    requested(ROUTE, "1", "r1", "r");
    requested(CLUSTER, "", "", "c1", "c2");
    send(sotw(CLUSTER, "1", "c1", cluster("c1"), cluster("c2")));
    requested(CLUSTER, "1", "c1", "c1", "c2");
    requested(ENDPOINTS, "", "", "c1", "c2");
    send(sotw(ENDPOINTS, "1", "e1", endpoints("c1", 1001), endpoints("c2", 1002)));
    requested(ENDPOINTS, "1", "e1", "c1", "c2");
    stream().isQuiet();
    assertThat(a.resolutions()).isEqualTo(1);
    return watch;
  }

  @Test
  void firstConfigurationComesWhole() {
    resolve();
    assertThat(a.ports("c1")).containsExactly(1001);
    assertThat(a.ports("c2")).containsExactly(1002);
  }

  @Test
  void nodeIsInTheFirstRequestOnly() {
    watch("a:80", a);
    taken = plane.sotw();
    assertThat(stream().next().getNode().getCluster()).isEqualTo("helloweb.default");
    send(sotw(LISTENER, "1", "l1", listener("a:80", "r")));
    assertThat(stream().next().hasNode()).isFalse();
    assertThat(stream().next().hasNode()).isFalse();
  }

  @Test
  void refusalNamesReasonsAndTheVersionBefore() {
    resolve();
    Cluster broken = clusterBuilder("c1").setConnectTimeout(SampleResources.seconds(0)).build();
    Cluster changed = clusterBuilder("c2").setConnectTimeout(SampleResources.seconds(7)).build();
    send(sotw(CLUSTER, "2", "c2", broken, changed));
    assertThat(refused(CLUSTER, "1", "c2", "c1", "c2"))
        .containsExactly("Cluster c1: connect_timeout: 0s (expected: > 0s)");
    // The good one is taken, the broken one stays as it was.
    assertThat(connectSeconds("c1")).isEqualTo(5);
    assertThat(connectSeconds("c2")).isEqualTo(7);

    send(sotw(CLUSTER, "3", "c3", cluster("c1"), cluster("c2")));
    requested(CLUSTER, "3", "c3", "c1", "c2");
    assertThat(connectSeconds("c2")).isEqualTo(5);
  }

  private long connectSeconds(String cluster) {
    return requireNonNull(a.config().clusters().get(cluster)).cluster().connectTimeoutNanos()
        / 1_000_000_000L;
  }

  @Test
  void firstRefusalHasNoVersion() {
    watch("a:80", a);
    taken = plane.sotw();
    stream().next();
    send(sotw(LISTENER, "1", "l1", listener("a:80", "")));
    refused(LISTENER, "", "l1", "a:80");
    assertThat(a.refusal()).startsWith("Listener a:80 was refused: ");
  }

  @Test
  void listenersAndClustersThatAreMissingAreGone() {
    resolve();
    send(sotw(CLUSTER, "2", "c2", cluster("c2")));
    requested(CLUSTER, "2", "c2", "c1", "c2");
    requested(ENDPOINTS, "1", "e1", "c2");
    assertThat(a.config().clusters()).containsOnlyKeys("c2");

    Recorder b = new Recorder();
    watch("b:80", b);
    requested(LISTENER, "1", "l1", "a:80", "b:80");
    send(sotw(LISTENER, "2", "l2", listener("b:80", "r")));
    requested(LISTENER, "2", "l2", "a:80", "b:80");
    assertThat(a.absence()).isEqualTo("Listener a:80: the control plane no longer has it");
    assertThat(b.config().clusters()).containsOnlyKeys("c2");
  }

  @Test
  void routesAndEndpointsThatAreMissingAreUnchanged() {
    resolve();
    send(sotw(ENDPOINTS, "2", "e2", endpoints("c2", 2002)));
    requested(ENDPOINTS, "2", "e2", "c1", "c2");
    assertThat(a.ports("c1")).containsExactly(1001);
    assertThat(a.ports("c2")).containsExactly(2002);
    send(sotw(ROUTE, "2", "r2"));
    requested(ROUTE, "2", "r2", "r");
    assertThat(a.resolutions()).isEqualTo(2);
  }

  @Test
  void emptyResponseIsTakenForAFault() {
    resolve();
    send(sotw(CLUSTER, "2", "c2"));
    requested(CLUSTER, "2", "c2", "c1", "c2");
    send(sotw(LISTENER, "2", "l2"));
    requested(LISTENER, "2", "l2", "a:80");
    assertThat(a.resolutions()).isEqualTo(1);
    var status = source.status();
    time.run();
    assertThat(status.join().problem())
        .isEqualTo(
            "an empty response would have removed every Listener, so what is known was kept");
  }

  @Test
  void emptyResponseIsFollowedWhereThatIsWanted() {
    source.close();
    source = source(XdsConfigSource.MassRemoval.APPLY);
    resolve();
    send(sotw(CLUSTER, "2", "c2"));
    assertThat(a.config().clusters()).isEmpty();
    send(sotw(LISTENER, "2", "l2"));
    assertThat(a.absence()).isEqualTo("Listener a:80: the control plane no longer has it");
  }

  @Test
  void unreadableResourceRemovesNothing() {
    resolve();
    DiscoveryResponse broken =
        sotw(CLUSTER, "2", "c2", cluster("c2")).toBuilder()
            .addResources(
                Any.newBuilder()
                    .setTypeUrl(CLUSTER.typeUrl())
                    .setValue(ByteString.copyFrom(new byte[] {10, 50, 1})))
            .build();
    send(broken);
    assertThat(refused(CLUSTER, "1", "c2", "c1", "c2"))
        .singleElement()
        .asString()
        .startsWith("resources[1]: cannot be decoded (expected: Cluster; ");
    assertThat(a.config().clusters()).containsOnlyKeys("c1", "c2");
  }

  @Test
  void garbageIsRefused() {
    resolve();
    send(
        sotw(
            ENDPOINTS,
            "2",
            "e2",
            cluster("c1"),
            endpoints("", 1),
            endpoints("c2", 1),
            endpoints("c2", 2),
            endpoints("stranger", 0)));
    assertThat(refused(ENDPOINTS, "1", "e2", "c1", "c2"))
        .containsExactly(
            "resources[0]: type.googleapis.com/envoy.config.cluster.v3.Cluster (expected:"
                + " type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment)",
            "resources[1]: no name (expected: one)",
            "ClusterLoadAssignment c2: stands twice (expected: once in a response)");
    assertThat(a.resolutions()).isEqualTo(1);
    send(
        DiscoveryResponse.newBuilder()
            .setTypeUrl("type.googleapis.com/unknown")
            .setNonce("u")
            .build());
    stream().isQuiet();
  }

  @Test
  void responseWithoutANonceIsNotAnswered() {
    resolve();
    send(sotw(ENDPOINTS, "2", "", endpoints("c1", 2001)));
    stream().isQuiet();
    assertThat(a.ports("c1")).containsExactly(2001);
  }

  @Test
  void resourcesMayBeWrapped() {
    resolve();
    DiscoveryResponse wrapped =
        DiscoveryResponse.newBuilder()
            .setTypeUrl(CLUSTER.typeUrl())
            .setVersionInfo("2")
            .setNonce("c2")
            .addResources(Any.pack(FakeControlPlane.resource("c1", "x", cluster("c1"))))
            .addResources(Any.pack(Resource.newBuilder().setName("c2").setVersion("x").build()))
            .build();
    send(wrapped);
    requested(CLUSTER, "2", "c2", "c1", "c2");
    assertThat(a.resolutions()).isEqualTo(1);
    assertThat(a.config().clusters()).containsOnlyKeys("c1", "c2");
  }

  @Test
  void subscriptionsAreCompleteListsUnderTheLatestNonce() {
    Cancellable watch = resolve();
    Recorder b = new Recorder();
    watch("b:80", b);
    requested(LISTENER, "1", "l1", "a:80", "b:80");
    send(sotw(LISTENER, "2", "l2", listener("a:80", "r"), listener("b:80", "r2")));
    requested(LISTENER, "2", "l2", "a:80", "b:80");
    requested(ROUTE, "1", "r1", "r", "r2");
    send(sotw(ROUTE, "2", "r2", routes("r2", "c2")));
    requested(ROUTE, "2", "r2", "r", "r2");
    watch.cancel();
    time.run();
    requested(LISTENER, "2", "l2", "b:80");
    requested(ROUTE, "2", "r2", "r2");
    requested(CLUSTER, "1", "c1", "c2");
    requested(ENDPOINTS, "1", "e1", "c2");
    stream().isQuiet();
  }

  @Test
  void lastUnsubscriptionIsAnEmptyListAndANewWatchAsksAgain() {
    resolve().cancel();
    time.run();
    requested(LISTENER, "1", "l1");
    requested(ROUTE, "1", "r1");
    requested(CLUSTER, "1", "c1");
    requested(ENDPOINTS, "1", "e1");
    // An answer that was on its way is dropped, and acknowledged.
    send(sotw(ENDPOINTS, "2", "e2", endpoints("c1", 9)));
    requested(ENDPOINTS, "2", "e2");
    Recorder again = new Recorder();
    watch("a:80", again);
    requested(LISTENER, "1", "l1", "a:80");
    send(sotw(LISTENER, "1", "l2", listener("a:80", "r")));
    requested(LISTENER, "1", "l2", "a:80");
    requested(ROUTE, "1", "r1", "r");
  }

  @Test
  void refusalThatWaitsGoesOutWithAChangedSubscription() {
    resolve();
    send(sotw(LISTENER, "2", "l2", listener("a:80", "")));
    refused(LISTENER, "1", "l2", "a:80");
    send(sotw(LISTENER, "3", "l3", listener("a:80", "").toBuilder().setStatPrefix("x").build()));
    stream().isQuiet();
    watch("b:80", new Recorder());
    refused(LISTENER, "1", "l3", "a:80", "b:80");
    stream().isQuiet();
  }

  @Test
  void versionsOutliveTheStreamAndNoncesDoNot() {
    resolve();
    stream().fail(Status.UNAVAILABLE);
    time.pass(Duration.ofSeconds(1));
    taken = plane.sotw();
    assertThat(stream().next())
        .satisfies(
            request -> {
              assertThat(request.getNode().getCluster()).isEqualTo("helloweb.default");
              assertThat(request.getVersionInfo()).isEqualTo("1");
              assertThat(request.getResponseNonce()).isEmpty();
              assertThat(request.getResourceNamesList()).containsExactly("a:80");
            });
    requested(ROUTE, "1", "", "r");
    requested(CLUSTER, "1", "", "c1", "c2");
    requested(ENDPOINTS, "1", "", "c1", "c2");
    send(sotw(ENDPOINTS, "2", "x", endpoints("c1", 2001), endpoints("c2", 1002)));
    requested(ENDPOINTS, "2", "x", "c1", "c2");
    assertThat(a.ports("c1")).containsExactly(2001);
  }

  @Test
  void versionIsNotClaimedByWhoLacksAPart() {
    resolve();
    plane.kill();
    time.run();
    watch("b:80", new Recorder());
    plane.restart();
    time.pass(Duration.ofSeconds(1));
    taken = plane.sotw();
    requested(LISTENER, "", "", "a:80", "b:80");
    requested(ROUTE, "1", "", "r");
  }

  @Test
  void silenceMeansAbsentAfterFifteenSecondsOfConnection() {
    watch("a:80", a);
    taken = plane.sotw();
    stream().next();
    time.pass(Duration.ofSeconds(14));
    plane.kill();
    time.run();
    plane.restart();
    time.pass(Duration.ofSeconds(15));
    assertThat(a.pending()).endsWith("has not answered yet for a:80");
    time.pass(Duration.ofSeconds(1));
    assertThat(a.absence())
        .isEqualTo("Listener a:80: no answer from the control plane within 15 s");
    taken = plane.sotw();
    stream().next();
    send(sotw(LISTENER, "1", "l1", listener("a:80", "r")));
    requested(LISTENER, "1", "l1", "a:80");
    requested(ROUTE, "", "", "r");
  }

  @Test
  void unchangedResourcesAreNotReadAgain() {
    resolve();
    var clusters = a.config().clusters();
    send(sotw(CLUSTER, "2", "c2", cluster("c1"), cluster("c2")));
    send(sotw(ENDPOINTS, "2", "e2", endpoints("c1", 1001), endpoints("c2", 2002)));
    assertThat(a.resolutions()).isEqualTo(2);
    assertThat(requireNonNull(a.config().clusters().get("c1")))
        .isSameAs(requireNonNull(clusters.get("c1")));
    assertThat(requireNonNull(a.config().clusters().get("c2")).cluster())
        .isSameAs(requireNonNull(clusters.get("c2")).cluster());
  }
}
