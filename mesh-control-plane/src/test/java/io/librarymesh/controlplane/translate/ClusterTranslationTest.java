package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.proto.envoy.config.cluster.v3.CircuitBreakers.Thresholds;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.LbPolicy;
import io.librarymesh.proto.envoy.config.cluster.v3.OutlierDetection;
import io.librarymesh.proto.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * What a service and its DestinationRules become: sections 7 to 10 and 12 of the Istio reference
 * with the examples D8, P2 to P40.
 */
class ClusterTranslationTest {

  private static final String REVIEWS = "outbound|9080||reviews.prod.svc.cluster.local";
  private static final String REVIEWS_V1 = "outbound|9080|v1|reviews.prod.svc.cluster.local";

  private static String rule(String metadata, String spec) {
    return """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {%s}
        spec: {%s}
        """
        .formatted(metadata, spec);
  }

  private static World world(String spec) {
    return World.standard().with(rule("name: reviews, namespace: prod", "host: reviews, " + spec));
  }

  private static Cluster reviews(String spec) {
    return world(spec).client().cluster(REVIEWS).orElseThrow();
  }

  private static Thresholds thresholds(Cluster cluster) {
    return cluster.getCircuitBreakers().getThresholds(0);
  }

  private static OutlierDetection outlier(String detection) {
    return reviews("trafficPolicy: {outlierDetection: " + detection + "}").getOutlierDetection();
  }

  @Test
  void withoutARuleNothingIsLimited() { // 8.1, appendix 1
    Cluster cluster = World.standard().client().cluster(REVIEWS).orElseThrow();

    assertThat(cluster.getType()).isEqualTo(DiscoveryType.EDS);
    assertThat(cluster.getEdsClusterConfig().getServiceName()).isEqualTo(REVIEWS);
    assertThat(cluster.getLbPolicy()).isEqualTo(LbPolicy.LEAST_REQUEST);
    assertThat(cluster.getConnectTimeout().getSeconds()).isEqualTo(10);
    assertThat(Integer.toUnsignedLong(thresholds(cluster).getMaxConnections().getValue()))
        .isEqualTo(4294967295L);
    assertThat(Integer.toUnsignedLong(thresholds(cluster).getMaxPendingRequests().getValue()))
        .isEqualTo(4294967295L);
    assertThat(Integer.toUnsignedLong(thresholds(cluster).getMaxRequests().getValue()))
        .isEqualTo(4294967295L);
    assertThat(Integer.toUnsignedLong(thresholds(cluster).getMaxRetries().getValue()))
        .isEqualTo(4294967295L);
    assertThat(thresholds(cluster).hasRetryBudget()).isFalse();
    assertThat(cluster.hasOutlierDetection()).isFalse();
    assertThat(cluster.getCommonLbConfig().hasHealthyPanicThreshold()).isTrue();
    assertThat(cluster.getCommonLbConfig().getHealthyPanicThreshold().getValue()).isZero();
    assertThat(cluster.getTypedExtensionProtocolOptionsMap()).isEmpty();
  }

  @Test
  void limitsAreCarriedOver() {
    Cluster cluster =
        reviews(
            """
            trafficPolicy: {connectionPool: {
              tcp: {maxConnections: 1, connectTimeout: 30ms},
              http: {http1MaxPendingRequests: 2, http2MaxRequests: 3, maxRetries: 4}}}
            """);

    assertThat(cluster.getConnectTimeout()).isEqualTo(Packing.duration(Duration.ofMillis(30)));
    assertThat(thresholds(cluster).getMaxConnections().getValue()).isEqualTo(1);
    assertThat(thresholds(cluster).getMaxPendingRequests().getValue()).isEqualTo(2);
    assertThat(thresholds(cluster).getMaxRequests().getValue()).isEqualTo(3);
    assertThat(thresholds(cluster).getMaxRetries().getValue()).isEqualTo(4);
  }

  @Test
  void subsetExistsOnlyWhenItIsDeclared() { // D8
    World.Client client =
        world(
                "subsets: [{name: v1, labels: {version: v1}}, {name: v9, labels: {version: v9}},"
                    + " {name: all}]")
            .client();

    assertThat(client.cluster("outbound|9080|none|reviews.prod.svc.cluster.local")).isEmpty();
    assertThat(client.assignment("outbound|9080|none|reviews.prod.svc.cluster.local")).isEmpty();
    assertThat(client.cluster(REVIEWS_V1)).isPresent();
    assertThat(client.addresses(REVIEWS_V1)).containsExactly("10.1.0.1:9080", "10.1.0.2:9080");
    assertThat(client.addresses("outbound|9080|v9|reviews.prod.svc.cluster.local")).isEmpty();
    assertThat(client.addresses("outbound|9080|all|reviews.prod.svc.cluster.local")).hasSize(3);
    assertThat(client.addresses(REVIEWS)).hasSize(3);
  }

  @Test
  void ruleOfAThirdNamespaceIsIgnored() { // P2
    World.Client client =
        World.standard()
            .with(
                rule(
                    "name: r, namespace: x",
                    "host: reviews.prod.svc.cluster.local,"
                        + " trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}"))
            .client();

    assertThat(client.cluster(REVIEWS).orElseThrow().getLbPolicy())
        .isEqualTo(LbPolicy.LEAST_REQUEST);
  }

  @Test
  void privateRuleOfTheServiceIsNotSeenElsewhere() { // P3
    World.Client dev =
        world(
                "exportTo: ['.'], subsets: [{name: v1, labels: {version: v1}}],"
                    + " trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}")
            .client("dev");

    assertThat(dev.cluster(REVIEWS).orElseThrow().getLbPolicy()).isEqualTo(LbPolicy.LEAST_REQUEST);
    assertThat(dev.cluster(REVIEWS_V1)).isEmpty();
  }

  @Test
  void clientsNamespaceBeforeServicesBeforeRoot() { // 7.1
    World world =
        world("trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}")
            .with(
                rule(
                    "name: consumer, namespace: dev",
                    "host: '*.cluster.local', trafficPolicy: {loadBalancer: {simple: RANDOM}}"))
            .with(
                rule(
                    "name: root, namespace: istio-system",
                    "host: '*.prod.svc.cluster.local',"
                        + " trafficPolicy: {connectionPool: {tcp: {maxConnections: 5}}}"));

    // A wildcard in the client's namespace hides an exact host in the service's.
    assertThat(world.client("dev").cluster(REVIEWS).orElseThrow().getLbPolicy())
        .isEqualTo(LbPolicy.RANDOM);
    assertThat(world.client("other").cluster(REVIEWS).orElseThrow().getLbPolicy())
        .isEqualTo(LbPolicy.ROUND_ROBIN);
    String ratings = "outbound|8000||ratings.prod.svc.cluster.local";
    assertThat(
            thresholds(world.client().cluster(ratings).orElseThrow())
                .getMaxConnections()
                .getValue())
        .isEqualTo(5);
  }

  @Test
  void ruleForOtherClientsOfTheNamespaceHidesTheServicesRule() { // P6
    World world =
        world("trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}")
            .with(
                rule(
                    "name: r, namespace: dev",
                    "host: reviews.prod.svc.cluster.local,"
                        + " workloadSelector: {matchLabels: {app: other}},"
                        + " trafficPolicy: {loadBalancer: {simple: RANDOM}}"));

    assertThat(world.client("dev").cluster(REVIEWS).orElseThrow().getLbPolicy())
        .isEqualTo(LbPolicy.LEAST_REQUEST);
    assertThat(world.client("other").cluster(REVIEWS).orElseThrow().getLbPolicy())
        .isEqualTo(LbPolicy.ROUND_ROBIN);
  }

  @Test
  void rulesForOneHostAreMerged() { // 7.2
    World.Client client =
        world("subsets: [{name: v1, labels: {version: v1}}]")
            .with(
                rule(
                    "name: second, namespace: prod",
                    """
                    host: reviews.prod.svc.cluster.local,
                      trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}},
                      subsets: [{name: v1, labels: {version: v2}}, {name: v2, labels: {version: v2}}]
                    """))
            .client();

    assertThat(client.addresses(REVIEWS_V1)).containsExactly("10.1.0.1:9080", "10.1.0.2:9080");
    assertThat(client.addresses("outbound|9080|v2|reviews.prod.svc.cluster.local"))
        .containsExactly("10.1.0.3:9080");
    assertThat(client.cluster(REVIEWS).orElseThrow().getLbPolicy()).isEqualTo(LbPolicy.ROUND_ROBIN);
  }

  @Test
  void portPolicyReplacesTheWholePolicy() { // P7
    Cluster cluster =
        reviews(
            """
            trafficPolicy: {
              connectionPool: {tcp: {maxConnections: 1}},
              portLevelSettings: [{port: {number: 9080}, loadBalancer: {simple: ROUND_ROBIN}}]}
            """);

    assertThat(cluster.getLbPolicy()).isEqualTo(LbPolicy.ROUND_ROBIN);
    assertThat(thresholds(cluster).getMaxConnections().getValue()).isEqualTo(-1);
  }

  @Test
  void subsetsPortPolicyReplacesByAbsence() { // P9
    World.Client client =
        world(
                """
                trafficPolicy: {outlierDetection: {}},
                  subsets: [{name: v1, labels: {version: v1}, trafficPolicy: {
                    portLevelSettings: [{port: {number: 9080}, tls: {mode: DISABLE}}]}},
                    {name: v2, labels: {version: v2}}]
                """)
            .client();

    assertThat(client.cluster(REVIEWS_V1).orElseThrow().hasOutlierDetection()).isFalse();
    assertThat(
            client
                .cluster("outbound|9080|v2|reviews.prod.svc.cluster.local")
                .orElseThrow()
                .hasOutlierDetection())
        .isTrue();
  }

  @Test
  void subsetsBlockReplacesTheWholeBlock() { // 7.4
    World.Client client =
        world(
                """
                trafficPolicy: {connectionPool: {tcp: {maxConnections: 1}},
                                loadBalancer: {simple: ROUND_ROBIN}},
                  subsets: [{name: v1, labels: {version: v1}, trafficPolicy: {
                    connectionPool: {http: {http2MaxRequests: 7}}}}]
                """)
            .client();
    Cluster v1 = client.cluster(REVIEWS_V1).orElseThrow();

    assertThat(thresholds(v1).getMaxConnections().getValue()).isEqualTo(-1);
    assertThat(thresholds(v1).getMaxRequests().getValue()).isEqualTo(7);
    assertThat(v1.getLbPolicy()).isEqualTo(LbPolicy.ROUND_ROBIN);
  }

  @Test
  void emptyOutlierDetectionLeavesEnvoysDefaults() { // P10
    OutlierDetection detection = outlier("{}");

    assertThat(detection.getEnforcingSuccessRate().getValue()).isZero();
    assertThat(detection.hasEnforcingSuccessRate()).isTrue();
    assertThat(detection.hasConsecutive5Xx()).isFalse();
    assertThat(detection.hasEnforcingConsecutive5Xx()).isFalse();
    assertThat(detection.hasMaxEjectionPercent()).isFalse();
    assertThat(detection.hasInterval()).isFalse();
    assertThat(detection.hasBaseEjectionTime()).isFalse();
  }

  @Test
  void gatewayErrorsDoNotSwitchTheDefaultDetectorOff() { // P13
    OutlierDetection detection = outlier("{consecutiveGatewayErrors: 3}");

    assertThat(detection.getConsecutiveGatewayFailure().getValue()).isEqualTo(3);
    assertThat(detection.getEnforcingConsecutiveGatewayFailure().getValue()).isEqualTo(100);
    assertThat(detection.hasEnforcingConsecutive5Xx()).isFalse();
  }

  @Test
  void zeroSwitchesADetectorOff() { // P14
    OutlierDetection detection = outlier("{consecutive5xxErrors: 0}");

    assertThat(detection.hasEnforcingConsecutive5Xx()).isTrue();
    assertThat(detection.getEnforcingConsecutive5Xx().getValue()).isZero();
  }

  @Test
  void outlierDetectionIsCarriedOver() { // 9.1
    OutlierDetection detection =
        outlier(
            """
            {consecutive5xxErrors: 2, interval: 1s, baseEjectionTime: 3m, maxEjectionPercent: 100,
             splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 4}
            """);

    assertThat(detection.getConsecutive5Xx().getValue()).isEqualTo(2);
    assertThat(detection.getEnforcingConsecutive5Xx().getValue()).isEqualTo(100);
    assertThat(detection.getInterval().getSeconds()).isEqualTo(1);
    assertThat(detection.getBaseEjectionTime().getSeconds()).isEqualTo(180);
    assertThat(detection.getMaxEjectionPercent().getValue()).isEqualTo(100);
    assertThat(detection.getSplitExternalLocalOriginErrors()).isTrue();
    assertThat(detection.getConsecutiveLocalOriginFailure().getValue()).isEqualTo(4);
    assertThat(detection.getEnforcingConsecutiveLocalOriginFailure().getValue()).isEqualTo(100);
    assertThat(detection.hasMaxEjectionTime()).isFalse();
  }

  @Test
  void healthThresholdIsThePanicThreshold() { // P16
    assertThat(
            reviews("trafficPolicy: {outlierDetection: {minHealthPercent: 50}}")
                .getCommonLbConfig()
                .getHealthyPanicThreshold()
                .getValue())
        .isEqualTo(50);
  }

  @Test
  void connectionsAreKeptAsSaid() throws Exception { // A.2
    Cluster cluster =
        reviews(
            "trafficPolicy: {connectionPool: {tcp: {idleTimeout: 9s},"
                + " http: {maxRequestsPerConnection: 1}}}");
    HttpProtocolOptions options =
        cluster
            .getTypedExtensionProtocolOptionsOrThrow(
                "envoy.extensions.upstreams.http.v3.HttpProtocolOptions")
            .unpack(HttpProtocolOptions.class);

    assertThat(options.getCommonHttpProtocolOptions().getMaxRequestsPerConnection().getValue())
        .isEqualTo(1);
    assertThat(options.getCommonHttpProtocolOptions().getIdleTimeout().getSeconds()).isEqualTo(9);
    assertThat(options.getExplicitHttpConfig().hasHttpProtocolOptions()).isTrue();
  }

  @Test
  void consistentHashHashesOnTheRouteAndKeepsHostsOnRetry() { // 7.5, 10.2, 5.2
    World world =
        world("trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: x-user}}}")
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: v, namespace: prod}
                spec: {hosts: [reviews], http: [{route: [{destination: {host: reviews}}]}]}
                """);
    var action = world.client().onlyRoute("reviews:9080").getRoute();

    assertThat(world.client().cluster(REVIEWS).orElseThrow().getLbPolicy())
        .isEqualTo(LbPolicy.RING_HASH);
    assertThat(
            world
                .client()
                .cluster(REVIEWS)
                .orElseThrow()
                .getRingHashLbConfig()
                .getMinimumRingSize()
                .getValue())
        .isEqualTo(1024);
    assertThat(action.getHashPolicyList())
        .singleElement()
        .matches(policy -> policy.getHeader().getHeaderName().equals("x-user"));
    assertThat(action.getRetryPolicy().getRetryHostPredicateList()).isEmpty();
  }

  @Test
  void passthroughCluster() {
    Cluster cluster = World.standard().client().cluster("PassthroughCluster").orElseThrow();

    assertThat(cluster.getType()).isEqualTo(DiscoveryType.ORIGINAL_DST);
    assertThat(cluster.getLbPolicy()).isEqualTo(LbPolicy.CLUSTER_PROVIDED);
    assertThat(World.standard().grpcClient().cluster("PassthroughCluster")).isEmpty();
  }

  @Test
  void malformedNamesAreAbsent() {
    World.Client client = World.standard().client();

    assertThat(client.cluster("reviews")).isEmpty();
    assertThat(client.cluster("inbound|9080||reviews.prod.svc.cluster.local")).isEmpty();
    assertThat(client.cluster("outbound|x||reviews.prod.svc.cluster.local")).isEmpty();
    assertThat(client.cluster("outbound|9081||reviews.prod.svc.cluster.local")).isEmpty();
    assertThat(client.assignment("")).isEmpty();
  }
}
