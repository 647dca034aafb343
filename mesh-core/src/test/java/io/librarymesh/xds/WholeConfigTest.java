package io.librarymesh.xds;

import static io.librarymesh.xds.FakeControlPlane.delta;
import static io.librarymesh.xds.FakeControlPlane.removed;
import static io.librarymesh.xds.FakeControlPlane.resource;
import static io.librarymesh.xds.ResourceType.CLUSTER;
import static io.librarymesh.xds.ResourceType.ENDPOINTS;
import static io.librarymesh.xds.ResourceType.LISTENER;
import static io.librarymesh.xds.ResourceType.ROUTE;
import static io.librarymesh.xds.SampleResources.cluster;
import static io.librarymesh.xds.SampleResources.clusterBuilder;
import static io.librarymesh.xds.SampleResources.endpoints;
import static io.librarymesh.xds.SampleResources.forward;
import static io.librarymesh.xds.SampleResources.listener;
import static io.librarymesh.xds.SampleResources.manager;
import static io.librarymesh.xds.SampleResources.route;
import static io.librarymesh.xds.SampleResources.routes;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import io.librarymesh.config.Cluster.Discovery;
import io.librarymesh.config.DnsDiscovery;
import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.route.v3.NonForwardingAction;
import io.librarymesh.proto.envoy.config.route.v3.Route;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import io.librarymesh.proto.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.librarymesh.proto.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.librarymesh.proto.envoy.type.v3.FractionalPercent;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A target's configuration is published whole or not at all (gRFC A74). */
class WholeConfigTest {
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

  /** Watches a:80; its listener names the routes r. */
  @BeforeEach
  void begin() {
    source.watch("a:80", a);
    server.takeStream();
    server.subscribed(LISTENER, "a:80");
    server.send(delta(LISTENER, "l1", resource("a:80", "1", listener("a:80", "r"))));
    server.acknowledged(LISTENER, "l1");
    server.subscribed(ROUTE, "r");
  }

  @AfterEach
  void end() {
    source.close();
    time.run();
    plane.close();
    assertThat(time.timers()).describedAs("timers that outlive the source").isZero();
  }

  private void sendRoutes(String nonce, RouteConfiguration routes) {
    server.send(delta(ROUTE, nonce, resource(routes.getName(), nonce, routes)));
    server.acknowledged(ROUTE, nonce);
  }

  private void sendClusters(String nonce, Cluster... clusters) {
    for (Cluster cluster : clusters) {
      server.send(delta(CLUSTER, nonce, resource(cluster.getName(), nonce, cluster)));
      server.acknowledged(CLUSTER, nonce);
    }
  }

  private void sendEndpoints(String nonce, String name, int... ports) {
    server.send(delta(ENDPOINTS, nonce, resource(name, nonce, endpoints(name, ports))));
    server.acknowledged(ENDPOINTS, nonce);
  }

  /** All requests go to the cluster v1 with one endpoint. */
  private void resolve() {
    sendRoutes("r1", routes("r", "v1"));
    server.subscribed(CLUSTER, "v1");
    sendClusters("c1", cluster("v1"));
    server.subscribed(ENDPOINTS, "v1");
    sendEndpoints("e1", "v1", 1001);
    assertThat(a.resolutions()).isEqualTo(1);
  }

  @Test
  void eachStepSaysWhatItWaitsFor() {
    assertThat(a.pending())
        .isEqualTo("the control plane plane has not answered yet for RouteConfiguration r");
    sendRoutes("r1", routes("r", "v1"));
    assertThat(a.pending())
        .isEqualTo("the control plane plane has not answered yet for Cluster v1");
    server.subscribed(CLUSTER, "v1");
    sendClusters("c1", cluster("v1"));
    assertThat(a.pending())
        .isEqualTo("the control plane plane has not answered yet for ClusterLoadAssignment v1");
    server.subscribed(ENDPOINTS, "v1");
    sendEndpoints("e1", "v1", 1001);
    assertThat(a.ports("v1")).containsExactly(1001);
  }

  @Test
  void newClusterIsWaitedForWithTheOldRoutesInForce() {
    resolve();
    RouteConfig before = a.config().routes();
    sendRoutes("r2", routes("r", "v2"));
    server.subscribed(CLUSTER, "v2");
    sendClusters("c2", cluster("v2"));
    server.subscribed(ENDPOINTS, "v2");
    assertThat(a.resolutions()).isEqualTo(1);
    // What is in force is followed meanwhile.
    sendEndpoints("e2", "v1", 1002);
    assertThat(a.config().routes()).isSameAs(before);
    assertThat(a.ports("v1")).containsExactly(1002);

    sendEndpoints("e3", "v2", 2001);
    assertThat(a.resolutions()).isEqualTo(3);
    assertThat(a.config().clusters()).containsOnlyKeys("v2");
    assertThat(a.ports("v2")).containsExactly(2001);
    server.unsubscribed(CLUSTER, "v1");
    server.unsubscribed(ENDPOINTS, "v1");
    server.isQuiet();
  }

  @Test
  void newClusterThatDoesNotExistIsLeftOut() {
    resolve();
    sendRoutes("r2", routes("r", "v1", "v2"));
    server.subscribed(CLUSTER, "v2");
    assertThat(a.resolutions()).isEqualTo(1);
    server.send(removed(CLUSTER, "c2", "v2"));
    server.acknowledged(CLUSTER, "c2");
    assertThat(a.resolutions()).isEqualTo(2);
    assertThat(a.config().clusters()).containsOnlyKeys("v1");
    assertThat(Reading.value(ROUTE, routes("r", "v1", "v2")).config())
        .isEqualTo(a.config().routes());
  }

  @Test
  void oneClusterThatNeverComesDoesNotBlockTheOthersForEver() {
    resolve();
    sendRoutes("r2", routes("r", "v1", "v2", "v3"));
    server.subscribed(CLUSTER, "v2", "v3");
    sendClusters("c2", cluster("v2"));
    server.subscribed(ENDPOINTS, "v2");
    sendEndpoints("e2", "v2", 2001);
    time.pass(Duration.ofMillis(14_999));
    assertThat(a.resolutions()).isEqualTo(1);
    time.pass(Duration.ofMillis(1));
    assertThat(a.resolutions()).isEqualTo(2);
    assertThat(a.config().clusters()).containsOnlyKeys("v1", "v2");
    sendClusters("c3", cluster("v3"));
    server.subscribed(ENDPOINTS, "v3");
    sendEndpoints("e3", "v3", 3001);
    assertThat(a.config().clusters()).containsOnlyKeys("v1", "v2", "v3");
  }

  @Test
  void clusterWhoseEndpointsNeverComeIsEmpty() {
    resolve();
    sendRoutes("r2", routes("r", "v2"));
    server.subscribed(CLUSTER, "v2");
    time.pass(Duration.ofSeconds(10));
    sendClusters("c2", cluster("v2"));
    server.subscribed(ENDPOINTS, "v2");
    time.pass(Duration.ofMillis(14_999));
    assertThat(a.resolutions()).isEqualTo(1);
    time.pass(Duration.ofMillis(1));
    assertThat(a.resolutions()).isEqualTo(2);
    assertThat(a.ports("v2")).isEmpty();
  }

  @Test
  void brokenClusterIsWaitedOutWhileThereIsSomethingInForce() {
    resolve();
    sendRoutes("r2", routes("r", "v2"));
    server.subscribed(CLUSTER, "v2");
    Cluster broken = clusterBuilder("v2").setConnectTimeout(SampleResources.seconds(0)).build();
    server.send(delta(CLUSTER, "c2", resource("v2", "1", broken)));
    server.refused(CLUSTER, "c2");
    time.pass(Duration.ofMillis(14_999));
    assertThat(a.config().clusters()).containsOnlyKeys("v1");
    time.pass(Duration.ofMillis(1));
    assertThat(a.config().clusters()).isEmpty();
    assertThat(a.config().routes()).isEqualTo(Reading.value(ROUTE, routes("r", "v2")).config());
  }

  @Test
  void brokenEndpointsOfANewClusterAreWaitedOutWhileThereIsSomethingInForce() {
    resolve();
    sendRoutes("r2", routes("r", "v2"));
    server.subscribed(CLUSTER, "v2");
    sendClusters("c2", cluster("v2"));
    server.subscribed(ENDPOINTS, "v2");
    server.send(delta(ENDPOINTS, "e2", resource("v2", "1", endpoints("v2", 0))));
    server.refused(ENDPOINTS, "e2");
    time.pass(Duration.ofMillis(14_999));
    assertThat(a.config().clusters()).containsOnlyKeys("v1");
    time.pass(Duration.ofMillis(1));
    assertThat(a.config().clusters()).containsOnlyKeys("v2");
    assertThat(a.ports("v2")).isEmpty();
  }

  @Test
  void brokenClusterOfAFirstConfigurationIsLeftOutAtOnce() {
    sendRoutes("r1", routes("r", "v1", "v2"));
    server.subscribed(CLUSTER, "v1", "v2");
    Cluster broken = clusterBuilder("v2").setConnectTimeout(SampleResources.seconds(0)).build();
    server.send(
        delta(CLUSTER, "c1", resource("v1", "1", cluster("v1")), resource("v2", "1", broken)));
    server.refused(CLUSTER, "c1");
    server.subscribed(ENDPOINTS, "v1");
    sendEndpoints("e1", "v1", 1001);
    assertThat(a.config().clusters()).containsOnlyKeys("v1");
  }

  @Test
  void brokenRoutesLeaveTheOldOnesInForce() {
    resolve();
    Route broken =
        Route.newBuilder()
            .setMatch(RouteMatch.newBuilder().setPrefix("/"))
            .setNonForwardingAction(NonForwardingAction.getDefaultInstance())
            .build();
    server.send(delta(ROUTE, "r2", resource("r", "2", routes("r", broken))));
    assertThat(server.refused(ROUTE, "r2"))
        .containsExactly(
            "RouteConfiguration r: virtual_hosts[0].routes[0]: non_forwarding_action (expected:"
                + " route, redirect or direct_response)");
    time.pass(Duration.ofMinutes(1));
    assertThat(a.resolutions()).isEqualTo(1);
    sendRoutes("r3", routes("r", "v1", "v1"));
    assertThat(a.resolutions()).isEqualTo(2);
  }

  @Test
  void brokenFirstRoutesAreRefusedUntilBetterOnesCome() {
    server.send(delta(ROUTE, "r1", resource("r", "1", routes("r", Route.getDefaultInstance()))));
    server.refused(ROUTE, "r1");
    assertThat(a.refusal())
        .startsWith("RouteConfiguration r was refused: virtual_hosts[0].routes[0].match: not set");
    time.pass(Duration.ofMinutes(1));
    assertThat(a.refusal()).startsWith("RouteConfiguration r was refused: ");
    resolve();
  }

  @Test
  void routesThatDoNotExistMakeATargetAbsent() {
    server.send(removed(ROUTE, "r1", "r"));
    server.acknowledged(ROUTE, "r1");
    assertThat(a.absence())
        .isEqualTo("RouteConfiguration r: the control plane says that it does not exist");
    resolve();
  }

  @Test
  void listenerThatNamesOtherRoutesKeepsTheOldOnesUntilTheNewOnesAreThere() {
    resolve();
    server.send(delta(LISTENER, "l2", resource("a:80", "2", listener("a:80", "s"))));
    server.acknowledged(LISTENER, "l2");
    DeltaRequests.change(server.next(ROUTE), "s", "r");
    sendEndpoints("e2", "v1", 1002);
    assertThat(a.ports("v1")).containsExactly(1002);
    assertThat(a.config().routes().name()).isEqualTo("r");
    sendRoutes("s1", routes("s", "v1"));
    assertThat(a.config().routes().name()).isEqualTo("s");
    assertThat(a.ports("v1")).containsExactly(1002);
  }

  /** Requests that add one name and drop another. */
  private static final class DeltaRequests {
    static void change(
        io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryRequest request,
        String added,
        String removed) {
      assertThat(request.getResourceNamesSubscribeList()).containsExactly(added);
      assertThat(request.getResourceNamesUnsubscribeList()).containsExactly(removed);
    }
  }

  @Test
  void clusterThatNamesOtherEndpointsKeepsTheOldOnesUntilTheNewOnesAreThere() {
    resolve();
    Cluster.Builder renamed = clusterBuilder("v1").setConnectTimeout(SampleResources.seconds(9));
    renamed.getEdsClusterConfigBuilder().setServiceName("other");
    sendClusters("c2", renamed.build());
    server.subscribed(ENDPOINTS, "other");
    assertThat(a.resolutions()).isEqualTo(1);
    sendEndpoints("e2", "v1", 1002);
    assertThat(a.ports("v1")).containsExactly(1002);
    assertThat(requireNonNull(a.config().clusters().get("v1")).cluster().connectTimeoutNanos())
        .isEqualTo(5_000_000_000L);
    sendEndpoints("e3", "other", 7001);
    assertThat(a.ports("v1")).containsExactly(7001);
    assertThat(requireNonNull(a.config().clusters().get("v1")).cluster().connectTimeoutNanos())
        .isEqualTo(9_000_000_000L);
    server.unsubscribed(ENDPOINTS, "v1");
    server.isQuiet();
  }

  @Test
  void clusterThatReturnsToItsEndpointsKeepsThem() {
    resolve();
    Cluster.Builder renamed = clusterBuilder("v1");
    renamed.getEdsClusterConfigBuilder().setServiceName("other");
    sendClusters("c2", renamed.build());
    server.subscribed(ENDPOINTS, "other");
    sendClusters("c3", cluster("v1"));
    server.unsubscribed(ENDPOINTS, "other");
    sendEndpoints("e2", "v1", 1003);
    assertThat(a.ports("v1")).containsExactly(1003);
    server.isQuiet();
  }

  @Test
  void changedClusterWithTheSameEndpointsTakesEffectAtOnce() {
    resolve();
    sendClusters("c2", clusterBuilder("v1").setConnectTimeout(SampleResources.seconds(9)).build());
    server.isQuiet();
    assertThat(requireNonNull(a.config().clusters().get("v1")).cluster().connectTimeoutNanos())
        .isEqualTo(9_000_000_000L);
    assertThat(a.ports("v1")).containsExactly(1001);
  }

  @Test
  void clustersThatNeedNoEndpointResource() {
    sendRoutes("r1", routes("r", "dns", "pass"));
    server.subscribed(CLUSTER, "dns", "pass");
    sendClusters(
        "c1",
        Cluster.newBuilder()
            .setName("dns")
            .setType(Cluster.DiscoveryType.STRICT_DNS)
            .setLoadAssignment(endpoints("dns", 443))
            .build(),
        Cluster.newBuilder()
            .setName("pass")
            .setType(Cluster.DiscoveryType.ORIGINAL_DST)
            .setLbPolicy(Cluster.LbPolicy.CLUSTER_PROVIDED)
            .build());
    server.isQuiet();
    assertThat(a.ports("dns")).containsExactly(443);
    assertThat(requireNonNull(a.config().clusters().get("dns")).cluster().discovery())
        .isInstanceOf(DnsDiscovery.class);
    assertThat(requireNonNull(a.config().clusters().get("pass")).cluster().discovery())
        .isEqualTo(Discovery.ORIGINAL_DESTINATION);
    assertThat(a.ports("pass")).isEmpty();
  }

  @Test
  void clusterThatComesToHoldItsEndpointsDropsTheOthers() {
    resolve();
    sendClusters(
        "c2",
        Cluster.newBuilder()
            .setName("v1")
            .setType(Cluster.DiscoveryType.STATIC)
            .setLoadAssignment(endpoints("v1", 5001))
            .build());
    server.unsubscribed(ENDPOINTS, "v1");
    assertThat(a.ports("v1")).containsExactly(5001);
    sendClusters("c3", cluster("v1"));
    server.subscribed(ENDPOINTS, "v1");
    assertThat(a.ports("v1")).containsExactly(5001);
    sendEndpoints("e2", "v1", 1002);
    assertThat(a.ports("v1")).containsExactly(1002);
  }

  @Test
  void routesThatStandInTheListener() {
    server.send(
        delta(
            LISTENER,
            "l2",
            resource(
                "a:80",
                "2",
                listener("a:80", manager("").setRouteConfig(routes("inline", "v1")).build()))));
    server.acknowledged(LISTENER, "l2");
    server.unsubscribed(ROUTE, "r");
    server.subscribed(CLUSTER, "v1");
    sendClusters("c1", cluster("v1"));
    server.subscribed(ENDPOINTS, "v1");
    sendEndpoints("e1", "v1", 1001);
    assertThat(a.config().routes().name()).isEqualTo("inline");
  }

  @Test
  void listenerThatNormalizesPathsInAnotherWayTakesEffectWithTheSameRoutes() {
    resolve();
    RouteConfig before = a.config().routes();
    assertThat(a.config().paths().mergeSlashes()).isFalse();
    server.send(
        delta(
            LISTENER,
            "l2",
            resource("a:80", "2", listener("a:80", manager("r").setMergeSlashes(true).build()))));
    server.acknowledged(LISTENER, "l2");
    assertThat(a.resolutions()).isEqualTo(2);
    assertThat(a.config().paths().mergeSlashes()).isTrue();
    assertThat(a.config().routes()).isSameAs(before);
  }

  @Test
  void faultsStandUnderTheListenersFilter() {
    HTTPFault fault =
        HTTPFault.newBuilder()
            .setAbort(
                FaultAbort.newBuilder()
                    .setHttpStatus(501)
                    .setPercentage(FractionalPercent.newBuilder().setNumerator(70)))
            .build();
    sendRoutes(
        "r1",
        routes(
            "r",
            route(forward("v1").build())
                .putTypedPerFilterConfig("envoy.filters.http.fault", Any.pack(fault))
                .build()));
    server.subscribed(CLUSTER, "v1");
    server.send(removed(CLUSTER, "c1", "v1"));
    server.acknowledged(CLUSTER, "c1");
    assertThat(fault().abort().httpStatus()).isEqualTo(501);

    server.send(
        delta(
            LISTENER,
            "l2",
            resource("a:80", "2", listener("a:80", manager("r").removeHttpFilters(0).build()))));
    server.acknowledged(LISTENER, "l2");
    assertThat(fault()).isEqualTo(FaultInjection.NONE);
  }

  private FaultInjection fault() {
    return a.config().routes().virtualHosts().get(0).routes().get(0).fault();
  }

  @Test
  void listenerOfAServerIsNoTarget() {
    Recorder inbound = new Recorder();
    source.watch("xds.istio.io/grpc/lds/inbound/127.0.0.1:80", inbound);
    time.run();
    server.subscribed(LISTENER, "xds.istio.io/grpc/lds/inbound/127.0.0.1:80");
    String name = "xds.istio.io/grpc/lds/inbound/127.0.0.1:80";
    server.send(delta(LISTENER, "l2", resource(name, "1", SampleResources.inbound(name))));
    assertThat(inbound.absence())
        .isEqualTo("Listener " + name + ": it is for a server (expected: an api_listener)");
  }
}
