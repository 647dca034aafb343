package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.core.v3.TcpKeepalive;
import io.librarymesh.proto.envoy.config.route.v3.RetryPolicy;
import io.librarymesh.proto.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What settings of the mesh change for clients: section A.9 of the Istio reference. */
class MeshConfigTest {
  private static final String REVIEWS = "outbound|9080||reviews.prod.svc.cluster.local";

  private static String configMap(String mesh) {
    return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\n"
        + "data:\n  mesh: |\n"
        + mesh.indent(4);
  }

  private static World world(String mesh) {
    return World.standard().with(configMap(mesh));
  }

  private static Cluster reviews(World world) {
    return world.client().cluster(REVIEWS).orElseThrow();
  }

  private static String rule(String namespace, String spec) {
    return "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: r,"
        + " namespace: "
        + namespace
        + "}\nspec: {host: reviews.prod.svc.cluster.local, "
        + spec
        + "}\n";
  }

  @Test
  void connectTimeoutIsThatOfClustersWithoutOne() {
    assertThat(reviews(world("connectTimeout: 3s")).getConnectTimeout().getSeconds()).isEqualTo(3);
    assertThat(
            world("connectTimeout: 3s")
                .client()
                .cluster(ClusterTranslation.PASSTHROUGH)
                .orElseThrow()
                .getConnectTimeout()
                .getSeconds())
        .isEqualTo(3);
  }

  @Test
  void unknownHostsAreRefusedWhereTheMeshSaysSo() { // 2.6
    assertThat(
            world("outboundTrafficPolicy: {mode: REGISTRY_ONLY}")
                .client()
                .onlyRoute("unknown.example:80")
                .getDirectResponse()
                .getStatus())
        .isEqualTo(502);
    assertThat(World.standard().client().onlyRoute("unknown.example:80").hasRoute()).isTrue();
  }

  @Test
  void rulesWithoutRetriesHaveThoseOfTheMesh() { // T11, T12
    RetryPolicy retries =
        world("defaultHttpRetryPolicy: {attempts: 5, retryOn: 5xx}")
            .client()
            .onlyRoute("reviews:9080")
            .getRoute()
            .getRetryPolicy();

    assertThat(retries.getNumRetries().getValue()).isEqualTo(5);
    assertThat(retries.getRetryOn()).isEqualTo("5xx");
  }

  @Test
  void blocksThatNoRuleHasAreThoseOfTheMeshAsAWhole() { // 7.4
    String mesh =
        """
        defaultTrafficPolicy:
          connectionPool: {tcp: {maxConnections: 7}}
          outlierDetection: {consecutive5xxErrors: 2}
        """;
    Cluster without = reviews(world(mesh));
    Cluster with =
        reviews(
            world(mesh)
                .with(
                    rule(
                        "prod", "trafficPolicy: {connectionPool: {http: {http2MaxRequests: 3}}}")));

    assertThat(connections(without)).isEqualTo(7);
    assertThat(without.getOutlierDetection().getConsecutive5Xx().getValue()).isEqualTo(2);
    assertThat(connections(with)).isEqualTo(-1);
    assertThat(with.getOutlierDetection().getConsecutive5Xx().getValue()).isEqualTo(2);
  }

  @Test
  void portsOfHttpAreUpgradedByTheMeshUnlessTheirRuleSaysNo() { // 8.3
    String mesh = "h2UpgradePolicy: UPGRADE\n";
    String no = "trafficPolicy: {connectionPool: {http: {h2UpgradePolicy: DO_NOT_UPGRADE}}}";

    assertThat(isHttp2(reviews(world(mesh)))).isTrue();
    assertThat(isHttp2(reviews(world(mesh).with(rule("prod", no))))).isFalse();
    assertThat(isHttp2(reviews(world("h2UpgradePolicy: DO_NOT_UPGRADE\n")))).isFalse();
  }

  private static boolean isHttp2(Cluster cluster) {
    try {
      var packed =
          cluster.getTypedExtensionProtocolOptionsOrDefault(
              HttpOptionsTranslation.EXTENSION, Any.pack(HttpProtocolOptions.getDefaultInstance()));
      return packed
          .unpack(HttpProtocolOptions.class)
          .getExplicitHttpConfig()
          .hasHttp2ProtocolOptions();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void probesOfConnectionsAreThoseOfTheMeshValueByValue() { // 8.2
    String mesh = "tcpKeepalive: {probes: 3, time: 60s}\n";
    String rule = "trafficPolicy: {connectionPool: {tcp: {tcpKeepalive: {time: 9s}}}}";
    TcpKeepalive whole = keepalive(reviews(world(mesh)));
    TcpKeepalive mixed = keepalive(reviews(world(mesh).with(rule("prod", rule))));

    assertThat(whole.getKeepaliveProbes().getValue()).isEqualTo(3);
    assertThat(whole.getKeepaliveTime().getValue()).isEqualTo(60);
    assertThat(mixed.getKeepaliveProbes().getValue()).isEqualTo(3);
    assertThat(mixed.getKeepaliveTime().getValue()).isEqualTo(9);
    assertThat(mixed.hasKeepaliveInterval()).isFalse();
  }

  private static TcpKeepalive keepalive(Cluster cluster) {
    return cluster.getUpstreamConnectionOptions().getTcpKeepalive();
  }

  private static int connections(Cluster cluster) {
    return cluster.getCircuitBreakers().getThresholds(0).getMaxConnections().getValue();
  }

  @Test
  void thePortOfASubsetWipesTheBlocksOfTheMesh() { // 7.4
    String subset =
        "subsets: [{name: v1, labels: {version: v1}, trafficPolicy: {portLevelSettings: [{port:"
            + " {number: 9080}, loadBalancer: {simple: RANDOM}}]}}]";
    World world =
        world("defaultTrafficPolicy: {connectionPool: {tcp: {maxConnections: 7}}}")
            .with(rule("prod", subset));
    Cluster v1 =
        world.client().cluster("outbound|9080|v1|reviews.prod.svc.cluster.local").orElseThrow();

    assertThat(connections(v1)).isEqualTo(-1);
    assertThat(connections(reviews(world))).isEqualTo(7);
  }

  @Test
  void whatDoesNotSayWhoSeesItIsSeenByThoseThatTheMeshSays() { // 2.2
    String mesh = "defaultVirtualServiceExportTo: ['.']\ndefaultServiceExportTo: ['.']\n";
    String rules =
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: v, namespace: prod}
        spec:
          hosts: [reviews%s]
          http: [{timeout: 3s, route: [{destination: {host: reviews}}]}]
        """;
    String host = "reviews.prod.svc.cluster.local:9080";
    World service = world("defaultServiceExportTo: ['.']");
    World both = world(mesh).with(rules.formatted(""));

    assertThat(service.client("prod").cluster(REVIEWS)).isPresent();
    assertThat(service.client("dev").cluster(REVIEWS)).isEmpty();
    assertThat(both.client("prod").onlyRoute(host).getRoute().getTimeout().getSeconds())
        .isEqualTo(3);
    assertThat(
            world("defaultVirtualServiceExportTo: ['.']")
                .with(rules.formatted(""))
                .client("dev")
                .onlyRoute(host)
                .getRoute()
                .getTimeout()
                .getSeconds())
        .isZero();
  }

  @Test
  void whatSaysItIsSeenByThoseThatItNames() {
    World world =
        world("defaultDestinationRuleExportTo: ['.']")
            .with(rule("prod", "trafficPolicy: {connectionPool: {tcp: {maxConnections: 7}}}"));
    World told =
        world("defaultDestinationRuleExportTo: ['.']")
            .with(
                rule(
                    "prod",
                    "exportTo: ['*'], trafficPolicy: {connectionPool: {tcp: {maxConnections:"
                        + " 7}}}"));

    assertThat(connections(world.client("prod").cluster(REVIEWS).orElseThrow())).isEqualTo(7);
    assertThat(connections(world.client("dev").cluster(REVIEWS).orElseThrow())).isEqualTo(-1);
    assertThat(connections(told.client("dev").cluster(REVIEWS).orElseThrow())).isEqualTo(7);
  }

  @Test
  void anotherNamespaceMayHoldTheRulesForAll() { // 7.1
    String root = rule("root", "trafficPolicy: {connectionPool: {tcp: {maxConnections: 7}}}");

    assertThat(connections(reviews(world("rootNamespace: root").with(root)))).isEqualTo(7);
    assertThat(connections(reviews(World.standard().with(root)))).isEqualTo(-1);
  }

  @Test
  void placesArePreferredAsTheMeshSays() { // 10.4
    String ejects = "trafficPolicy: {outlierDetection: {}}";
    String distribute = "localityLbSetting: {distribute: [{from: '*', to: {'r1/*': 100}}]}";

    assertThat(
            reviews(
                    world("localityLbSetting: {failover: [{from: a, to: b}]}")
                        .with(rule("prod", ejects)))
                .getCommonLbConfig()
                .hasLocalityWeightedLbConfig())
        .isTrue();
    assertThat(reviews(world(distribute)).getCommonLbConfig().hasLocalityWeightedLbConfig())
        .isTrue();
    assertThat(
            reviews(
                    world(distribute)
                        .with(
                            rule(
                                "prod",
                                "trafficPolicy: {loadBalancer: {localityLbSetting: {enabled:"
                                    + " false}}}")))
                .getCommonLbConfig()
                .hasLocalityWeightedLbConfig())
        .isFalse();
  }

  @Test
  void namesAreLookedUpAsOftenAsTheMeshSays() { // 12.2
    World world =
        world("dnsRefreshRate: 5s")
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: e, namespace: prod}
                spec:
                  hosts: [a.example]
                  ports: [{number: 80, name: http, protocol: HTTP}]
                  resolution: DNS
                """);

    assertThat(
            world
                .client()
                .cluster("outbound|80||a.example")
                .orElseThrow()
                .getDnsRefreshRate()
                .getSeconds())
        .isEqualTo(5);
  }

  @Test
  void pathsAreBroughtIntoTheFormThatTheMeshSays() { // 3.3
    World world = world("pathNormalization: {normalization: MERGE_SLASHES}");

    assertThat(world.client().manager("reviews:9080").getMergeSlashes()).isTrue();
    assertThat(World.standard().client().manager("reviews:9080").getMergeSlashes()).isFalse();
  }

  @Test
  void whatAnOptionSaysStandsAgainstTheDocumentAndThatIsSaid() {
    World world =
        world("outboundTrafficPolicy: {mode: REGISTRY_ONLY}")
            .with(MeshConfig.DEFAULT.withOutboundTrafficPolicy(OutboundTrafficPolicy.ALLOW_ANY));

    assertThat(world.client().onlyRoute("unknown.example:80").hasRoute()).isTrue();
    assertThat(ReferenceFindings.of(world.context()))
        .singleElement()
        .hasToString(
            "2.yaml:6:5: warning: outboundTrafficPolicy: an option says otherwise, which wins"
                + " (expected: one of the two)");
  }

  @Test
  void ofSeveralDocumentsOneIsInForceAndTheOthersAreNamed() {
    String operator =
        """
        apiVersion: install.istio.io/v1alpha1
        kind: IstioOperator
        metadata: {name: a}
        spec: {meshConfig: {connectTimeout: 1s}}
        """;
    World world = World.standard().with(operator).with(configMap("connectTimeout: 3s"));

    assertThat(reviews(world).getConnectTimeout().getSeconds()).isEqualTo(3);
    List<Finding> findings = ReferenceFindings.of(world.context());
    assertThat(findings)
        .singleElement()
        .hasToString(
            "2.yaml:4:20: warning: the settings at 3.yaml:6:5 are in force, as a whole (expected:"
                + " one MeshConfig)");
  }
}
