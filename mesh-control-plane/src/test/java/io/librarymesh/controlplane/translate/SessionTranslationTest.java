package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.proto.envoy.config.core.v3.HealthStatus;
import io.librarymesh.proto.envoy.config.endpoint.v3.LbEndpoint;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Services labelled with {@code istio.io/persistent-session}; cases see what comes of it. */
class SessionTranslationTest {

  private static final String CARTS = "outbound|80||carts.prod.svc.cluster.local";
  private static final Map<String, String> APP = Map.of("app", "carts");

  private static World world(String labels) {
    return World.empty()
        .with(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: carts, namespace: prod, labels: {%s}}
            spec: {selector: {app: carts}, ports: [{name: http, port: 80}]}
            """
                .formatted(labels))
        .workload("w1", "prod", "10.1.0.1", 80, APP)
        .workload("w2", "prod", "10.1.0.2", 80, APP, false)
        .workload("w3", "prod", "10.1.0.3", 80, Map.of("app", "carts", "istio.io/draining", "1"));
  }

  private static Map<String, HealthStatus> health(World.Client client) {
    return client.assignment(CARTS).orElseThrow().getEndpointsList().stream()
        .flatMap(locality -> locality.getLbEndpointsList().stream())
        .collect(Collectors.toMap(World::address, LbEndpoint::getHealthStatus));
  }

  private static List<HealthStatus> statuses(World.Client client) {
    return client
        .cluster(CARTS)
        .orElseThrow()
        .getCommonLbConfig()
        .getOverrideHostStatus()
        .getStatusesList();
  }

  @Test
  void drainingEndpointsAreKeptForSessions() {
    World.Client client = world("istio.io/persistent-session: sid").client();

    assertThat(health(client))
        .isEqualTo(
            Map.of(
                "10.1.0.1:80", HealthStatus.HEALTHY,
                "10.1.0.2:80", HealthStatus.DRAINING,
                "10.1.0.3:80", HealthStatus.DRAINING));
    assertThat(statuses(client))
        .containsExactlyInAnyOrder(
            HealthStatus.HEALTHY,
            HealthStatus.UNKNOWN,
            HealthStatus.DEGRADED,
            HealthStatus.DRAINING);
  }

  @Test
  void withoutSessionsNothingDrains() {
    World.Client client = world("a: b").client();

    assertThat(health(client))
        .isEqualTo(
            Map.of(
                "10.1.0.1:80", HealthStatus.HEALTHY,
                "10.1.0.2:80", HealthStatus.UNHEALTHY));
    assertThat(statuses(client)).isEmpty();
    assertThat(client.manager("carts:80").getHttpFiltersList())
        .extracting(HttpFilter::getName)
        .containsExactly("envoy.filters.http.fault", "envoy.filters.http.router");
  }

  @Test
  void drainingEndpointsAreKeptBesideAHealthThreshold() {
    World.Client client =
        world("istio.io/persistent-session-header: s")
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: d, namespace: prod}
                spec: {host: carts, trafficPolicy: {outlierDetection: {minHealthPercent: 50}}}
                """)
            .client();

    assertThat(health(client)).containsKeys("10.1.0.2:80", "10.1.0.3:80");
  }

  @Test
  void clientsThatDoNotKnowTheFilterMayPassItOver() { // B-13
    World world = world("istio.io/persistent-session: sid");

    assertThat(world.grpcClient().manager("carts:80").getHttpFilters(0).getIsOptional()).isTrue();
    assertThat(world.client().manager("carts:80").getHttpFilters(0).getIsOptional()).isFalse();
    assertThat(world.client().manager("carts:80").getHttpFiltersList())
        .extracting(HttpFilter::getName)
        .containsExactly(
            "envoy.filters.http.stateful_session",
            "envoy.filters.http.fault",
            "envoy.filters.http.router");
  }
}
