package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.istio.Corpus;
import io.librarymesh.controlplane.translate.World.Client;
import io.librarymesh.proto.envoy.config.route.v3.Route;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.config.route.v3.VirtualHost;
import io.librarymesh.proto.envoy.config.route.v3.VirtualHost.TlsRequirementType;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Routes of a proxy at the edge, as Istio's {@code buildGatewayHTTPRouteConfig} makes them. */
class IngressRouteTest {

  private static final String WEB = "outbound|80||web.prod.svc.cluster.local";
  private static final String REVIEWS = "outbound|9080||reviews.prod.svc.cluster.local";

  private static String gateway(String name, String hosts) {
    return gateway(name, hosts, "");
  }

  private static String gateway(String name, String hosts, String more) {
    return """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {name: %s, namespace: prod}
        spec:
          selector: {istio: gw}
          servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: %s%s}]
        """
        .formatted(name, hosts, more);
  }

  private static String rules(String metadata, String spec) {
    return """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {%s}
        spec: {%s}
        """
        .formatted(metadata, spec);
  }

  private static String to(String host) {
    return "http: [{route: [{destination: {host: " + host + "}}]}]";
  }

  private static Client router(World world) {
    return world.router("prod", Map.of("istio", "gw"));
  }

  private static RouteConfiguration routes(World world) {
    return router(world).routeConfiguration("http.80").orElseThrow();
  }

  private static List<String> hosts(World world) {
    return routes(world).getVirtualHostsList().stream()
        .peek(host -> assertThat(host.getDomainsList()).hasSize(1))
        .map(host -> host.getDomains(0))
        .toList();
  }

  private static List<String> clusters(VirtualHost host) {
    return host.getRoutesList().stream().map(r -> r.getRoute().getCluster()).toList();
  }

  @Test
  void hostOfRulesBecomesAVirtualHost() {
    World world =
        World.standard()
            .with(gateway("gw", "['*']"))
            .with(
                rules(
                    "name: v, namespace: prod", "hosts: [a.b], gateways: [gw], " + to("reviews")));

    VirtualHost host = routes(world).getVirtualHosts(0);
    assertThat(host.getName()).isEqualTo("a.b:80");
    assertThat(host.getDomainsList()).containsExactly("a.b");
    assertThat(clusters(host)).containsExactly(REVIEWS); // Its only port: 4.1, step 2.
    assertThat(host.getIncludeRequestAttemptCount()).isTrue();
    assertThat(routes(world).getIgnorePortInHostMatching()).isTrue();
  }

  @Test
  void destinationWithoutPortHasThatOfTheGatewayWhereThereAreSeveral() { // 4.1, step 3
    World world =
        World.standard()
            .with(gateway("gw", "['*']"))
            .with(rules("name: v, namespace: prod", "hosts: [a.b], gateways: [gw], " + to("web")));

    assertThat(clusters(routes(world).getVirtualHosts(0))).containsExactly(WEB);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'*'            | a.b, '*.c.d' | *.c.d, a.b",
        "'*.b'          | a.b, x.c     | a.b",
        "a.b, c.b       | '*.b'        | a.b, c.b",
        "A.b            | a.B          | a.b",
        "'*.x.b'        | '*.b'        | *.x.b",
        "prod/a.b       | a.b          | a.b",
        "./a.b          | a.b          | a.b",
        "'*/a.b'        | a.b          | a.b",
        "'::1'          | '::1'        | [::1]",
        "dev/a.b        | a.b          | *",
        "'*.b'          | b            | *",
      })
  void hostsAreThoseOfBoth(String ofServer, String ofRules, String expected) {
    World world =
        World.standard()
            .with(gateway("gw", "[" + ofServer + "]"))
            .with(
                rules(
                    "name: v, namespace: prod",
                    "hosts: [" + ofRules + "], gateways: [gw], " + to("reviews")));

    // Without any host there is one without routes, which answers 404.
    assertThat(String.join(", ", hosts(world))).isEqualTo(expected);
  }

  @Test
  void rulesForTheMeshAreNotForAGateway() { // S5
    World world =
        World.standard()
            .with(gateway("gw", "['*']"))
            .with(rules("name: v, namespace: prod", "hosts: [reviews], " + to("reviews")));

    VirtualHost only = routes(world).getVirtualHosts(0);
    assertThat(only.getName()).isEqualTo("blackhole:80");
    assertThat(only.getRoutesList()).isEmpty();
  }

  @Test
  void rulesOfSeveralForOneHostArePutTogetherTheCatchAllLast() {
    World world =
        World.standard()
            .with(gateway("gw", "['*']"))
            .with(
                rules("name: a, namespace: prod", "hosts: [a.b], gateways: [gw], " + to("reviews")))
            .with(
                rules(
                    "name: b, namespace: prod",
                    "hosts: [a.b], gateways: [gw], http: [{match: [{uri: {prefix: /x}}],"
                        + " route: [{destination: {host: ratings}}]}]"));

    VirtualHost host = routes(world).getVirtualHosts(0);
    assertThat(clusters(host))
        .containsExactly("outbound|8000||ratings.prod.svc.cluster.local", REVIEWS);
  }

  @Test
  void serversOfSeveralGatewaysShareAPort() {
    World world =
        World.standard()
            .with(gateway("one", "[one.b]"))
            .with(gateway("two", "[two.b]"))
            .with(
                rules(
                    "name: v, namespace: prod",
                    "hosts: ['*.b'], gateways: [one, two], " + to("reviews")));

    assertThat(hosts(world)).containsExactly("one.b", "two.b");
  }

  @Test
  void rulesSeenByTheProxysNamespaceCountOthersDoNot() {
    String exported =
        "hosts: [%s], gateways: [prod/gw], exportTo: ['%s'], "
            + to("reviews.prod.svc.cluster.local");
    World world =
        World.standard()
            .with(gateway("gw", "['*']"))
            .with(rules("name: a, namespace: dev", exported.formatted("a.b", "prod")))
            .with(rules("name: b, namespace: dev", exported.formatted("b.b", ".")));

    assertThat(hosts(world)).containsExactly("a.b");
  }

  @Test
  void conditionsOnGatewayPortAndSourceAreDecided() {
    World world =
        World.standard()
            .with(gateway("gw", "['*']"))
            .with(
                rules(
                    "name: v, namespace: prod",
                    """
                    hosts: [a.b], gateways: [gw, mesh], http: [
                      {name: mesh, match: [{gateways: [mesh]}], route: [{destination: {host: web}}]},
                      {name: other, match: [{gateways: [other]}], route: [{destination: {host: web}}]},
                      {name: port, match: [{port: 81}], route: [{destination: {host: web}}]},
                      {name: labels, match: [{sourceLabels: {app: cart}}],
                       route: [{destination: {host: web}}]},
                      {name: own, match: [{gateways: [prod/gw], port: 80, uri: {prefix: /a}}],
                       route: [{destination: {host: web}}]},
                      {name: namespace, match: [{sourceNamespace: prod}],
                       route: [{destination: {host: web}}]}]
                    """));

    assertThat(routes(world).getVirtualHosts(0).getRoutesList())
        .extracting(Route::getName)
        .containsExactly("own", "namespace");
  }

  @Test
  void alternativesThatAskForClaimsAreLeftOut() {
    World world =
        World.standard()
            .with(gateway("gw", "['*']"))
            .with(
                rules(
                    "name: v, namespace: prod",
                    """
                    hosts: [a.b], gateways: [gw], http: [
                      {name: with, match: [{headers: {'@request.auth.claims.a': {exact: b}}}],
                       route: [{destination: {host: web}}]},
                      {name: without,
                       match: [{withoutHeaders: {'@request.auth.claims.a': {exact: b}}}],
                       route: [{destination: {host: web}}]},
                      {name: rest, route: [{destination: {host: web}}]}]
                    """));

    assertThat(routes(world).getVirtualHosts(0).getRoutesList())
        .extracting(Route::getName)
        .containsExactly("rest");
  }

  @Test
  void delegatesAreSplicedIn() { // S17
    World world =
        World.standard()
            .with(gateway("gw", "['*']"))
            .with(
                rules(
                    "name: root, namespace: prod",
                    "hosts: [a.b], gateways: [gw], http: [{match: [{uri: {prefix: /a}}],"
                        + " delegate: {name: leaf}}]"))
            .with(
                rules(
                    "name: leaf, namespace: prod",
                    "http: [{match: [{uri: {exact: /a/b}}], route: [{destination: {host: web}}]}]"));

    assertThat(routes(world).getVirtualHosts(0).getRoutesList())
        .singleElement()
        .satisfies(route -> assertThat(route.getMatch().getPath()).isEqualTo("/a/b"));
  }

  @Test
  void hostsThatAreToBeCalledByHttpsAreRedirected() {
    World world =
        World.standard()
            .with(gateway("gw", "['*.b']", ", tls: {httpsRedirect: true}"))
            .with(gateway("open", "[open.c]"))
            .with(
                rules(
                    "name: v, namespace: prod",
                    "hosts: [a.b, open.c], gateways: [gw, open], " + to("reviews")));

    assertThat(hosts(world)).containsExactly("*.b", "a.b", "open.c");
    assertThat(routes(world).getVirtualHostsList())
        .extracting(VirtualHost::getRequireTls)
        .containsExactly(TlsRequirementType.ALL, TlsRequirementType.ALL, TlsRequirementType.NONE);
    assertThat(routes(world).getVirtualHosts(0).getRoutesList()).isEmpty();
  }

  @Test
  void routesBehindTlsAreOfOneServer() {
    World world =
        World.standard()
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: gw, namespace: prod}
                spec:
                  selector: {istio: gw}
                  servers:
                    - port: {number: 443, name: https-a, protocol: HTTPS}
                      hosts: [a.b]
                      tls: {mode: SIMPLE, serverCertificate: /a.crt, privateKey: /a.key}
                    - port: {number: 443, name: https-c, protocol: HTTPS}
                      hosts: [c.b]
                      tls: {mode: SIMPLE, serverCertificate: /c.crt, privateKey: /c.key}
                """)
            .with(
                rules(
                    "name: v, namespace: prod",
                    "hosts: ['*.b'], gateways: [gw],"
                        + " http: [{redirect: {uri: /x, derivePort: FROM_REQUEST_PORT}}]"));

    RouteConfiguration first =
        router(world).routeConfiguration("https.443.https-a.gw.prod").orElseThrow();
    assertThat(first.getVirtualHostsList())
        .extracting(host -> host.getDomains(0))
        .containsExactly("a.b");
    // The port of https goes without saying.
    assertThat(first.getVirtualHosts(0).getRoutes(0).getRedirect().getPortRedirect()).isZero();
    assertThat(router(world).routeConfiguration("https.443.https-c.gw.prod")).isPresent();
    assertThat(router(world).routeConfiguration("http.443")).isEmpty();
  }

  @Test
  void sessionsAndPreflightsAreOfRoutes() {
    World world =
        World.empty()
            .with(
                """
                apiVersion: v1
                kind: Service
                metadata:
                  name: web
                  namespace: prod
                  labels: {istio.io/persistent-session: cookie}
                spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
                """)
            .with(gateway("gw", "['*']"))
            .with(
                rules(
                    "name: v, namespace: prod",
                    "hosts: [a.b], gateways: [gw], http: [{corsPolicy: {allowMethods: [GET]},"
                        + " route: [{destination: {host: web}}]}]"));

    assertThat(routes(world).getVirtualHosts(0).getRoutes(0).getTypedPerFilterConfigMap())
        .containsOnlyKeys("envoy.filters.http.cors", "envoy.filters.http.stateful_session");
  }

  @Test
  void workshopIsServed() throws Exception {
    World world = World.empty();
    for (String file : List.of("gateway", "helloweb-virtualservice", "helloweb")) {
      world.with(
          Files.readString(
              Corpus.folder().resolve("workshop/istio/traffic").resolve(file + ".yaml")));
    }
    Client router = world.router("default", Map.of("istio", "ingressgateway"));

    assertThat(router.names(ResourceType.LISTENER)).containsExactly("0.0.0.0_80");
    VirtualHost host = router.routeConfiguration("http.80").orElseThrow().getVirtualHosts(0);
    assertThat(host.getDomainsList()).containsExactly("*");
    assertThat(clusters(host)).containsExactly("outbound|3000||helloweb.default.svc.cluster.local");
  }
}
