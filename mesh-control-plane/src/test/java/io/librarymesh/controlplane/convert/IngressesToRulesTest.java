package io.librarymesh.controlplane.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.convert.Conversion.Form;
import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.ParsedFile;
import io.librarymesh.controlplane.registry.ServiceRegistry;
import io.librarymesh.controlplane.translate.ClientView;
import io.librarymesh.controlplane.translate.Dialect;
import io.librarymesh.controlplane.translate.MeshConfig;
import io.librarymesh.controlplane.translate.PushContext;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.controlplane.translate.Role;
import io.librarymesh.controlplane.translate.Translation;
import io.librarymesh.proto.envoy.config.route.v3.Route;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import io.librarymesh.proto.envoy.config.route.v3.VirtualHost;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ingresses as Gateways and VirtualServices, or why not. */
class IngressesToRulesTest {

  private static final String SERVICES =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: web, namespace: prod}
      spec: {selector: {app: web}, ports: [{name: http, port: 80}, {name: http-alt, port: 8080}]}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: ratings, namespace: prod}
      spec: {selector: {app: ratings}, ports: [{name: http, port: 8000}]}
      ---
      """;

  private static Files convert(String text) {
    return Files.convert(text, Form.ISTIO);
  }

  private static String ingress(String name, String spec) {
    return """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: %s, namespace: prod, annotations: {kubernetes.io/ingress.class: istio}}
        spec: {%s}
        """
        .formatted(name, spec);
  }

  private static String rule(String host, String... paths) {
    return "{host: '" + host + "', http: {paths: [" + String.join(", ", paths) + "]}}";
  }

  private static String path(String path, String type, String service, String port) {
    return "{path: '"
        + path
        + "', pathType: "
        + type
        + ", backend: {service: {name: "
        + service
        + ", port: {"
        + port
        + "}}}}";
  }

  private static String toWeb(String host) {
    return "rules: [" + rule(host, path("/", "Prefix", "web", "number: 80")) + "]";
  }

  @Test
  void anIngressBecomesAGatewayAndAVirtualServiceForEachHost() {
    Files files =
        convert(
            SERVICES
                + """
                # From outside.
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata:
                  name: shop
                  namespace: prod
                  labels: {team: shop}
                  annotations: {kubernetes.io/ingress.class: istio, a: b}
                spec:
                  tls: [{hosts: [a.b], secretName: cert}]
                  rules:
                  - host: a.b
                    http:
                      paths:
                      - path: /api
                        pathType: Prefix
                        backend: {service: {name: web, port: {name: http-alt}}}
                      - path: /api
                        pathType: Exact
                        backend: {service: {name: ratings, port: {number: 8000}}}
                # the end
                """);

    assertThat(files.findings()).isEmpty();
    assertThat(files.after().substring(SERVICES.length()))
        .isEqualTo(
            """
            # From outside.
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata:
              name: shop
              namespace: prod
              labels:
                team: shop
              annotations:
                a: b
            spec:
              selector:
                istio: ingressgateway
              servers:
                - port:
                    number: 443
                    name: https-0
                    protocol: HTTPS
                  hosts:
                    - a.b
                  tls:
                    mode: SIMPLE
                    credentialName: cert
                - port:
                    number: 80
                    name: http
                    protocol: HTTP
                  hosts:
                    - "*"
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata:
              name: shop-a-b
              namespace: prod
              labels:
                team: shop
              annotations:
                a: b
            spec:
              hosts:
                - a.b
              gateways:
                - shop
              http:
                - match:
                    - uri:
                        exact: /api
                  route:
                    - destination:
                        host: ratings
                        port:
                          number: 8000
                      weight: 100
                - match:
                    - uri:
                        exact: /api
                    - uri:
                        prefix: /api/
                  route:
                    - destination:
                        host: web
                        port:
                          number: 8080
                      weight: 100
            # the end
            """);
  }

  @Test
  void bothFormsAreServedTheSame() {
    String text =
        SERVICES
            + ingress(
                "one",
                "defaultBackend: {service: {name: ratings, port: {name: http}}}, rules: ["
                    + rule(
                        "a.b",
                        path("/", "Prefix", "web", "number: 80"),
                        path("/x", "Prefix", "ratings", "number: 8000"),
                        path("/x", "Exact", "web", "number: 8080"),
                        path("/x/y.*", "ImplementationSpecific", "web", "number: 80"))
                    + ", "
                    + rule("*.c.d", path("/only", "Exact", "web", "name: http-alt"))
                    + "]")
            + "---\n"
            + ingress(
                "two",
                "rules: ["
                    + rule("a.b", path("/x/y/z/", "Prefix", "ratings", "number: 8000"))
                    + ", "
                    + rule("e.f", path("", "ImplementationSpecific", "web", "number: 8080"))
                    + "]");
    Files files = convert(text);

    assertThat(files.findings()).isEmpty();
    assertThat(files.after()).doesNotContain("kind: Ingress");
    Map<String, String> before = answers(text);
    assertThat(answers(files.after())).isEqualTo(before);
    assertThat(before)
        .containsEntry("a.b/x", "outbound|8080||web.prod.svc.cluster.local")
        .containsEntry("a.b/x/y", "outbound|80||web.prod.svc.cluster.local")
        .containsEntry("a.b/x/y/z", "outbound|8000||ratings.prod.svc.cluster.local")
        .containsEntry("a.b/xy", "outbound|80||web.prod.svc.cluster.local")
        .containsEntry("*.c.d/only", "outbound|8080||web.prod.svc.cluster.local")
        .containsEntry("*.c.d/x", "outbound|8000||ratings.prod.svc.cluster.local")
        .containsEntry("*/x", "outbound|8000||ratings.prod.svc.cluster.local")
        .containsEntry("e.f/x", "outbound|8080||web.prod.svc.cluster.local");
  }

  /** The clusters that paths of every virtual host lead to at a proxy at the edge. */
  private static Map<String, String> answers(String text) {
    ParsedFile parsed = IstioReader.read("f.yaml", text);
    assertThat(parsed.hasErrors()).isFalse();
    ServiceRegistry registry = new ServiceRegistry(MeshConfig.DEFAULT.domain());
    registry.configure(parsed.resources());
    PushContext context =
        PushContext.of(MeshConfig.DEFAULT, parsed.resources(), registry.snapshot());
    ClientView view =
        new ClientView("edge", Map.of("istio", "ingressgateway"), "", Dialect.ENVOY, Role.ROUTER);
    RouteConfiguration routes =
        (RouteConfiguration)
            Translation.of(context, view, ResourceType.ROUTE, "http.80").resource().orElseThrow();
    Map<String, String> answers = new TreeMap<>();
    for (VirtualHost host : routes.getVirtualHostsList()) {
      for (String path :
          List.of("/", "/x", "/x/", "/xy", "/x/y", "/x/yz", "/x/y/z", "/x/y/zz", "/only", "/on")) {
        answers.put(
            host.getDomains(0) + path,
            host.getRoutesList().stream()
                .filter(route -> matches(route.getMatch(), path))
                .map(Route::getRoute)
                .map(route -> route.getCluster())
                .findFirst()
                .orElse("404"));
      }
    }
    return answers;
  }

  private static boolean matches(RouteMatch match, String path) {
    return switch (match.getPathSpecifierCase()) {
      case PATH -> path.equals(match.getPath());
      case PREFIX -> path.startsWith(match.getPrefix());
      case PATH_SEPARATED_PREFIX ->
          path.equals(match.getPathSeparatedPrefix())
              || path.startsWith(match.getPathSeparatedPrefix() + "/");
      default -> throw new AssertionError(match);
    };
  }

  @Test
  void rulesForOneHostStandWhereTheOldestStood() {
    Files files = convert(ingress("b", toWeb("a.b")) + "---\n" + ingress("a", toWeb("a.b")));

    assertThat(files.findings()).isEmpty();
    assertThat(files.after()).contains("name: a-a-b\n").doesNotContain("name: b-a-b");
    assertThat(files.after()).contains("gateways:\n    - a\n    - b\n");
    assertThat(files.after().indexOf("name: b\n")).isLessThan(files.after().indexOf("name: a\n"));
  }

  @Test
  void settingsOfTheMeshHold() {
    String mesh =
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: istio, namespace: istio-system}
        data: {mesh: "{ingressClass: mine, ingressService: front}"}
        ---
        """;
    String mine = ingress("i", toWeb("a.b")).replace("class: istio", "class: mine");

    assertThat(convert(mesh + mine).after()).contains("selector:\n    istio: front\n");
    assertThat(convert(mesh + ingress("i", toWeb("a.b"))).findings())
        .containsExactly(
            "f.yaml:6:1: info: by its class the Ingress i is for others; it stays as it was");
    assertThat(convert(mesh + ingress("i", toWeb("a.b"))).converted().text()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "name: nope | \"\"                            | backend.service.port.name | port",
        "number: 80 | , tls: [{hosts: [a.b]}]     | spec.tls                  | secretName",
        "number: 80 | , tls: [{hosts: [a], secretName: s}] | spec.tls.hosts  | without a dot",
      })
  void whatCannotBeSaidStays(String port, String more, String field, String words) {
    Files files =
        convert(
            SERVICES
                + ingress(
                    "i", "rules: [" + rule("a.b", path("/", "Prefix", "web", port)) + "]" + more));

    assertThat(files.findings())
        .singleElement()
        .asString()
        .contains("warning: ", field + ": ", words, "; Ingress i stays as it was");
    assertThat(files.converted().text()).isEmpty();
  }

  @Test
  void ingressesWithAHostInCommonStayTogether() {
    Files files =
        convert(
            ingress("one", toWeb("a.b"))
                + "---\n"
                + ingress(
                    "two", "rules: [" + rule("a.b", path("/", "Prefix", "web", "name: http")) + "]")
                + "---\n"
                + ingress("three", toWeb("c.d")));

    assertThat(files.findings())
        .hasSize(2)
        .anySatisfy(f -> assertThat(f).contains("Ingress one stays", "for the same host stays"))
        .anySatisfy(f -> assertThat(f).contains("Ingress two stays", "no file has that of http"));
    assertThat(files.after()).contains("kind: Ingress", "name: three-c-d");
  }

  @Test
  void rulesForAHostThatAVirtualServiceHasStay() {
    String rules =
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: v, namespace: prod}
        spec:
          hosts: [a.b]
          gateways: [edge]
          http: [{route: [{destination: {host: web, port: {number: 80}}}]}]
        ---
        """;

    assertThat(convert(rules + ingress("i", toWeb("a.b"))).findings())
        .singleElement()
        .asString()
        .contains("the VirtualService at f.yaml:1:1 has rules", "Ingress i stays");
    assertThat(convert(rules + ingress("i", toWeb("c.d"))).findings()).isEmpty();
  }

  @Test
  void namesThatAreTakenAreLeftToThoseWhoHaveThem() {
    String gateway =
        """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {name: i, namespace: prod}
        spec: {servers: [{port: {number: 81, name: http, protocol: HTTP}, hosts: ['*']}]}
        ---
        """;

    assertThat(convert(gateway + ingress("i", toWeb("a.b"))).after())
        .contains("name: i-2\n", "gateways:\n    - i-2\n", "name: i-a-b\n");
  }

  @Test
  void asRoutesOfTheGatewayApiTheyStay() {
    Files files = Files.convert(ingress("i", toWeb("a.b")), Form.GATEWAY_API);

    assertThat(files.findings())
        .containsExactly(
            "f.yaml:1:1: warning: spec: a Gateway of the Gateway API brings a proxy of its own, and"
                + " an Ingress does not; Ingress i stays as it was");
    assertThat(files.converted().text()).isEmpty();
  }
}
