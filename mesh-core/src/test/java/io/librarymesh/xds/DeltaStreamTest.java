package io.librarymesh.xds;

import static io.librarymesh.xds.FakeControlPlane.delta;
import static io.librarymesh.xds.FakeControlPlane.removed;
import static io.librarymesh.xds.FakeControlPlane.resource;
import static io.librarymesh.xds.ResourceType.CLUSTER;
import static io.librarymesh.xds.ResourceType.ENDPOINTS;
import static io.librarymesh.xds.ResourceType.LISTENER;
import static io.librarymesh.xds.ResourceType.ROUTE;
import static io.librarymesh.xds.SampleResources.cluster;
import static io.librarymesh.xds.SampleResources.endpoints;
import static io.librarymesh.xds.SampleResources.filter;
import static io.librarymesh.xds.SampleResources.listener;
import static io.librarymesh.xds.SampleResources.manager;
import static io.librarymesh.xds.SampleResources.routes;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import io.grpc.Status;
import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.core.v3.TypedExtensionConfig;
import io.librarymesh.proto.envoy.config.listener.v3.Listener;
import io.librarymesh.proto.envoy.extensions.filters.http.stateful_session.v3.StatefulSession;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.librarymesh.proto.envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.Resource;
import io.librarymesh.proto.envoy.service.discovery.v3.ResourceError;
import io.librarymesh.proto.envoy.service.discovery.v3.ResourceName;
import io.librarymesh.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeltaStreamTest {
  private final VirtualTime time = new VirtualTime();
  private final FakeControlPlane plane = new FakeControlPlane();
  private final XdsConfigSource source =
      XdsConfigSource.builder(Node.of("helloweb"))
          .server("plane", plane::channel)
          .executor(time)
          .scheduler(time)
          .ticker(time)
          .random((bound, draw) -> bound - 1)
          .build();
  private final DeltaDialogue server = new DeltaDialogue(time, plane);
  private final Recorder a = new Recorder();

  @AfterEach
  void end() {
    source.close();
    time.run();
    plane.close();
    assertThat(time.timers()).describedAs("timers that outlive the source").isZero();
  }

  private Cancellable watch(String authority, Recorder recorder) {
    Cancellable watch = source.watch(authority, recorder);
    time.run();
    return watch;
  }

  /** Watches a:80, which goes to the clusters c1 and c2, each with one endpoint. */
  private Cancellable resolve() {
    return resolve(listener("a:80", "r"));
  }

  private Cancellable resolve(Listener listener) {
    Cancellable watch = watch("a:80", a);
    server.takeStream();
    server.subscribed(LISTENER, "a:80");
    server.send(delta(LISTENER, "l1", resource("a:80", "1", listener)));
    server.acknowledged(LISTENER, "l1");
    server.subscribed(ROUTE, "r");
    server.send(delta(ROUTE, "r1", resource("r", "1", routes("r", "c1", "c2"))));
    server.acknowledged(ROUTE, "r1");
    server.subscribed(CLUSTER, "c1", "c2");
    server.send(
        delta(
            CLUSTER, "c1", resource("c1", "1", cluster("c1")), resource("c2", "1", cluster("c2"))));
    server.acknowledged(CLUSTER, "c1");
    server.subscribed(ENDPOINTS, "c1", "c2");
    server.send(
        delta(
            ENDPOINTS,
            "e1",
            resource("c1", "1", endpoints("c1", 1001)),
            resource("c2", "1", endpoints("c2", 1002))));
    server.acknowledged(ENDPOINTS, "e1");
    server.isQuiet();
    assertThat(a.ports("c1")).containsExactly(1001);
    return watch;
  }

  @Test
  void firstConfigurationComesWhole() {
    resolve();
    assertThat(a.resolutions()).isEqualTo(1);
    assertThat(a.config().authority()).isEqualTo("a:80");
    assertThat(a.config().routes().name()).isEqualTo("r");
    assertThat(a.config().clusters()).containsOnlyKeys("c1", "c2");
    assertThat(a.ports("c2")).containsExactly(1002);
  }

  @Test
  void nodeIsInTheFirstRequestOnly() {
    watch("a:80", a);
    server.takeStream();
    DeltaDiscoveryRequest first = server.next(LISTENER);
    assertThat(first.getNode().getId()).startsWith("library-mesh~127.0.0.1~helloweb.default~");
    assertThat(first.getNode().getCluster()).isEqualTo("helloweb.default");
    assertThat(first.getNode().getUserAgentName()).isEqualTo("library-mesh");
    assertThat(first.getNode().getMetadata().getFieldsOrThrow("GENERATOR").getStringValue())
        .isEqualTo("grpc");
    server.send(delta(LISTENER, "l1", resource("a:80", "1", listener("a:80", "r"))));
    assertThat(server.next(LISTENER).hasNode()).isFalse();
    assertThat(server.next(ROUTE).hasNode()).isFalse();
  }

  @Test
  void targetsShareWhatTheyHaveInCommon() {
    resolve();
    Recorder b = new Recorder();
    watch("b:80", b);
    server.subscribed(LISTENER, "b:80");
    server.send(delta(LISTENER, "l2", resource("b:80", "1", listener("b:80", "r"))));
    server.acknowledged(LISTENER, "l2");
    server.isQuiet();
    assertThat(b.config().routes()).isSameAs(a.config().routes());
    assertThat(requireNonNull(b.config().clusters().get("c1")))
        .isSameAs(requireNonNull(a.config().clusters().get("c1")));
  }

  @Test
  void changedEndpointsCostTheirClusterAndNothingElse() {
    resolve();
    RouteConfig routes = a.config().routes();
    ClusterConfig other = requireNonNull(a.config().clusters().get("c2"));
    server.send(delta(ENDPOINTS, "e2", resource("c1", "2", endpoints("c1", 2001, 2002))));
    server.acknowledged(ENDPOINTS, "e2");
    assertThat(a.resolutions()).isEqualTo(2);
    assertThat(a.ports("c1")).containsExactly(2001, 2002);
    assertThat(a.config().routes()).isSameAs(routes);
    assertThat(requireNonNull(a.config().clusters().get("c2"))).isSameAs(other);
  }

  @Test
  void routesUnderAFilterOfTheListenerAreMadeOnce() {
    StatefulSession sessions =
        StatefulSession.newBuilder()
            .setSessionState(
                TypedExtensionConfig.newBuilder()
                    .setTypedConfig(
                        Any.pack(HeaderBasedSessionState.newBuilder().setName("s").build())))
            .build();
    HttpConnectionManager manager =
        manager("r")
            .addHttpFilters(0, filter("envoy.filters.http.stateful_session", sessions))
            .build();
    resolve(listener("a:80", manager));
    RouteConfig routes = a.config().routes();
    assertThat(routes.virtualHosts().get(0).routes().get(0).session().enabled()).isTrue();
    server.send(delta(ENDPOINTS, "e2", resource("c1", "2", endpoints("c1", 2001, 2002))));
    server.acknowledged(ENDPOINTS, "e2");
    assertThat(a.ports("c1")).containsExactly(2001, 2002);
    assertThat(a.config().routes()).isSameAs(routes);
  }

  @Test
  void sameContentUnderANewVersionChangesNothing() {
    resolve();
    server.send(
        delta(
            CLUSTER,
            "c2",
            resource("c1", "2", cluster("c1")),
            resource("c2", "2", cluster("c2").toBuilder().setAltStatName("other").build())));
    server.acknowledged(CLUSTER, "c2");
    assertThat(a.resolutions()).isEqualTo(1);
  }

  @Test
  void oneResponseBringsOneUpdate() {
    resolve();
    server.send(
        delta(
            ENDPOINTS,
            "e2",
            resource("c1", "2", endpoints("c1", 2001)),
            resource("c2", "2", endpoints("c2", 2002))));
    assertThat(a.resolutions()).isEqualTo(2);
  }

  @Test
  void brokenResourceIsRefusedWithReasonsAndTheLastGoodOneStays() {
    resolve();
    Cluster tls = cluster("c1").toBuilder().setConnectTimeout(SampleResources.seconds(0)).build();
    server.send(delta(CLUSTER, "c2", resource("c1", "2", tls)));
    assertThat(server.refused(CLUSTER, "c2"))
        .containsExactly("Cluster c1: connect_timeout: 0s (expected: > 0s)");
    assertThat(a.resolutions()).isEqualTo(1);

    server.send(
        delta(
            CLUSTER,
            "c3",
            resource(
                "c1",
                "3",
                cluster("c1").toBuilder().setConnectTimeout(SampleResources.seconds(7)).build())));
    server.acknowledged(CLUSTER, "c3");
    assertThat(requireNonNull(a.config().clusters().get("c1")).cluster().connectTimeoutNanos())
        .isEqualTo(7_000_000_000L);
    assertThat(a.ports("c1")).containsExactly(1001);
  }

  @Test
  void goodResourcesOfARefusedResponseAreTaken() {
    resolve();
    server.send(
        delta(
            ENDPOINTS,
            "e2",
            resource("c1", "2", endpoints("c1", 0)),
            resource("c2", "2", endpoints("c2", 2002))));
    assertThat(server.refused(ENDPOINTS, "e2")).hasSize(1);
    assertThat(a.ports("c1")).containsExactly(1001);
    assertThat(a.ports("c2")).containsExactly(2002);
  }

  @Test
  void returnToWhatIsInForceEndsARefusal() {
    resolve();
    server.send(delta(ENDPOINTS, "e2", resource("c1", "2", endpoints("c1", 0))));
    server.refused(ENDPOINTS, "e2");
    server.send(delta(ENDPOINTS, "e3", resource("c1", "1", endpoints("c1", 1001))));
    server.acknowledged(ENDPOINTS, "e3");
    assertThat(problems("c1")).isEmpty();
  }

  private List<String> problems(String name) {
    var status = source.status();
    time.run();
    return status.join().resources().stream()
        .filter(r -> r.name().equals(name))
        .flatMap(r -> r.problems().stream())
        .toList();
  }

  @Test
  void refusalsOfOneTypeArePaced() {
    resolve();
    server.send(delta(ENDPOINTS, "e2", resource("c1", "2", endpoints("c1", 0))));
    server.refused(ENDPOINTS, "e2");
    for (int i = 3; i < 8; i++) {
      server.send(delta(ENDPOINTS, "e" + i, resource("c1", "" + i, endpoints("c1", 0, i))));
    }
    server.isQuiet();
    time.pass(Duration.ofMillis(999));
    server.isQuiet();
    time.pass(Duration.ofMillis(1));
    server.refused(ENDPOINTS, "e7");
    server.send(delta(ENDPOINTS, "e8", resource("c1", "8", endpoints("c1", 0, 8))));
    time.pass(Duration.ofMillis(1999));
    server.isQuiet();
    time.pass(Duration.ofMillis(1));
    server.refused(ENDPOINTS, "e8");
    // Other types and good responses are not held up.
    server.send(delta(CLUSTER, "c9", resource("c1", "9", cluster("c1"))));
    server.acknowledged(CLUSTER, "c9");
    server.send(delta(ENDPOINTS, "e9", resource("c1", "9", endpoints("c1", 0, 9))));
    server.send(delta(ENDPOINTS, "e10", resource("c1", "10", endpoints("c1", 3001))));
    server.refused(ENDPOINTS, "e9");
    server.acknowledged(ENDPOINTS, "e10");
    server.send(delta(ENDPOINTS, "e11", resource("c1", "11", endpoints("c1", 0))));
    server.refused(ENDPOINTS, "e11");
  }

  @Test
  void cancelledWatchUnsubscribesWhatNobodyElseNeeds() {
    Cancellable watch = resolve();
    Recorder b = new Recorder();
    watch("b:80", b);
    server.subscribed(LISTENER, "b:80");
    server.send(delta(LISTENER, "l2", resource("b:80", "1", listener("b:80", "r2"))));
    server.acknowledged(LISTENER, "l2");
    server.subscribed(ROUTE, "r2");
    server.send(delta(ROUTE, "r2", resource("r2", "1", routes("r2", "c2"))));
    server.acknowledged(ROUTE, "r2");
    server.isQuiet();
    assertThat(b.ports("c2")).containsExactly(1002);

    watch.cancel();
    watch.cancel();
    time.run();
    server.unsubscribed(LISTENER, "a:80");
    server.unsubscribed(ROUTE, "r");
    server.unsubscribed(CLUSTER, "c1");
    server.unsubscribed(ENDPOINTS, "c1");
    server.isQuiet();
    server.send(delta(ENDPOINTS, "e2", resource("c2", "2", endpoints("c2", 2002))));
    assertThat(b.ports("c2")).containsExactly(2002);
    assertThat(a.ports("c2")).containsExactly(1002);
  }

  @Test
  void cancelledTargetIsAskedForAgainWhenItIsWatchedAgain() {
    resolve().cancel();
    time.run();
    server.unsubscribed(LISTENER, "a:80");
    server.unsubscribed(ROUTE, "r");
    server.unsubscribed(CLUSTER, "c1", "c2");
    server.unsubscribed(ENDPOINTS, "c1", "c2");
    Recorder again = new Recorder();
    watch("a:80", again);
    server.subscribed(LISTENER, "a:80");
    assertThat(again.pending()).isEqualTo("the control plane plane has not answered yet for a:80");
    server.send(delta(LISTENER, "l2", resource("a:80", "1", listener("a:80", "r"))));
    server.acknowledged(LISTENER, "l2");
    server.subscribed(ROUTE, "r");
  }

  @Test
  void watchMovedToAnotherWatcherCostsNothing() {
    Cancellable watch = resolve();
    Recorder b = new Recorder();
    watch.cancel();
    watch("a:80", b);
    server.isQuiet();
    assertThat(b.config()).isEqualTo(a.config());
  }

  @Test
  void missingTargetIsAbsentAtOnceAndCanAppearLater() {
    watch("a:80", a);
    server.takeStream();
    server.subscribed(LISTENER, "a:80");
    server.send(removed(LISTENER, "l1", "a:80", "unheard-of:80"));
    server.acknowledged(LISTENER, "l1");
    assertThat(a.absence())
        .isEqualTo("Listener a:80: the control plane says that it does not exist");
    server.send(delta(LISTENER, "l2", resource("a:80", "1", listener("a:80", "r"))));
    server.acknowledged(LISTENER, "l2");
    server.subscribed(ROUTE, "r");
  }

  @Test
  void removedListenerEndsTheTargetAndItsSubscriptions() {
    resolve();
    server.send(removed(LISTENER, "l2", "a:80"));
    server.acknowledged(LISTENER, "l2");
    assertThat(a.absence()).startsWith("Listener a:80: ");
    server.unsubscribed(ROUTE, "r");
    server.unsubscribed(CLUSTER, "c1", "c2");
    server.unsubscribed(ENDPOINTS, "c1", "c2");
  }

  @Test
  void removedClusterIsLeftOut() {
    resolve();
    server.send(removed(CLUSTER, "c2", "c1"));
    server.acknowledged(CLUSTER, "c2");
    server.unsubscribed(ENDPOINTS, "c1");
    assertThat(a.config().clusters()).containsOnlyKeys("c2");
    server.send(delta(CLUSTER, "c3", resource("c1", "1", cluster("c1"))));
    server.acknowledged(CLUSTER, "c3");
    server.subscribed(ENDPOINTS, "c1");
    assertThat(a.resolutions()).isEqualTo(2);
    server.send(delta(ENDPOINTS, "e2", resource("c1", "1", endpoints("c1", 1001))));
    assertThat(a.config().clusters()).containsOnlyKeys("c1", "c2");
  }

  @Test
  void removedEndpointsLeaveAnEmptyCluster() {
    resolve();
    server.send(removed(ENDPOINTS, "e2", "c1"));
    assertThat(a.ports("c1")).isEmpty();
    assertThat(a.ports("c2")).containsExactly(1002);
  }

  @Test
  void removedRoutesStayInForce() {
    resolve();
    server.send(removed(ROUTE, "r2", "r"));
    server.acknowledged(ROUTE, "r2");
    server.isQuiet();
    assertThat(a.resolutions()).isEqualTo(1);
    server.send(delta(ENDPOINTS, "e2", resource("c1", "2", endpoints("c1", 2001))));
    assertThat(a.ports("c1")).containsExactly(2001);
  }

  @Test
  void heartbeatsAliasesAndStrangersChangeNothing() {
    resolve();
    server.send(
        delta(
            ENDPOINTS,
            "e2",
            Resource.newBuilder().setName("c1").setVersion("1").build(),
            resource("stranger", "1", endpoints("stranger", 0)),
            resource("other", "1", endpoints("c2", 5)).toBuilder().addAliases("c2").build()));
    server.acknowledged(ENDPOINTS, "e2");
    assertThat(a.resolutions()).isEqualTo(1);
  }

  @Test
  void garbageIsRefusedAndTheStreamGoesOn() {
    resolve();
    Resource wrongType = resource("c1", "2", listener("c1", "r"));
    Resource broken =
        resource("c2", "2", cluster("c2")).toBuilder()
            .setResource(
                Any.newBuilder()
                    .setTypeUrl(CLUSTER.typeUrl())
                    .setValue(ByteString.copyFrom(new byte[] {10, 50, 1})))
            .build();
    server.send(
        delta(
            CLUSTER,
            "c2",
            wrongType,
            broken,
            resource("", "2", cluster("c1")),
            resource("c1", "3", listener("c1", "r"))));
    assertThat(server.refused(CLUSTER, "c2"))
        .hasSize(3)
        .contains(
            "resources[2]: no name (expected: one)",
            "Cluster c1: stands twice (expected: once in a response)")
        .anyMatch(error -> error.startsWith("Cluster c2: not a Cluster (expected: "));
    server.send(
        DeltaDiscoveryResponse.newBuilder()
            .setTypeUrl("type.googleapis.com/unknown")
            .setNonce("u")
            .build());
    server.isQuiet();
    assertThat(a.resolutions()).isEqualTo(1);
    server.send(delta(ENDPOINTS, "e2", resource("c1", "2", endpoints("c1", 2001))));
    server.acknowledged(ENDPOINTS, "e2");
    assertThat(a.ports("c1")).containsExactly(2001);
  }

  @Test
  void resourceOfTheWrongTypeIsNamed() {
    resolve();
    server.send(delta(CLUSTER, "c2", resource("c1", "2", listener("c1", "r"))));
    assertThat(server.refused(CLUSTER, "c2"))
        .containsExactly(
            "Cluster c1: type.googleapis.com/envoy.config.listener.v3.Listener (expected:"
                + " type.googleapis.com/envoy.config.cluster.v3.Cluster)");
  }

  @Test
  void serverMaySayWhyItDoesNotSendAResource() {
    watch("a:80", a);
    server.takeStream();
    server.subscribed(LISTENER, "a:80");
    server.send(error("a:80", Code.PERMISSION_DENIED_VALUE, "not exported"));
    server.acknowledged(LISTENER, "n");
    assertThat(a.absence()).isEqualTo("Listener a:80: PERMISSION_DENIED not exported");
    server.send(delta(LISTENER, "l2", resource("a:80", "1", listener("a:80", "r"))));
    server.acknowledged(LISTENER, "l2");
    server.subscribed(ROUTE, "r");
    server.send(error("a:80", Code.UNAVAILABLE_VALUE, "in a moment"));
    server.acknowledged(LISTENER, "n");
    server.isQuiet();
    DeltaDiscoveryResponse.Builder gone = error("a:80", Code.NOT_FOUND_VALUE, "gone").toBuilder();
    server.send(gone.addRemovedResources("a:80").build());
    server.acknowledged(LISTENER, "n");
    server.unsubscribed(ROUTE, "r");
    assertThat(a.absence()).isEqualTo("Listener a:80: NOT_FOUND gone");
  }

  private static DeltaDiscoveryResponse error(String name, int code, String message) {
    return DeltaDiscoveryResponse.newBuilder()
        .setTypeUrl(LISTENER.typeUrl())
        .setNonce("n")
        .addResourceErrors(
            ResourceError.newBuilder()
                .setResourceName(ResourceName.newBuilder().setName(name))
                .setErrorDetail(
                    com.google.rpc.Status.newBuilder().setCode(code).setMessage(message)))
        .build();
  }

  @Test
  void reconnectSaysWhatIsThereAndKeepsItInForce() {
    resolve();
    server.fail(Status.UNAVAILABLE);
    time.pass(Duration.ofSeconds(1));
    server.takeStream();
    for (ResourceType<?> type : ResourceType.ALL) {
      DeltaDiscoveryRequest request = server.next(type);
      assertThat(request.hasNode()).isEqualTo(type == LISTENER);
      assertThat(request.getResponseNonce()).isEmpty();
      String[] names =
          type == LISTENER
              ? new String[] {"a:80"}
              : type == ROUTE ? new String[] {"r"} : new String[] {"c1", "c2"};
      assertThat(request.getResourceNamesSubscribeList()).containsExactly(names);
      assertThat(request.getInitialResourceVersionsMap()).containsOnlyKeys(names);
      assertThat(request.getInitialResourceVersionsMap().values()).containsOnly("1");
    }
    server.isQuiet();
    assertThat(a.resolutions()).isEqualTo(1);
    time.pass(Duration.ofMinutes(10));
    assertThat(a.resolutions()).isEqualTo(1);
    server.send(delta(ENDPOINTS, "e1", resource("c1", "2", endpoints("c1", 2001))));
    server.acknowledged(ENDPOINTS, "e1");
    assertThat(a.ports("c1")).containsExactly(2001);
  }

  @Test
  void versionOfARefusedResourceIsThatOfTheLastGoodOne() {
    resolve();
    server.send(delta(ENDPOINTS, "e2", resource("c1", "2", endpoints("c1", 0))));
    server.refused(ENDPOINTS, "e2");
    server.complete();
    time.pass(Duration.ofSeconds(1));
    server.takeStream();
    server.next(LISTENER);
    server.next(ROUTE);
    server.next(CLUSTER);
    assertThat(server.next(ENDPOINTS).getInitialResourceVersionsMap())
        .containsEntry("c1", "1")
        .containsEntry("c2", "1");
  }

  @Test
  void whatWentAwayDuringAnOutageIsSaidSoAfterwards() {
    resolve();
    plane.kill();
    time.pass(Duration.ofSeconds(5));
    assertThat(a.resolutions()).isEqualTo(1);
    plane.restart();
    time.pass(Duration.ofSeconds(1));
    server.takeStream();
    ResourceType.ALL.forEach(server::next);
    server.send(delta(ROUTE, "r1", resource("r", "2", routes("r", "c1"))));
    server.acknowledged(ROUTE, "r1");
    server.unsubscribed(CLUSTER, "c2");
    server.unsubscribed(ENDPOINTS, "c2");
    assertThat(a.config().clusters()).containsOnlyKeys("c1");
  }

  @Test
  void silentServerMeansAbsentAfterFifteenSeconds() {
    watch("a:80", a);
    server.takeStream();
    time.pass(Duration.ofMillis(14_999));
    assertThat(a.pending()).isEqualTo("the control plane plane has not answered yet for a:80");
    time.pass(Duration.ofMillis(1));
    assertThat(a.absence())
        .isEqualTo("Listener a:80: no answer from the control plane within 15 s");
    server.subscribed(LISTENER, "a:80");
    server.send(delta(LISTENER, "l1", resource("a:80", "1", listener("a:80", "r"))));
    server.acknowledged(LISTENER, "l1");
    server.subscribed(ROUTE, "r");
  }

  @Test
  void timersDoNotOutliveTheirStream() {
    watch("a:80", a);
    time.pass(Duration.ofSeconds(14));
    plane.kill();
    time.pass(Duration.ofSeconds(60));
    assertThat(a.pending()).startsWith("control plane not reached: plane: UNAVAILABLE");
    plane.restart();
    time.pass(Duration.ofSeconds(30));
    assertThat(a.pending()).isEqualTo("the control plane plane has not answered yet for a:80");
  }
}
