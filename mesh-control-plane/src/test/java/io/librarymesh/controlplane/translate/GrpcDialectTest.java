package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.LbPolicy;
import io.librarymesh.proto.envoy.config.route.v3.Route;
import io.librarymesh.proto.envoy.config.route.v3.Route.ActionCase;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What gRPC's own clients get: nothing that makes them refuse, and what they act on. */
class GrpcDialectTest {

  private static final String REVIEWS = "outbound|9080||reviews.prod.svc.cluster.local";

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
  void localRepliesBecomeFailures() {
    List<Route> routes =
        world(
                """
                {match: [{uri: {exact: /a}}], directResponse: {status: 200}},
                {match: [{uri: {exact: /b}}], redirect: {uri: /c}},
                {route: [{destination: {host: reviews}}]}
                """)
            .grpcClient()
            .routes("reviews:9080");

    assertThat(routes)
        .extracting(Route::getActionCase)
        .containsExactly(
            ActionCase.NON_FORWARDING_ACTION, ActionCase.NON_FORWARDING_ACTION, ActionCase.ROUTE);
    assertThat(routes).allMatch(route -> route.getMatch().hasCaseSensitive());
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
    assertThat(lb("LEAST_REQUEST")).isEqualTo(LbPolicy.LEAST_REQUEST);
    assertThat(World.standard().grpcClient().cluster(REVIEWS).orElseThrow().getLbPolicy())
        .isEqualTo(LbPolicy.ROUND_ROBIN);
  }

  private static LbPolicy lb(String simple) {
    return World.standard()
        .with(
            """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: r, namespace: prod}
            spec: {host: reviews, trafficPolicy: {loadBalancer: {simple: %s}, outlierDetection: {}}}
            """
                .formatted(simple))
        .grpcClient()
        .cluster(REVIEWS)
        .map(
            cluster -> {
              assertThat(cluster.hasOutlierDetection()).isFalse();
              return cluster.getLbPolicy();
            })
        .orElseThrow();
  }

  @Test
  void onlyClustersWithEndpointsOfTheirOwnAreSent() {
    World world =
        World.standard()
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: e, namespace: prod}
                spec:
                  hosts: [api.ext.com]
                  ports: [{number: 80, name: http, protocol: HTTP}]
                  resolution: DNS
                """);

    assertThat(world.grpcClient().cluster("outbound|80||api.ext.com")).isEmpty();
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
}
