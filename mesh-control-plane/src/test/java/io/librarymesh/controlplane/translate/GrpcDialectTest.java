package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.LbPolicy;
import io.librarymesh.proto.envoy.config.route.v3.HeaderMatcher;
import io.librarymesh.proto.envoy.config.route.v3.Route;
import io.librarymesh.proto.envoy.config.route.v3.Route.ActionCase;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import io.librarymesh.proto.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest;
import io.librarymesh.proto.envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What gRPC's own clients get: nothing that makes them refuse, and what they act on. */
class GrpcDialectTest {

  private static final String REVIEWS = "outbound|9080||reviews.prod.svc.cluster.local";
  private static final String EXTERNAL = "outbound|80||api.ext.com";

  private static World world(String http) {
    return World.standard()
        .with(
            """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: v, namespace: prod}
            spec: {hosts: [reviews], http: [%s]}
            """
                .formatted(http));
  }

  @Test
  void localRepliesAreFaultsWithTheStatusThatStandsForThem() throws Exception {
    List<Route> routes =
        world(
                """
                {match: [{uri: {exact: /a}}], directResponse: {status: 403}},
                {match: [{uri: {exact: /b}}], redirect: {uri: /c}},
                {route: [{destination: {host: reviews}}]}
                """)
            .grpcClient()
            .routes("reviews:9080");

    assertThat(routes).extracting(Route::getActionCase).containsOnly(ActionCase.ROUTE);
    assertThat(routes).extracting(r -> r.getRoute().getCluster()).containsOnly(REVIEWS);
    assertThat(routes).allMatch(route -> route.getMatch().hasCaseSensitive());
    HTTPFault direct = fault(routes.get(0));
    assertThat(direct.getAbort().getGrpcStatus()).isEqualTo(7);
    assertThat(direct.getAbort().getPercentage().getNumerator()).isEqualTo(100);
    HTTPFault redirect = fault(routes.get(1));
    assertThat(redirect.getAbort().getGrpcStatus()).isEqualTo(2);
    assertThat(routes.get(2).getTypedPerFilterConfigMap()).isEmpty();
  }

  private static HTTPFault fault(Route route) throws InvalidProtocolBufferException {
    return route.getTypedPerFilterConfigOrThrow("envoy.filters.http.fault").unpack(HTTPFault.class);
  }

  @Test
  void whereEverythingIsALocalReplyThereIsNoRoute() {
    assertThat(world("{directResponse: {status: 503}}").grpcClient().routes("reviews:9080"))
        .isEmpty();
  }

  private static List<RouteMatch> matches(String match) {
    return world(
            "{match: ["
                + match
                + "], route: [{destination: {host: reviews}}]},"
                + "{route: [{destination: {host: reviews}}]}")
        .grpcClient()
        .routes("reviews:9080")
        .stream()
        .map(Route::getMatch)
        .filter(m -> !m.equals(MatchTranslation.ANYTHING))
        .toList();
  }

  @Test
  void aHeaderThatMustNotHaveAValueMayBeMissing() {
    List<RouteMatch> matches = matches("{withoutHeaders: {x-user: {exact: alpha}}}");

    assertThat(matches).extracting(RouteMatch::getHeadersCount).containsExactly(1, 1);
    HeaderMatcher missing = matches.get(0).getHeaders(0);
    assertThat(missing.getPresentMatch()).isTrue();
    assertThat(missing.getInvertMatch()).isTrue();
    HeaderMatcher other = matches.get(1).getHeaders(0);
    assertThat(other.getStringMatch().getExact()).isEqualTo("alpha");
    assertThat(other.getInvertMatch()).isTrue();
    assertThat(other.getTreatMissingHeaderAsEmpty()).isFalse();
  }

  @Test
  void whereTheMissingHeaderWouldMatchItHasToBeThere() {
    assertThat(matches("{withoutHeaders: {x-user: {regex: 'a*'}}}"))
        .singleElement()
        .satisfies(
            match -> assertThat(match.getHeaders(0).getStringMatch().hasSafeRegex()).isTrue());
  }

  @Test
  void severalSuchHeadersMultiply() {
    assertThat(
            matches(
                "{withoutHeaders: {a: {exact: x}, b: {exact: x}, c: {exact: x}, d: {exact: x}}}"))
        .hasSize(8)
        .allMatch(match -> match.getHeadersCount() == 4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{method: {exact: GET}}",
        "{method: {regex: 'GET|PUT'}}",
        "{scheme: {exact: https}}",
        "{authority: {exact: reviews}}",
        "{queryParams: {a: {exact: b}}}",
      })
  void whatNoCallOfGrpcMatchesIsLeftOut(String match) {
    assertThat(matches(match)).isEmpty();
  }

  @Test
  void whatEveryCallOfGrpcMatchesIsNoCondition() {
    List<RouteMatch> matches =
        matches("{method: {prefix: PO}, scheme: {exact: http}, uri: {exact: /a.B/c}}");

    assertThat(matches).hasSize(1);
    assertThat(matches.get(0).getHeadersList()).isEmpty();
    assertThat(matches.get(0).getPath()).isEqualTo("/a.B/c");
  }

  @Test
  void alternativesOfAnExpressionAreInParentheses() { // grpc-node reads ^a|b$ otherwise
    RouteMatch match =
        matches("{uri: {regex: '/a|/b'}, headers: {x: {regex: 'c|d'}, y: {regex: e.*}}}").get(0);

    assertThat(match.getSafeRegex().getRegex()).isEqualTo("(?:/a|/b)");
    assertThat(match.getHeaders(0).getStringMatch().getSafeRegex().getRegex()).isEqualTo("(?:c|d)");
    assertThat(match.getHeaders(1).getStringMatch().getSafeRegex().getRegex()).isEqualTo("e.*");
  }

  @Test
  void pathsBySegmentsAreExpressions() { // grpc-java and its like refuse the former
    World world =
        World.standard()
            .with(
                """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: r, namespace: prod}
                spec:
                  parentRefs: [{kind: Service, group: '', name: reviews}]
                  rules:
                    - matches: [{path: {type: PathPrefix, value: /shop.Cart}}]
                      backendRefs: [{name: reviews, port: 9080}]
                """);

    RouteMatch match = world.grpcClient().routes("reviews:9080").get(0).getMatch();

    assertThat(match.getSafeRegex().getRegex()).isEqualTo("/shop\\.Cart(?:/.*)?");
  }

  @Test
  void onlyItsOwnRetryConditionsAreSent() {
    Route route =
        world(
                "{retries: {attempts: 3, retryOn: '5xx,unavailable,503'},"
                    + " route: [{destination: {host: reviews}}]}")
            .grpcClient()
            .onlyRoute("reviews:9080");

    assertThat(route.getRoute().getRetryPolicy().getRetryOn()).isEqualTo("unavailable");
    assertThat(route.getRoute().getRetryPolicy().getNumRetries().getValue()).isEqualTo(3);
    assertThat(route.getRoute().getRetryPolicy().getRetryHostPredicateList()).isEmpty();
  }

  @Test
  void retriesWithoutAnyConditionItKnowsAreLeftOut() {
    Route route =
        world("{retries: {attempts: 3, retryOn: 5xx}, route: [{destination: {host: reviews}}]}")
            .grpcClient()
            .onlyRoute("reviews:9080");

    assertThat(route.getRoute().hasRetryPolicy()).isFalse();
  }

  @Test
  void defaultRouteRetriesWhatItCan() {
    Route route = World.standard().grpcClient().onlyRoute("reviews:9080");

    assertThat(route.getRoute().getRetryPolicy().getRetryOn()).isEqualTo("unavailable,cancelled");
    assertThat(route.getRoute().getRetryPolicy().getNumRetries().getValue()).isEqualTo(2);
  }

  @Test
  void timeoutIsTheLongestDurationOfAStream() {
    Route with =
        world("{timeout: 2s, route: [{destination: {host: reviews}}]}")
            .grpcClient()
            .onlyRoute("reviews:9080");
    Route without = World.standard().grpcClient().onlyRoute("reviews:9080");

    assertThat(with.getRoute().getMaxStreamDuration().getMaxStreamDuration().getSeconds())
        .isEqualTo(2);
    assertThat(without.getRoute().hasMaxStreamDuration()).isFalse();
    assertThat(with.getRoute().hasMaxGrpcTimeout()).isFalse();
    assertThat(without.getRoute().hasMaxGrpcTimeout()).isFalse();
  }

  @Test
  void roundRobinUnlessSaidOtherwise() { // 10.1
    assertThat(lb("RANDOM")).isEqualTo(LbPolicy.ROUND_ROBIN);
    assertThat(lb("LEAST_REQUEST")).isEqualTo(LbPolicy.ROUND_ROBIN);
    assertThat(World.standard().grpcClient().cluster(REVIEWS).orElseThrow().getLbPolicy())
        .isEqualTo(LbPolicy.ROUND_ROBIN);
  }

  @ParameterizedTest
  @EnumSource(names = {"GRPC_JAVA", "GRPC_GO"})
  void leastRequestIsForThoseThatKnowIt(Dialect dialect) throws Exception {
    Cluster cluster = policy("LEAST_REQUEST").grpcClient(dialect).cluster(REVIEWS).orElseThrow();

    assertThat(cluster.getLbPolicy()).isEqualTo(LbPolicy.LEAST_REQUEST);
    WrrLocality localities =
        cluster
            .getLoadBalancingPolicy()
            .getPolicies(0)
            .getTypedExtensionConfig()
            .getTypedConfig()
            .unpack(WrrLocality.class);
    assertThat(
            localities
                .getEndpointPickingPolicy()
                .getPolicies(0)
                .getTypedExtensionConfig()
                .getTypedConfig()
                .is(LeastRequest.class))
        .isTrue();
  }

  private static LbPolicy lb(String simple) {
    return policy(simple)
        .grpcClient()
        .cluster(REVIEWS)
        .map(
            cluster -> {
              assertThat(cluster.hasOutlierDetection()).isFalse();
              assertThat(cluster.hasLoadBalancingPolicy()).isFalse();
              return cluster.getLbPolicy();
            })
        .orElseThrow();
  }

  private static World policy(String simple) {
    return World.standard()
        .with(
            """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: r, namespace: prod}
            spec: {host: reviews, trafficPolicy: {loadBalancer: {simple: %s}, outlierDetection: {}}}
            """
                .formatted(simple));
  }

  private static World dns(String resolution, String endpoints) {
    return World.standard()
        .with(
            """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: e, namespace: prod}
            spec:
              hosts: [api.ext.com]
              ports: [{number: 80, name: http, protocol: HTTP}]
              resolution: %s
              endpoints: %s
            """
                .formatted(resolution, endpoints));
  }

  @ParameterizedTest
  @ValueSource(strings = {"DNS", "DNS_ROUND_ROBIN"})
  void aSingleNameIsLookedUp(String resolution) {
    World world = dns(resolution, "[]");

    Cluster cluster = world.grpcClient().cluster(EXTERNAL).orElseThrow();

    assertThat(cluster.getType()).isEqualTo(Cluster.DiscoveryType.LOGICAL_DNS);
    assertThat(cluster.getLoadAssignment().getEndpointsList())
        .singleElement()
        .satisfies(
            locality ->
                assertThat(locality.getLbEndpointsList())
                    .extracting(World::address)
                    .containsExactly("api.ext.com:80"));
    assertThat(world.grpcClient().assignment(EXTERNAL)).isEmpty();
  }

  @Test
  void addressesNeedNoLookingUp() {
    World world = dns("DNS", "[{address: 10.0.0.1}, {address: 10.0.0.2}]");

    assertThat(world.grpcClient().cluster(EXTERNAL).map(Cluster::getType))
        .contains(Cluster.DiscoveryType.EDS);
    assertThat(world.grpcClient().addresses(EXTERNAL))
        .containsExactly("10.0.0.1:80", "10.0.0.2:80");
  }

  @Test
  void severalNamesAreNotServed() {
    World world = dns("DNS", "[{address: a.ext.com}, {address: b.ext.com}]");

    assertThat(world.grpcClient().cluster(EXTERNAL)).isEmpty();
    assertThat(world.grpcClient().cluster(REVIEWS).map(Cluster::getType))
        .contains(Cluster.DiscoveryType.EDS);
  }

  @Test
  void unknownHostIsAbsent() {
    World.Client client = World.standard().grpcClient();

    assertThat(client.listener("nobody:80")).isEmpty();
    assertThat(client.routeConfiguration("allow_any")).isEmpty();
    assertThat(client.routeConfiguration("block_all")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void onlyClientsOfGrpcAreAskedForTheirLoadAndOnlyOnRequest(Dialect dialect) {
    World silent = World.standard();
    World reporting = World.standard().with(MeshConfig.DEFAULT.withLoadReports(true));

    assertThat(cluster(silent, dialect).hasLrsServer()).isFalse();
    assertThat(cluster(reporting, dialect).getLrsServer().hasSelf()).isEqualTo(dialect.isGrpc());
    assertThat(cluster(reporting, dialect).toBuilder().clearLrsServer().build())
        .isEqualTo(cluster(silent, dialect));
  }

  private static Cluster cluster(World world, Dialect dialect) {
    ClientView view = new ClientView("prod", Map.of(), "", dialect);
    return Translation.of(world.context(), view, ResourceType.CLUSTER, REVIEWS)
        .resource()
        .map(Cluster.class::cast)
        .orElseThrow();
  }
}
