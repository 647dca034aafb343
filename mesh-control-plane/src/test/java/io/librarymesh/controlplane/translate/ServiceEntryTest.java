package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.LbPolicy;
import io.librarymesh.proto.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.librarymesh.proto.envoy.config.route.v3.Route;
import io.librarymesh.proto.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Sections 12.1 to 12.3 of the Istio reference. */
class ServiceEntryTest {

  private static World world(String spec) {
    return World.empty()
        .with(
            """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: ext, namespace: prod}
            spec: {%s}
            """
                .formatted(spec));
  }

  private static List<String> inline(Cluster cluster) {
    return addresses(cluster.getLoadAssignment());
  }

  private static List<String> addresses(ClusterLoadAssignment assignment) {
    return assignment.getEndpointsList().stream()
        .flatMap(locality -> locality.getLbEndpointsList().stream())
        .map(World::address)
        .toList();
  }

  @Test
  void dnsWithoutEndpointsResolvesTheHostItself() {
    World.Client client =
        world(
                "hosts: [api.ext.com], resolution: DNS,"
                    + " ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}]")
            .client();
    Cluster cluster = client.cluster("outbound|80||api.ext.com").orElseThrow();

    assertThat(cluster.getType()).isEqualTo(DiscoveryType.STRICT_DNS);
    assertThat(inline(cluster)).containsExactly("api.ext.com:8080");
    assertThat(cluster.getLoadAssignment().getEndpoints(0).getLoadBalancingWeight().getValue())
        .isEqualTo(1);
    assertThat(client.assignment("outbound|80||api.ext.com")).isEmpty();
    assertThat(client.onlyRoute("api.ext.com:80").getName()).isEqualTo("default");
  }

  @Test
  void dnsRoundRobinIsLogical() {
    Cluster cluster =
        world(
                "hosts: [api.ext.com], resolution: DNS_ROUND_ROBIN,"
                    + " ports: [{number: 80, name: http, protocol: HTTP}],"
                    + " endpoints: [{address: real.ext.com, ports: {http: 81}}]")
            .client()
            .cluster("outbound|80||api.ext.com")
            .orElseThrow();

    assertThat(cluster.getType()).isEqualTo(DiscoveryType.LOGICAL_DNS);
    assertThat(inline(cluster)).containsExactly("real.ext.com:81");
  }

  @Test
  void staticEndpointsComeAsAResource() {
    World.Client client =
        world(
                """
                hosts: [db.ext.com], resolution: STATIC,
                  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}],
                  endpoints: [{address: 10.0.0.2, locality: eu/z1, weight: 3},
                              {address: 10.0.0.1, ports: {http: 9090}, locality: eu/z1}]
                """)
            .client();

    assertThat(client.cluster("outbound|80||db.ext.com").orElseThrow().getType())
        .isEqualTo(DiscoveryType.EDS);
    assertThat(client.addresses("outbound|80||db.ext.com"))
        .containsExactly("10.0.0.1:9090", "10.0.0.2:8080");
    var locality = client.assignment("outbound|80||db.ext.com").orElseThrow().getEndpoints(0);
    assertThat(locality.getLocality().getRegion()).isEqualTo("eu");
    assertThat(locality.getLocality().getZone()).isEqualTo("z1");
    assertThat(locality.getLoadBalancingWeight().getValue()).isEqualTo(4);
  }

  @Test
  void selectedWorkloadsServeTheEntry() {
    World.Client client =
        world(
                "hosts: [vm.ext.com], resolution: STATIC, workloadSelector: {labels: {app: vm}},"
                    + " ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}]")
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: vm-1, namespace: prod}
                spec: {address: 10.0.0.9, labels: {app: vm}}
                ---
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: vm-2, namespace: other}
                spec: {address: 10.0.0.8, labels: {app: vm}}
                """)
            .workload("w", "prod", "10.0.0.7", 41234, Map.of("app", "vm"))
            .client();

    assertThat(client.addresses("outbound|80||vm.ext.com"))
        .containsExactly("10.0.0.7:41234", "10.0.0.9:8080");
  }

  @Test
  void withoutResolutionTheUrlSaysWhereTo() {
    Cluster cluster =
        world(
                "hosts: ['*.ext.com'], resolution: NONE,"
                    + " ports: [{number: 80, name: http, protocol: HTTP}]")
            .client()
            .cluster("outbound|80||*.ext.com")
            .orElseThrow();

    assertThat(cluster.getType()).isEqualTo(DiscoveryType.ORIGINAL_DST);
    assertThat(cluster.getLbPolicy()).isEqualTo(LbPolicy.CLUSTER_PROVIDED);
  }

  @Test
  void withoutResolutionTheTargetPortIsTheOneOfTheHost() { // 12.1
    Cluster cluster =
        world(
                "hosts: [api.ext.com], resolution: NONE,"
                    + " ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8443}]")
            .client()
            .cluster("outbound|80||api.ext.com")
            .orElseThrow();

    assertThat(cluster.getType()).isEqualTo(DiscoveryType.STRICT_DNS);
    assertThat(inline(cluster)).containsExactly("api.ext.com:8443");
  }

  @Test
  void portsThatNobodyDeclaresAreSpokenToAsTheCallerSpeaks() throws Exception { // 8.3
    World world = world("hosts: [a.ext.com], resolution: DNS, ports: [{number: 81, name: any}]");
    Cluster cluster = world.client().cluster("outbound|81||a.ext.com").orElseThrow();
    HttpProtocolOptions options =
        cluster
            .getTypedExtensionProtocolOptionsOrThrow(HttpOptionsTranslation.EXTENSION)
            .unpack(HttpProtocolOptions.class);

    assertThat(options.getUseDownstreamProtocolConfig().hasHttpProtocolOptions()).isTrue();
    assertThat(options.getUseDownstreamProtocolConfig().hasHttp2ProtocolOptions()).isTrue();
  }

  @Test
  void httpsPortGetsNoHttpRules() { // 12.3, P35, workshop: api.themoviedb.org
    World.Client client =
        world(
                "hosts: [api.themoviedb.org], resolution: DNS, location: MESH_EXTERNAL,"
                    + " ports: [{number: 443, name: https, protocol: HTTPS}]")
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: v, namespace: prod}
                spec:
                  hosts: [api.themoviedb.org]
                  http: [{timeout: 1s, fault: {abort: {httpStatus: 500, percentage: {value: 100}}},
                          route: [{destination: {host: api.themoviedb.org}}]}]
                """)
            .client();
    Route route = client.onlyRoute("api.themoviedb.org:443");

    assertThat(route.getName()).isEqualTo("default");
    assertThat(route.getTypedPerFilterConfigMap()).isEmpty();
    assertThat(route.getRoute().getCluster()).isEqualTo("outbound|443||api.themoviedb.org");
    assertThat(route.getRoute().hasRetryPolicy()).isFalse();
    assertThat(route.getRoute().getTimeout().getSeconds()).isZero();
  }

  @Test
  void httpsPortIsRoutedByServerName() { // 12.3
    World.Client client =
        world(
                "hosts: [a.ext.com, b.ext.com], resolution: DNS,"
                    + " ports: [{number: 443, name: https, protocol: HTTPS}]")
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: v, namespace: prod}
                spec:
                  hosts: [a.ext.com]
                  tls:
                    - match: [{sniHosts: [a.ext.com], port: 443}]
                      route: [{destination: {host: b.ext.com}}]
                """)
            .client();

    assertThat(client.onlyRoute("a.ext.com:443").getRoute().getCluster())
        .isEqualTo("outbound|443||b.ext.com");
    assertThat(client.onlyRoute("b.ext.com:443").getRoute().getCluster())
        .isEqualTo("outbound|443||b.ext.com");
  }

  @Test
  void entryOfTheClientsNamespaceComesBeforeAKubernetesService() { // 2.4, 12.5
    World.Client client =
        World.standard()
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: own, namespace: dev}
                spec:
                  hosts: [reviews.prod.svc.cluster.local]
                  ports: [{number: 9080, name: http, protocol: HTTP}]
                  resolution: STATIC
                  endpoints: [{address: 10.9.9.9}]
                """)
            .client("dev");
    String cluster = "outbound|9080||reviews.prod.svc.cluster.local";

    assertThat(client.addresses(cluster)).containsExactly("10.9.9.9:9080");
    assertThat(World.standard().client("other").addresses(cluster)).hasSize(3);
  }

  @Test
  void entryThatIsNotExportedIsUnknownElsewhere() { // XE17
    World world =
        world(
            "hosts: [api.ext.com], resolution: DNS, exportTo: ['.'],"
                + " ports: [{number: 80, name: http, protocol: HTTP}]");

    assertThat(world.client().cluster("outbound|80||api.ext.com")).isPresent();
    assertThat(world.client("dev").cluster("outbound|80||api.ext.com")).isEmpty();
    assertThat(world.client("dev").routesOf("api.ext.com:80")).isEqualTo("allow_any");
  }
}
