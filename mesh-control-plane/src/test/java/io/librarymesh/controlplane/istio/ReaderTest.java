package io.librarymesh.controlplane.istio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Text becomes records with places, and mistakes become findings with places. */
final class ReaderTest {

  @Test
  void aVirtualServiceIsReadWithTheDefaultsOfIstio() {
    String text =
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata:
          name: reviews
          creationTimestamp: "2020-01-02T03:04:05Z"
        spec:
          hosts: [reviews]
          http:
          - name: canary
            match:
            - name: firefox
              headers:
                user-agent: {regex: '.*Firefox.*'}
              uri: {prefix: /api}
              ignoreUriCase: true
            timeout: 5s
            retries: {attempts: 3, perTryTimeout: 3s, retryOn: "gateway-error,connect-failure"}
            fault:
              delay: {percentage: {value: 12.5}, fixedDelay: 2s}
            route:
            - destination: {host: reviews, subset: v2, port: {number: 9080}}
              weight: 98
            - destination: {host: reviews, subset: v1}
              weight: 2
        """;

    VirtualService service = Snippets.only(VirtualService.class, text);

    assertThat(service.gateways()).containsExactly("mesh");
    assertThat(service.metadata())
        .isEqualTo(
            new Metadata(
                "reviews",
                "default",
                Map.of(),
                Map.of(),
                Optional.of(Instant.parse("2020-01-02T03:04:05Z"))));
    HttpRoute route = service.http().get(0);
    assertThat(route.name()).isEqualTo("canary");
    assertThat(route.timeout()).contains(Duration.ofSeconds(5));
    assertThat(route.retries().orElseThrow())
        .isEqualTo(
            new HttpRetry(
                3,
                Optional.of(Duration.ofSeconds(3)),
                List.of("gateway-error", "connect-failure"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
    assertThat(route.fault().orElseThrow().delay().orElseThrow().percentage().perMillion())
        .isEqualTo(125_000);
    HttpMatchRequest match = route.match().get(0);
    assertThat(match.uri())
        .contains(new HttpMatchRequest.UriMatch(new StringMatch.Prefix("/api"), true));
    assertThat(match.headers())
        .isEqualTo(Map.of("user-agent", new StringMatch.Regex(".*Firefox.*")));
    HttpRouteAction.Forward forward = (HttpRouteAction.Forward) route.action();
    assertThat(forward.destinations())
        .extracting(HttpRouteDestination::weight)
        .containsExactly(98, 2);
    assertThat(forward.destinations().get(0).destination())
        .isEqualTo(
            new Destination(
                new SourcePosition("test.yaml", 21, 20), "reviews", "v2", Optional.of(9080)));
  }

  @Test
  void everythingThatMayBePointedAtKnowsItsPlace() {
    String text =
        """
        # comment
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: a}
        spec:
          hosts: [a]
          http:
          - route:
            - destination:
                host: a
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: a}
        spec:
          host: a
          subsets:
          - name: v1
            trafficPolicy:
              outlierDetection: {}
        """;

    List<Resource> resources = Snippets.read(text).resources();

    VirtualService service = (VirtualService) resources.get(0);
    DestinationRule rule = (DestinationRule) resources.get(1);
    HttpRouteAction.Forward forward = (HttpRouteAction.Forward) service.http().get(0).action();
    assertThat(
            Stream.of(
                service.position(),
                service.http().get(0).position(),
                forward.destinations().get(0).position(),
                forward.destinations().get(0).destination().position(),
                rule.position(),
                rule.subsets().get(0).position(),
                rule.subsets().get(0).trafficPolicy().orElseThrow().position()))
        .extracting(SourcePosition::toString)
        .containsExactly(
            "test.yaml:3:1",
            "test.yaml:9:5",
            "test.yaml:10:7",
            "test.yaml:11:9",
            "test.yaml:13:1",
            "test.yaml:19:5",
            "test.yaml:21:7");
  }

  @Test
  void findingsAreLinesOfFilePlaceSeverityPathAndMessage() {
    String text =
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: a}
        spec:
          hosts: [a]
          http:
          - retriess: {attempts: 1}
            fault:
              abort:
                httpStatus: 500
                percentage:
                  value: lots
            route:
            - destination:
                host: a
              weight: -1
        """;

    assertThat(Snippets.read(text).findings())
        .extracting(Finding::toString)
        .containsExactly(
            "test.yaml:7:5: error: spec.http[0].retriess: unknown field; did you mean 'retries'?",
            "test.yaml:12:18: error: spec.http[0].fault.abort.percentage.value: expected a number,"
                + " found \"lots\"",
            "test.yaml:16:15: error: spec.http[0].route[0].weight: -1 (expected: 0 or more)");
  }

  @Test
  void jsonIsRead() {
    String text =
        """
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a", "namespace": "prod"},
         "spec": {"selector": {"app": "a"}, "ports": [{"port": 80, "targetPort": "web"}]}}
        """;

    KubernetesService service = Snippets.only(KubernetesService.class, text);

    assertThat(service.id())
        .isEqualTo(new ResourceId(Resource.Kind.KUBERNETES_SERVICE, "prod", "a"));
    assertThat(service.ports().get(0).targetPort())
        .isEqualTo(new KubernetesService.TargetPortName("web"));
  }

  @Test
  void listsAreUnpackedAndTheirPathsSayWhere() {
    String text =
        """
        apiVersion: v1
        kind: List
        items:
        - apiVersion: v1
          kind: Service
          metadata: {name: a}
          spec: {selector: {app: a}, ports: [{port: 80}]}
        - apiVersion: networking.istio.io/v1
          kind: WorkloadEntryList
          items:
          - metadata: {name: w}
            spec: {address: 1.2.3.4}
          - metadata: {name: broken}
            spec: {address: 1.2.3.4, wieght: 3}
        """;

    ParsedFile parsed = Snippets.read(text);

    assertThat(parsed.resources())
        .extracting(resource -> resource.id().toString())
        .containsExactly("Service default/a", "WorkloadEntry default/w");
    assertThat(parsed.findings())
        .singleElement()
        .hasToString(
            "test.yaml:14:30: error: items[1].items[1].spec.wieght: unknown field; did you mean"
                + " 'weight'?");
  }

  @Test
  void theSameResourceTwiceInAFileIsAnErrorOnTheSecond() {
    String text = Snippets.rule(Snippets.ROUTE) + "---\n" + Snippets.rule(Snippets.ROUTE);

    ParsedFile parsed = Snippets.read(text);

    assertThat(parsed.resources()).hasSize(1);
    assertThat(parsed.findings())
        .singleElement()
        .hasToString(
            "test.yaml:4:1: error: metadata.name: VirtualService default/test is declared twice,"
                + " first at test.yaml:1:1");
  }

  @Test
  void aResourceWithAnErrorIsLeftOutAndTheOthersAreNot() {
    String text = Snippets.rule("timeout: 5") + "---\n" + Snippets.destinationRule("{host: a}");

    ParsedFile parsed = Snippets.read(text);

    assertThat(parsed.hasErrors()).isTrue();
    assertThat(parsed.resources())
        .extracting(Resource::kind)
        .containsExactly(Resource.Kind.DESTINATION_RULE);
  }

  static Stream<Arguments> documents() {
    return Stream.of(
        Arguments.of("{apiVersion: apps/v1, kind: Deployment}", "info", "register themselves"),
        Arguments.of("{apiVersion: v1, kind: Namespace}", "info", "Namespace is not used here: "),
        Arguments.of("{apiVersion: v1, kind: ConfigMap}", "info", "one that is named istio"),
        Arguments.of(
            "{apiVersion: networking.istio.io/v1, kind: EnvoyFilter}", "info", "is patched"),
        Arguments.of(
            "{apiVersion: networking.istio.io/v1, kind: WorkloadGroup}", "error", "no spec"),
        Arguments.of("{apiVersion: networking.istio.io/v1, kind: Gateway}", "error", "no spec"),
        Arguments.of(
            "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy}", "info", "cluster's network"),
        Arguments.of("{apiVersion: networking.k8s.io/v1, kind: Ingress}", "error", "no spec"),
        Arguments.of(
            "{apiVersion: security.istio.io/v1, kind: AuthorizationPolicy}", "error", "no spec"),
        Arguments.of(
            "{apiVersion: security.istio.io/v1, kind: PeerAuthentication}", "error", "no spec"),
        Arguments.of(
            "{apiVersion: security.istio.io/v1alpha3, kind: PeerAuthentication}",
            "error",
            "one of v1, v1beta1"),
        Arguments.of(
            "{apiVersion: security.istio.io/v1, kind: PeerAuthentification}",
            "error",
            "no kind of security.istio.io"),
        Arguments.of(
            "{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway}",
            "info",
            "those of networking.istio.io"),
        Arguments.of("{apiVersion: example.com/v1, kind: Pizza}", "info", "no use for this kind"),
        Arguments.of("{apiVersion: gateway.solo.io/v1, kind: VirtualService}", "info", "no use"),
        Arguments.of("{kind: Service}", "error", "no apiVersion (expected: "),
        Arguments.of("{apiVersion: v1}", "error", "no kind (expected: "),
        Arguments.of("{metadata: {}}", "error", "no apiVersion and no kind"),
        Arguments.of("just text", "error", "expected a resource with apiVersion and kind"),
        Arguments.of("[a]", "error", "expected a resource with apiVersion and kind"),
        Arguments.of(
            "{apiVersion: networking.istio.io/v1, kind: VirtualServise}",
            "error",
            "did you mean 'VirtualService'?"),
        Arguments.of(
            "{apiVersion: networking.istio.io/v1, kind: Service}", "error", "has apiVersion: v1"),
        Arguments.of("{apiVersion: v1, kind: Servce}", "error", "did you mean 'Service'?"),
        Arguments.of(
            "{apiVersion: v1, kind: VirtualService}", "error", "expected networking.istio.io/v1"),
        Arguments.of(
            "{apiVersion: networking.istio.oi/v1, kind: VirtualService}",
            "error",
            "expected networking.istio.io/v1"),
        Arguments.of(
            "{apiVersion: networking.istio.io/v2, kind: VirtualService}",
            "error",
            "one of v1, v1beta1, v1alpha3, found \"v2\""),
        Arguments.of("{apiVersion: v2, kind: Service}", "error", "expected v1 for a Service"),
        Arguments.of(
            "{apiVersion: config.istio.io/v1alpha2, kind: RouteRule}",
            "error",
            "write a VirtualService for RouteRule"));
  }

  @ParameterizedTest
  @MethodSource("documents")
  void otherDocumentsAreNamed(String text, String severity, String words) {
    assertThat(Snippets.read(text).resources()).isEmpty();
    assertThat(Snippets.read(text).findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.severity().word()).isEqualTo(severity);
              assertThat(finding.message()).contains(words);
            });
  }

  @Test
  void rulesOfGatewaysOnlyAreRead() {
    String text =
        Snippets.virtualService(
            "{hosts: ['*'], gateways: [gw], http: [{rewrite: {uri: /}, " + Snippets.ROUTE + "}]}");

    VirtualService service = Snippets.only(VirtualService.class, text);

    assertThat(service.appliesToMesh()).isFalse();
    assertThat(service.gateways()).containsExactly("default/gw");
  }

  @Test
  void whatIsNotInForceYetIsNamedOncePerField() {
    String text =
        Snippets.rule(
            Snippets.ROUTE,
            "corsPolicy: {allowMethods: [GET], maxAge: 1s}",
            "match: [{uri: {prefix: /}, statPrefix: s}]",
            "retries: {attempts: 1, retryRemoteLocalities: true}");

    assertThat(Snippets.warnings(text))
        .extracting(Finding::fieldPath)
        .containsExactly("spec.http[0].corsPolicy", "spec.http[0].match[0].statPrefix");
    assertThat(Snippets.warnings(text))
        .allMatch(warning -> warning.message().startsWith("accepted but not in force yet: "));
  }

  @ParameterizedTest
  @CsvSource({
    "80, http, TCP, , HTTP",
    "80, http-web, TCP, , HTTP",
    "80, HTTP2-x, TCP, , HTTP2",
    "80, grpc-web, TCP, , GRPC_WEB",
    "80, grpc-web-x, TCP, , GRPC_WEB",
    "80, grpc, TCP, , GRPC",
    "80, web, TCP, , UNSPECIFIED",
    "80, web-http, TCP, , UNSPECIFIED",
    "3306, db, TCP, , TCP",
    "3306, http, TCP, , HTTP",
    "80, tcp, TCP, kubernetes.io/h2c, HTTP2",
    "80, tcp, TCP, kubernetes.io/ws, HTTP",
    "80, tcp, TCP, kubernetes.io/wss, HTTPS",
    "80, tcp, TCP, grpc, GRPC",
    "80, http, TCP, unknown, UNSPECIFIED",
    "53, dns, UDP, http, UDP",
  })
  void theProtocolOfAPortIsSelectedAsIstioDoes(
      int port, String name, String transport, String appProtocol, Protocol expected) {
    assertThat(Protocol.ofServicePort(port, name, transport, Optional.ofNullable(appProtocol)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "1s, 1000000000",
    "1.5s, 1500000000",
    "1h30m, 5400000000000",
    "250ms, 250000000",
    "10us, 10000",
    "1h1m1s1ms1us1ns, 3661001001001",
    ".5s, 500000000",
    "0, 0",
    "-1s, -1000000000",
    "+2s, 2000000000",
  })
  void durationsAreGos(String text, long nanos) {
    assertThat(GoDuration.parse(text)).contains(Duration.ofNanos(nanos));
  }

  @ParameterizedTest
  @CsvSource({"5", "s", "1x", "'1s '", "1 s", "''", "1s1", "1e3s", "10000000h", "-"})
  void otherTextsAreNoDurations(String text) {
    assertThat(GoDuration.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0.29, 2900", "100, 1000000", "0.0001, 1", "33.33339, 333333", "0, 0"})
  void percentagesAreTruncatedToMillionths(double percent, int perMillion) {
    assertThat(new Percent(percent).perMillion()).isEqualTo(perMillion);
  }
}
