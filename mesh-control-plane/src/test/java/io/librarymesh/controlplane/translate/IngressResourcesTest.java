package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Gateway;
import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import io.librarymesh.proto.envoy.config.route.v3.VirtualHost;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ingresses at a proxy at the edge, as Istio's {@code ConvertIngressVirtualService} has them. */
class IngressResourcesTest {

  private static final String WEB = "outbound|80||web.prod.svc.cluster.local";
  private static final String WEB_ALT = "outbound|8080||web.prod.svc.cluster.local";
  private static final String REVIEWS = "outbound|9080||reviews.prod.svc.cluster.local";
  private static final String RATINGS = "outbound|8000||ratings.prod.svc.cluster.local";
  private static final String ISTIO = "annotations: {kubernetes.io/ingress.class: istio}";
  private static final String CLASS =
      """
      apiVersion: networking.k8s.io/v1
      kind: IngressClass
      metadata: {name: %s}
      spec: {controller: %s}
      """;

  private static String ingress(String metadata, String spec) {
    return """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {namespace: prod, %s}
        spec: {%s}
        """
        .formatted(metadata, spec);
  }

  private static String ours(String name, String spec) {
    return ingress("name: " + name + ", " + ISTIO, spec);
  }

  private static String path(String path, String type, String service, String port) {
    return "{path: '%s', pathType: %s, backend: %s}".formatted(path, type, backend(service, port));
  }

  private static String backend(String service, String port) {
    return "{service: {name: %s, port: {%s}}}".formatted(service, port);
  }

  private static String rule(String host, String... paths) {
    return "{host: '%s', http: {paths: [%s]}}".formatted(host, String.join(", ", paths));
  }

  private static String rules(String... rules) {
    return "rules: [" + String.join(", ", rules) + "]";
  }

  private static String toWeb() {
    return rules(rule("a.b", path("/", "Prefix", "web", "number: 80")));
  }

  private static String meshConfig(String settings) {
    return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\n"
        + "data: {mesh: '"
        + settings
        + "'}\n";
  }

  private static World world(String... yaml) {
    World world = World.standard();
    for (String file : yaml) {
      world.with(file);
    }
    return world;
  }

  private static Optional<RouteConfiguration> routes(World world, String label) {
    return world.router("edge", Map.of("istio", label)).routeConfiguration("http.80");
  }

  private static RouteConfiguration routes(World world) {
    return routes(world, "ingressgateway").orElseThrow();
  }

  private static boolean isUsed(World world) {
    return routes(world, "ingressgateway").isPresent();
  }

  private static VirtualHost host(World world, String name) {
    return routes(world).getVirtualHostsList().stream()
        .filter(host -> host.getName().equals(name + ":80"))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> clusters(VirtualHost host) {
    return host.getRoutesList().stream().map(r -> r.getRoute().getCluster()).toList();
  }

  private static List<String> paths(VirtualHost host) {
    return host.getRoutesList().stream().map(r -> text(r.getMatch())).toList();
  }

  private static String text(RouteMatch match) {
    return switch (match.getPathSpecifierCase()) {
      case PATH -> "=" + match.getPath();
      case PATH_SEPARATED_PREFIX -> match.getPathSeparatedPrefix() + "/";
      case PREFIX -> match.getPrefix() + "*";
      default -> match.toString();
    };
  }

  private static List<Finding> findings(World world) {
    return ReferenceFindings.of(world.context());
  }

  @Test
  void everyHostBecomesAVirtualHost() {
    World world =
        world(
            ours(
                "i",
                rules(
                    rule("a.b", path("/", "Prefix", "web", "number: 80")),
                    rule("*.c.d", path("/", "Prefix", "reviews", "number: 9080")),
                    rule("", path("/", "Prefix", "ratings", "number: 8000")))));

    assertThat(routes(world).getVirtualHostsList())
        .extracting(VirtualHost::getName)
        .containsExactly("*:80", "*.c.d:80", "a.b:80");
    assertThat(clusters(host(world, "a.b"))).containsExactly(WEB);
    assertThat(clusters(host(world, "*.c.d"))).containsExactly(REVIEWS);
    assertThat(clusters(host(world, "*"))).containsExactly(RATINGS);
    assertThat(findings(world)).isEmpty();
  }

  @Test
  void nothingOfItIsForClientsOfTheMesh() {
    World world =
        world(ours("i", rules(rule("ratings", path("/", "Prefix", "web", "number: 80")))));

    assertThat(world.client().onlyRoute("ratings:8000").getRoute().getCluster()).isEqualTo(RATINGS);
  }

  @Test
  void listensOnPort80OfEveryAddress() {
    World world = world(ours("i", toWeb()));

    assertThat(world.router("edge", Map.of("istio", "ingressgateway")).listener("0.0.0.0_80"))
        .isPresent();
    assertThat(world.router("edge", Map.of("istio", "other")).listener("0.0.0.0_80")).isEmpty();
    assertThat(
            world.context().canonical(view(Map.of("istio", "ingressgateway", "a", "b"))).labels())
        .isEqualTo(Map.of("istio", "ingressgateway"));
  }

  private static ClientView view(Map<String, String> labels) {
    return new ClientView("edge", labels, "", Dialect.ENVOY, Role.ROUTER);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "/a     | Exact                  | =/a",
        "/a/    | Exact                  | =/a/",
        "/a     | Prefix                 | /a/",
        "/a/    | Prefix                 | /a/",
        "/a/b   | Prefix                 | /a/b/",
        "/      | Prefix                 | /*",
        "/a     | ImplementationSpecific | =/a",
        "/a.*   | ImplementationSpecific | /a/",
        "/a/*   | ImplementationSpecific | /a/",
        "/a/.*  | ImplementationSpecific | /a/",
        "/a*    | ImplementationSpecific | =/a*",
        "/.*    | ImplementationSpecific | /*",
        "/*     | ImplementationSpecific | /*",
        "\"\"   | ImplementationSpecific | /*",
      })
  void pathsAreMatchedByTheirType(String path, String type, String expected) {
    World world = world(ours("i", rules(rule("a.b", path(path, type, "web", "number: 80")))));

    assertThat(paths(host(world, "a.b"))).containsExactly(expected);
  }

  @Test
  void exactPathsComeFirstThenLongerOnes() {
    World world =
        world(
            ours(
                "i",
                rules(
                    rule(
                        "a.b",
                        path("/", "Prefix", "web", "number: 80"),
                        path("/long/path", "Prefix", "web", "number: 80"),
                        path("/long", "Prefix", "web", "number: 80"),
                        path("/lo", "Exact", "web", "number: 80"),
                        path("/long", "Exact", "web", "number: 80")))));

    assertThat(paths(host(world, "a.b")))
        .containsExactly("=/long", "=/lo", "/long/path/", "/long/", "/*");
  }

  @Test
  void rulesOfSeveralIngressesForAHostArePutTogetherTheOldestFirst() {
    String at = "creationTimestamp: '2026-01-0%dT00:00:00Z'";
    World world =
        world(
            ingress(
                "name: a, " + at.formatted(2) + ", " + ISTIO,
                rules(
                    rule(
                        "a.b",
                        path("/same", "Prefix", "ratings", "number: 8000"),
                        path("/longer", "Prefix", "ratings", "number: 8000")))),
            ingress(
                "name: z, " + at.formatted(1) + ", " + ISTIO,
                rules(
                    rule(
                        "a.b",
                        path("/", "Prefix", "web", "number: 80"),
                        path("/same", "Prefix", "web", "number: 80")))));

    assertThat(paths(host(world, "a.b"))).containsExactly("/longer/", "/same/", "/same/", "/*");
    assertThat(clusters(host(world, "a.b"))).containsExactly(RATINGS, WEB, RATINGS, WEB);
    assertThat(generated(world, VirtualService.class))
        .singleElement()
        .satisfies(
            vs -> {
              assertThat(vs.metadata().name()).isEqualTo("a-b-z-istio-autogenerated-k8s-ingress");
              assertThat(vs.metadata().namespace()).isEqualTo("prod");
              assertThat(vs.gateways())
                  .containsExactly(
                      "istio-system/z-istio-autogenerated-k8s-ingress-prod",
                      "istio-system/a-istio-autogenerated-k8s-ingress-prod");
            });
  }

  private static <R> List<R> generated(World world, Class<R> type) {
    PushContext context = world.context();
    return IngressResources.of(context.resources(), context.meshConfig()).stream()
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  @Test
  void portsAreFoundByTheirName() {
    World world =
        world(
            ours(
                "i",
                rules(
                    rule(
                        "a.b",
                        path("/a", "Exact", "web", "name: http-alt"),
                        path("/b", "Exact", "web", "name: http")))));

    assertThat(clusters(host(world, "a.b"))).containsExactly(WEB_ALT, WEB);
  }

  @Test
  void aBackendThatIsNotThereIsReportedAndDoesNotPassToAnother() {
    World world =
        world(
            ours(
                "i",
                rules(
                    rule(
                        "a.b",
                        path("/", "Prefix", "web", "number: 80"),
                        path("/name", "Exact", "web", "name: nope"),
                        path("/port", "Exact", "web", "number: 81"),
                        path("/service", "Exact", "nope", "number: 80")))));

    assertThat(clusters(host(world, "a.b")))
        .containsExactly(
            "outbound|80||nope.prod.svc.cluster.local",
            "outbound|80||unknown-backend.invalid",
            "outbound|81||web.prod.svc.cluster.local",
            WEB);
    String path = "spec.rules[0].http.paths";
    assertThat(findings(world))
        .extracting(Finding::fieldPath)
        .containsExactly(
            path + "[1].backend.service.port.name",
            path + "[2].backend.service.port.number",
            path + "[3].backend.service.name");
    assertThat(findings(world))
        .extracting(Finding::message)
        .containsExactly(
            "nope: web.prod.svc.cluster.local has no such port, calls fail with 503 (expected: one"
                + " of [http, http-alt])",
            "81: web.prod.svc.cluster.local has no such port, calls fail with 503 (expected: one of"
                + " [80, 8080])",
            "nope.prod.svc.cluster.local: no such service, calls fail with 503 (expected: a Service"
                + " of the namespace)");
    assertThat(findings(world)).allMatch(f -> f.severity() == Severity.WARNING);
    assertThat(findings(world).get(0).toString()).startsWith("2.yaml:4:1");
  }

  @Test
  void defaultBackendTakesWhatNoRuleIsFor() {
    World world =
        world(
            ours(
                "i",
                "defaultBackend: "
                    + backend("ratings", "number: 8000")
                    + ", "
                    + rules(
                        rule("a.b", path("/x", "Prefix", "web", "number: 80")), "{host: c.d}")));

    assertThat(clusters(host(world, "a.b"))).containsExactly(WEB, RATINGS);
    assertThat(paths(host(world, "a.b"))).containsExactly("/x/", "/*");
    assertThat(clusters(host(world, "c.d"))).containsExactly(RATINGS);
    assertThat(clusters(host(world, "*"))).containsExactly(RATINGS);
    assertThat(findings(world(ours("i", "defaultBackend: " + backend("nope", "number: 80")))))
        .singleElement()
        .matches(f -> f.fieldPath().equals("spec.defaultBackend.service.name"));
  }

  @Test
  void aHostWithoutADotIsReported() {
    World world = world(ours("i", rules(rule("shop", path("/", "Prefix", "web", "number: 80")))));

    assertThat(clusters(host(world, "shop.prod.svc.cluster.local"))).containsExactly(WEB);
    assertThat(findings(world))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.fieldPath()).isEqualTo("spec.rules[0].host");
              assertThat(finding.message()).contains("this is for shop.prod.svc.cluster.local");
            });
  }

  @Test
  void tlsIsReportedAndPort80StaysInTheClear() {
    World world =
        world(ours("i", toWeb() + ", tls: [{hosts: [a.b], secretName: cert}, {hosts: [c.d]}]"));

    assertThat(findings(world))
        .extracting(Finding::fieldPath)
        .containsExactly("spec.tls[0]", "spec.tls[1]");
    assertThat(findings(world))
        .extracting(Finding::message)
        .satisfiesExactly(
            first -> assertThat(first).contains("credentials are not handed out", "port 443"),
            second -> assertThat(second).contains("no certificate is named"));
    assertThat(clusters(host(world, "a.b"))).containsExactly(WEB);
    assertThat(world.router("edge", Map.of("istio", "ingressgateway")).names(ResourceType.LISTENER))
        .containsExactly("0.0.0.0_80");
    Gateway gateway = generated(world, Gateway.class).get(0);
    assertThat(gateway.servers()).hasSize(2);
    Gateway.Server https = gateway.servers().get(0);
    assertThat(https.port().number()).isEqualTo(443);
    assertThat(https.port().name()).isEqualTo("https-443-ingress-i-prod-0");
    assertThat(https.hosts()).containsExactly("a.b");
    assertThat(https.tls().orElseThrow().credentialNames()).containsExactly("cert");
  }

  @Test
  void aPortThatAnotherGatewayHasIsReported() {
    World world =
        world(
            ours("i", toWeb()),
            """
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata:
              {name: older, namespace: prod, creationTimestamp: '2020-01-01T00:00:00Z'}
            spec:
              selector: {istio: ingressgateway}
              servers: [{port: {number: 80, name: tcp, protocol: TCP}, hosts: ['*']}]
            """);

    assertThat(findings(world))
        .singleElement()
        .hasToString(
            "2.yaml:1:1: warning: spec: nothing listens for it: port 80 is one of TCP by the"
                + " Gateway prod/older");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "annotations: {kubernetes.io/ingress.class: istio} | ''                       | true",
        "annotations: {kubernetes.io/ingress.class: nginx} | ''                       | false",
        "labels: {}                                        | ingressClassName: mesh,  | true",
        "labels: {}                                        | ingressClassName: nginx, | false",
        "labels: {}                                        | ingressClassName: istio, | false",
        "labels: {}                                        | ''                       | false",
        "annotations: {kubernetes.io/ingress.class: nginx} | ingressClassName: mesh,  | false",
        "annotations: {kubernetes.io/ingress.class: istio} | ingressClassName: nginx, | true",
      })
  void onlyThoseOfTheClassAreCarriedOut(String metadata, String spec, boolean used) {
    World world =
        world(
            CLASS.formatted("mesh", "istio.io/ingress-controller"),
            CLASS.formatted("nginx", "k8s.io/ingress-nginx"),
            ingress("name: i, " + metadata, spec.replace("''", "") + " " + toWeb()));

    assertThat(isUsed(world)).isEqualTo(used);
    if (used) {
      assertThat(findings(world)).isEmpty();
    } else {
      assertThat(findings(world))
          .singleElement()
          .satisfies(
              finding -> {
                assertThat(finding.severity()).isEqualTo(Severity.INFO);
                assertThat(finding.message()).startsWith("Ingress is not used here: ");
              });
    }
  }

  @Test
  void whyOneIsNotCarriedOutIsSaid() {
    assertThat(findings(world(ingress("name: i, labels: {}", "ingressClassName: x, " + toWeb()))))
        .singleElement()
        .hasToString(
            "2.yaml:1:1: info: spec.ingressClassName: Ingress is not used here: x: no such"
                + " IngressClass (expected: one with the controller istio.io/ingress-controller)");
    assertThat(
            findings(
                world(
                    ingress(
                        "name: i, annotations: {kubernetes.io/ingress.class: nginx}", toWeb()))))
        .singleElement()
        .hasToString(
            "2.yaml:1:1: info: metadata.annotations[\"kubernetes.io/ingress.class\"]: Ingress is"
                + " not used here: nginx (expected: istio)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "STRICT  | labels: {}                                        | false",
        "DEFAULT | labels: {}                                        | true",
        "OFF     | labels: {}                                        | false",
        "DEFAULT | annotations: {kubernetes.io/ingress.class: nginx} | false",
        "DEFAULT | annotations: {kubernetes.io/ingress.class: istio} | true",
        "OFF     | annotations: {kubernetes.io/ingress.class: istio} | false",
      })
  void theMeshSaysWhichAreCarriedOut(String mode, String metadata, boolean used) {
    World world =
        world(
            meshConfig("ingressControllerMode: " + mode), ingress("name: i, " + metadata, toWeb()));

    assertThat(isUsed(world)).isEqualTo(used);
  }

  @Test
  void theMeshRenamesTheClass() {
    World world =
        world(
            meshConfig("ingressClass: edge"),
            ingress("name: i, annotations: {kubernetes.io/ingress.class: edge}", toWeb()));

    assertThat(isUsed(world)).isTrue();
    assertThat(isUsed(world(meshConfig("ingressClass: edge"), ours("i", toWeb())))).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ingressSelector: edge                       | edge",
        "ingressService: front                       | front",
        "ingressService: istio-ingressgateway        | ingressgateway",
        "{ingressService: front, ingressSelector: e} | e",
      })
  void theMeshSaysWhichProxiesCarryThemOut(String settings, String label) {
    World world = world(meshConfig(settings), ours("i", toWeb()));

    assertThat(routes(world, label)).isPresent();
    assertThat(routes(world, "none")).isEmpty();
  }

  @Test
  void changesOfAnIngressItsClassAndItsServicesAreNoticed() {
    String ingress = ours("i", rules(rule("a.b", path("/", "Prefix", "web", "name: http"))));
    String named =
        ingress.replace("annotations", "labels").replace("spec: {", "spec: {ingressClassName: m, ");
    String service =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: prod}
        spec: {selector: {a: b}, ports: [{name: http, port: 80}]}
        """;
    String istio = CLASS.formatted("m", "istio.io/ingress-controller");
    String gateway = "gateway|istio-system/i-istio-autogenerated-k8s-ingress-prod";

    assertThat(changed("", ingress)).contains("gateway|", gateway);
    assertThat(changed(ingress, ingress)).isEmpty();
    assertThat(changed(named, named + "---\n" + istio)).contains("gateway|", gateway);
    assertThat(
            changed(service + "---\n" + ingress, service.replace("80", "81") + "---\n" + ingress))
        .contains(gateway);
  }

  private static Set<String> changed(String before, String after) {
    return PushContext.changedHosts(
        IstioReader.read("a.yaml", before).resources(),
        IstioReader.read("a.yaml", after).resources(),
        MeshConfig.DEFAULT);
  }
}
