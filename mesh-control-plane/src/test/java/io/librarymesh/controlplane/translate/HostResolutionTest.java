package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.proto.envoy.config.route.v3.DirectResponseAction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which authority reaches which rules: examples H1 to H16 of the Istio reference, and 1.3, 2.5. */
class HostResolutionTest {

  private static final String REVIEWS = "outbound|9080||reviews.prod.svc.cluster.local";
  private static final String REVIEWS_RULES = rules("reviews", "prod", "reviews", "ratings");

  private static String rules(String name, String namespace, String host, String destination) {
    return """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: %s, namespace: %s}
        spec:
          hosts: ["%s"]
          http:
            - name: rule
              route: [{destination: {host: %s}}]
        """
        .formatted(name, namespace, host, destination);
  }

  @Test
  void shortHostOfRulesBelongsToTheNamespaceOfTheRules() { // H1
    World.Client client = World.standard().with(REVIEWS_RULES).client();

    assertThat(client.routesOf("reviews:9080")).isEqualTo(REVIEWS);
    assertThat(client.onlyRoute("reviews:9080").getName()).isEqualTo("rule");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "reviews.prod:9080",
        "reviews.prod.svc:9080",
        "reviews.prod.svc.cluster.local:9080",
        "reviews.prod.svc.cluster.local.:9080",
        "Reviews.PROD.svc.cluster.local.:9080", // H9
        "10.0.0.5:9080"
      })
  void everySpellingReachesTheServiceFromAnotherNamespace(String authority) {
    World.Client client = World.standard().with(REVIEWS_RULES).client("dev");

    assertThat(client.routesOf(authority)).isEqualTo(REVIEWS);
    assertThat(client.listener(authority).orElseThrow().getName()).isEqualTo(authority);
  }

  @Test
  void shortNameIsUnknownInAnotherNamespace() { // H3
    World world = World.standard().with(REVIEWS_RULES);

    assertThat(world.client("dev").routesOf("reviews:9080")).isEqualTo("allow_any");
    world.with(MeshConfig.DEFAULT.withOutboundTrafficPolicy(OutboundTrafficPolicy.REGISTRY_ONLY));
    World.Client closed = world.client("dev");
    assertThat(closed.routesOf("reviews:9080")).isEqualTo("block_all");
    DirectResponseAction answer = closed.onlyRoute("reviews:9080").getDirectResponse();
    assertThat(answer.getStatus()).isEqualTo(502);
    assertThat(answer.getBody().getInlineString()).contains("REGISTRY_ONLY");
  }

  @Test
  void partOfTheClusterDomainIsNoSpelling() {
    World.Client client = World.standard().client();

    assertThat(client.routesOf("reviews.prod.svc.cluster:9080")).isEqualTo("allow_any");
  }

  @Test
  void rulesOfAnotherNamespaceDoNotMeanThisOnesService() { // H4
    World.Client client =
        World.standard().with(rules("reviews", "dev", "reviews", "ratings.prod")).client("dev");

    assertThat(client.onlyRoute("reviews.prod:9080").getName()).isEqualTo("default");
  }

  @Test
  void nameWithADotIsNotCompletedAndTakesTheSpellingFromTheService() { // H6, H7
    World.Client client =
        World.standard().with(rules("web", "prod", "web.prod", "web.prod")).client();

    assertThat(client.routesOf("web.prod:80")).isEqualTo("outbound|80||web.prod");
    assertThat(client.onlyRoute("web.prod:80").getRoute().getCluster())
        .isEqualTo("outbound|80||web.prod");
    assertThat(client.cluster("outbound|80||web.prod")).isEmpty();
    assertThat(client.onlyRoute("web:80").getName()).isEqualTo("default");
  }

  @Test
  void virtualHostAnswersToEveryHostHeader() { // H10
    World.Client client = World.standard().with(REVIEWS_RULES).client();

    assertThat(client.routeConfiguration(REVIEWS).orElseThrow().getVirtualHosts(0).getDomainsList())
        .containsExactly("*");
  }

  @Test
  void wildcardDoesNotCoverItsOwnParent() { // H12
    World world =
        World.empty()
            .with(rules("foo", "prod", "*.foo.com", "a.foo.com"))
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: foo, namespace: prod}
                spec:
                  hosts: [a.foo.com]
                  ports: [{number: 80, name: http, protocol: HTTP}]
                  resolution: DNS
                """);

    assertThat(world.client().routesOf("foo.com:80")).isEqualTo("allow_any");
    assertThat(world.client().onlyRoute("a.foo.com:80").getName()).isEqualTo("rule");
  }

  @Test
  void podOfAHeadlessServiceIsRoutedByTheServicesRules() { // H13
    World.Client client =
        World.empty()
            .with(
                """
                apiVersion: v1
                kind: Service
                metadata: {name: kafka, namespace: prod}
                spec:
                  clusterIP: None
                  selector: {app: kafka}
                  ports: [{name: http, port: 80}]
                """)
            .with(rules("kafka", "prod", "kafka", "kafka"))
            .client();

    assertThat(client.routesOf("kafka-0.kafka.prod.svc.cluster.local:80"))
        .isEqualTo("outbound|80||kafka.prod.svc.cluster.local");
    assertThat(client.onlyRoute("kafka-0.kafka:80").getName()).isEqualTo("rule");
  }

  @Test
  void hostThatNobodyDeclaresHasRulesOnPort80Only() { // H14, H15
    World.Client client =
        World.standard()
            .with(rules("api", "prod", "api.ext", "web.prod.svc.cluster.local"))
            .client();

    assertThat(client.onlyRoute("api.ext:80").getRoute().getCluster())
        .isEqualTo("outbound|80||web.prod.svc.cluster.local");
    assertThat(client.routesOf("api.ext:8080")).isEqualTo("allow_any");
  }

  @Test
  void exactHostOfAWildcardServiceHasRulesOnPort80Only() { // H16, rule 2.5-6
    World.Client client =
        World.empty()
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: ext, namespace: prod}
                spec:
                  hosts: ["*.ext.com"]
                  ports:
                    - {number: 80, name: http, protocol: HTTP}
                    - {number: 8080, name: http-alt, protocol: HTTP}
                  resolution: NONE
                """)
            .with(rules("a", "prod", "a.ext.com", "a.ext.com"))
            .client();

    assertThat(client.onlyRoute("a.ext.com:80").getName()).isEqualTo("rule");
    assertThat(client.routesOf("a.ext.com:8080")).isEqualTo("outbound|8080||*.ext.com");
    assertThat(client.onlyRoute("a.ext.com:8080").getName()).isEqualTo("default");
  }

  @Test
  void wildcardRulesThatCoverNoServiceAreALiteralHost() { // rule 2.5-2
    World.Client client =
        World.standard()
            .with(rules("org", "prod", "*.example.org", "web.prod.svc.cluster.local"))
            .client();

    assertThat(client.onlyRoute("a.example.org:80").getName()).isEqualTo("rule");
    assertThat(client.routesOf("a.example.org:8080")).isEqualTo("allow_any");
  }

  @Test
  void externalNameIsAnotherNameOfTheServiceItNames() {
    World.Client client =
        World.standard()
            .with(
                """
                apiVersion: v1
                kind: Service
                metadata: {name: alias, namespace: prod}
                spec:
                  type: ExternalName
                  externalName: reviews.prod.svc.cluster.local
                """)
            .client();

    assertThat(client.routesOf("alias:9080")).isEqualTo(REVIEWS);
    assertThat(client.routesOf("alias.prod.svc.cluster.local:9080")).isEqualTo(REVIEWS);
  }

  @Test
  void portThatTheServiceLacksIsUnknown() {
    assertThat(World.standard().client().routesOf("reviews:9999")).isEqualTo("allow_any");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "reviews",
        "reviews:0",
        "reviews:65536",
        ":80",
        "",
        "reviews:http",
        "xds.istio.io/grpc/lds/inbound/127.0.0.1:8080"
      })
  void whatIsNoAuthorityIsAbsent(String name) {
    assertThat(World.standard().client().listener(name)).isEmpty();
  }
}
