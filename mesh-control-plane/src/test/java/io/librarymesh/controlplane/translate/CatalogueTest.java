package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The names that there are for clients that ask for everything. */
class CatalogueTest {

  private static final ClientView CLIENT = view(Dialect.LIBRARY);

  private static ClientView view(Dialect dialect) {
    return new ClientView("prod", Map.of(), "", dialect);
  }

  private static List<String> all(World world, ResourceType type, ClientView view) {
    PushContext context = world.context();
    return Catalogue.hosts(context).stream()
        .flatMap(host -> Catalogue.names(context, view, type, host).stream())
        .toList();
  }

  @Test
  void everyPortOfEveryServiceHasAClusterAndAListener() {
    assertThat(all(World.standard(), ResourceType.CLUSTER, CLIENT))
        .containsExactlyInAnyOrder(
            "outbound|9080||reviews.prod.svc.cluster.local",
            "outbound|8000||ratings.prod.svc.cluster.local",
            "outbound|80||web.prod.svc.cluster.local",
            "outbound|8080||web.prod.svc.cluster.local",
            "PassthroughCluster");
    assertThat(all(World.standard(), ResourceType.LISTENER, CLIENT))
        .containsExactlyInAnyOrder(
            "reviews.prod.svc.cluster.local:9080",
            "ratings.prod.svc.cluster.local:8000",
            "web.prod.svc.cluster.local:80",
            "web.prod.svc.cluster.local:8080");
  }

  @Test
  void everyNameHasItsResource() {
    World world =
        World.standard()
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: reviews, namespace: prod}
                spec:
                  host: reviews
                  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
                """);
    for (Dialect dialect : Dialect.values()) {
      for (ResourceType type : ResourceType.values()) {
        assertThat(all(world, type, view(dialect)))
            .allSatisfy(
                name ->
                    assertThat(
                            Translation.of(world.context(), view(dialect), type, name).resource())
                        .as("%s %s", dialect, name)
                        .isPresent());
      }
    }
  }

  @Test
  void subsetsOfTheRuleInForceHaveClusters() {
    World world =
        World.standard()
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: web, namespace: prod}
                spec: {host: web, subsets: [{name: v1, labels: {version: v1}}]}
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: hidden, namespace: other}
                spec:
                  host: ratings.prod.svc.cluster.local
                  exportTo: ['.']
                  subsets: [{name: v9, labels: {version: v9}}]
                """);

    assertThat(all(world, ResourceType.CLUSTER, CLIENT))
        .contains(
            "outbound|80|v1|web.prod.svc.cluster.local",
            "outbound|8080|v1|web.prod.svc.cluster.local")
        .noneMatch(name -> name.contains("v9"));
  }

  @Test
  void hostThatOnlyRulesNameHasAListenerOnPort80() { // istio-traffic 2.5, rule 4
    World world =
        World.standard()
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: shop, namespace: prod}
                spec:
                  hosts: [shop.example.com, '*.wild.example.com']
                  http: [{route: [{destination: {host: web}}]}]
                """);

    assertThat(all(world, ResourceType.LISTENER, CLIENT))
        .contains("shop.example.com:80")
        .noneMatch(name -> name.contains("wild"));
  }

  @Test
  void otherNamesOfServicesAndWhatIsNotExportedHaveNone() {
    World world =
        World.standard()
            .with(
                """
                apiVersion: v1
                kind: Service
                metadata: {name: alias, namespace: prod}
                spec: {type: ExternalName, externalName: web.prod.svc.cluster.local, ports: [{port: 80, name: http}]}
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: private, namespace: other}
                spec:
                  hosts: [private.example.com]
                  exportTo: ['.']
                  ports: [{number: 80, name: http, protocol: HTTP}]
                  resolution: STATIC
                """);

    for (ResourceType type : List.of(ResourceType.CLUSTER, ResourceType.LISTENER)) {
      assertThat(all(world, type, CLIENT))
          .noneMatch(name -> name.contains("alias") || name.contains("private"));
    }
  }

  @Test
  void grpcClientsAreSparedWhatTheyCannotUse() {
    World world =
        World.standard()
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: dns, namespace: prod}
                spec:
                  hosts: [dns.example.com]
                  ports: [{number: 80, name: http, protocol: HTTP}]
                  resolution: DNS
                  endpoints: [{address: a.example.com}, {address: b.example.com}]
                """);

    assertThat(all(world, ResourceType.CLUSTER, CLIENT))
        .contains("outbound|80||dns.example.com", "PassthroughCluster");
    assertThat(all(world, ResourceType.CLUSTER, view(Dialect.GRPC)))
        .contains("outbound|80||web.prod.svc.cluster.local")
        .doesNotContain("outbound|80||dns.example.com", "PassthroughCluster");
  }

  @Test
  void stockEnvoyIsSparedListenersThatItCannotAdd() {
    assertThat(all(World.standard(), ResourceType.LISTENER, view(Dialect.ENVOY))).isEmpty();
    assertThat(all(World.standard(), ResourceType.CLUSTER, view(Dialect.ENVOY)))
        .contains("outbound|80||web.prod.svc.cluster.local");
  }

  @Test
  void routesAndEndpointsAreAskedForByName() {
    assertThat(all(World.standard(), ResourceType.ROUTE, CLIENT)).isEmpty();
    assertThat(all(World.standard(), ResourceType.ENDPOINT, CLIENT)).isEmpty();
  }
}
