package io.librarymesh.xds;

import static io.librarymesh.xds.SampleResources.forward;
import static io.librarymesh.xds.SampleResources.millis;
import static io.librarymesh.xds.SampleResources.route;
import static io.librarymesh.xds.SampleResources.routes;
import static io.librarymesh.xds.SampleResources.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.librarymesh.config.MetadataValue;
import io.librarymesh.config.RetryOn;
import io.librarymesh.config.RetryPolicy.BackOff;
import io.librarymesh.config.RetryPolicy.HostSelection;
import io.librarymesh.config.RouteAction.DirectResponse;
import io.librarymesh.config.RouteAction.Forward;
import io.librarymesh.config.Timeouts;
import io.librarymesh.config.Timeouts.GrpcTimeout;
import io.librarymesh.config.Timeouts.StreamDuration;
import io.librarymesh.config.WeightedCluster;
import io.librarymesh.proto.envoy.config.core.v3.DataSource;
import io.librarymesh.proto.envoy.config.core.v3.Metadata;
import io.librarymesh.proto.envoy.config.route.v3.DirectResponseAction;
import io.librarymesh.proto.envoy.config.route.v3.RetryPolicy;
import io.librarymesh.proto.envoy.config.route.v3.RetryPolicy.RetryBackOff;
import io.librarymesh.proto.envoy.config.route.v3.RetryPolicy.RetryHostPredicate;
import io.librarymesh.proto.envoy.config.route.v3.RetryPolicy.RetryPriority;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction.ClusterNotFoundResponseCode;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction.MaxStreamDuration;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import io.librarymesh.proto.envoy.config.route.v3.VirtualHost;
import io.librarymesh.proto.envoy.config.route.v3.WeightedCluster.ClusterWeight;
import io.librarymesh.proto.envoy.extensions.retry.host.omit_canary_hosts.v3.OmitCanaryHostsPredicate;
import io.librarymesh.proto.envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig;
import io.librarymesh.proto.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.librarymesh.proto.envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RouteActionReaderTest {
  private static final String ACTION = "virtual_hosts[0].routes[0].route";
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private static RouteConfiguration with(RouteAction.Builder action) {
    return routes("r", route(action.build()).build());
  }

  private static Forward read(RouteAction.Builder action) {
    return read(with(action));
  }

  private static Forward read(RouteConfiguration message) {
    return (Forward)
        Reading.value(ResourceType.ROUTE, message)
            .config()
            .virtualHosts()
            .get(0)
            .routes()
            .get(0)
            .action();
  }

  private static io.librarymesh.config.RetryPolicy retry(RetryPolicy.Builder policy) {
    return read(forward("c").setRetryPolicy(policy)).retryPolicy();
  }

  private static List<String> errors(RouteAction.Builder action) {
    return Reading.errors(ResourceType.ROUTE, with(action));
  }

  private static List<String> warnings(RouteAction.Builder action) {
    return Reading.warnings(ResourceType.ROUTE, with(action));
  }

  private static RouteAction.Builder weighted(ClusterWeight.Builder... entries) {
    RouteAction.Builder action = RouteAction.newBuilder();
    for (ClusterWeight.Builder entry : entries) {
      action.getWeightedClustersBuilder().addClusters(entry);
    }
    return action;
  }

  private static ClusterWeight.Builder entry(String name, int weight) {
    return ClusterWeight.newBuilder().setName(name).setWeight(UInt32Value.of(weight));
  }

  @Test
  void oneClusterTakesAll() {
    assertThat(read(forward("c")).clusters()).containsExactly(new WeightedCluster("c", 1));
  }

  @Test
  void weightsAreKeptInOrderZeroIncluded() {
    assertThat(read(weighted(entry("a", 98), entry("b", 2), entry("c", 0))).clusters())
        .containsExactly(
            new WeightedCluster("a", 98), new WeightedCluster("b", 2), new WeightedCluster("c", 0));
  }

  @Test
  void sumOfWeightsIsBounded() {
    String path = ACTION + ".weighted_clusters.clusters: sum of weights ";
    assertThat(errors(weighted(entry("a", 0))))
        .containsExactly(path + "0 (expected: 1..2147483647)");
    assertThat(errors(weighted(entry("a", -1))))
        .containsExactly(path + "4294967295 (expected: 1..2147483647)");
    assertThat(
            errors(
                RouteAction.newBuilder()
                    .setWeightedClusters(
                        io.librarymesh.proto.envoy.config.route.v3.WeightedCluster
                            .getDefaultInstance())))
        .containsExactly(path + "0 (expected: 1..2147483647)");
  }

  @Test
  void clusterNamedByAHeaderIsRefused() {
    assertThat(errors(RouteAction.newBuilder().setClusterHeader("x")))
        .containsExactly(ACTION + ": cluster_header (expected: cluster or weighted_clusters)");
    assertThat(errors(RouteAction.newBuilder().setClusterSpecifierPlugin("x")))
        .containsExactly(
            ACTION + ": cluster_specifier_plugin (expected: cluster or weighted_clusters)");
    assertThat(errors(RouteAction.newBuilder()))
        .containsExactly(
            ACTION + ": clusterspecifier_not_set (expected: cluster or weighted_clusters)");
    assertThat(
            errors(
                weighted(
                    ClusterWeight.newBuilder().setClusterHeader("x").setWeight(UInt32Value.of(1)))))
        .containsExactly(
            ACTION + ".weighted_clusters.clusters[0]: cluster_header (expected: name)");
  }

  @Test
  void clusterWithoutNameIsRefused() {
    assertThat(errors(forward("")))
        .containsExactly(ACTION + ".cluster: empty (expected: a cluster's name)");
  }

  @Test
  void timeoutIsFifteenSecondsUnlessTold() {
    assertThat(read(forward("c")).timeouts().routeNanos()).isEqualTo(15 * SECOND);
    assertThat(read(forward("c").setTimeout(seconds(0))).timeouts().routeNanos()).isZero();
    assertThat(read(forward("c").setTimeout(millis(2500))).timeouts().routeNanos())
        .isEqualTo(2500 * MILLI);
    assertThat(
            read(forward("c").setTimeout(Duration.newBuilder().setSeconds(Long.MAX_VALUE)))
                .timeouts()
                .routeNanos())
        .isGreaterThan(TimeUnit.DAYS.toNanos(36_000));
    assertThat(errors(forward("c").setTimeout(seconds(-1))))
        .containsExactly(ACTION + ".timeout: -1s (expected: >= 0s)");
  }

  @Test
  void maxStreamDurationTakesThePlaceOfTheTimeout() {
    assertThat(stream(MaxStreamDuration.newBuilder().setMaxStreamDuration(seconds(3))))
        .isEqualTo(timeouts(new StreamDuration(true, 3 * SECOND, GrpcTimeout.UNREAD)));
    assertThat(stream(MaxStreamDuration.newBuilder().setMaxStreamDuration(seconds(0))))
        .isEqualTo(timeouts(new StreamDuration(true, 0, GrpcTimeout.UNREAD)));
    assertThat(stream(MaxStreamDuration.newBuilder()))
        .isEqualTo(timeouts(new StreamDuration(true, Timeouts.UNSAID, GrpcTimeout.UNREAD)));
    assertThat(
            stream(
                MaxStreamDuration.newBuilder()
                    .setGrpcTimeoutHeaderMax(seconds(4))
                    .setGrpcTimeoutHeaderOffset(millis(5))))
        .isEqualTo(
            timeouts(
                new StreamDuration(
                    true, Timeouts.UNSAID, new GrpcTimeout(true, 4 * SECOND, 5 * MILLI))));
    assertThat(
            errors(
                forward("c")
                    .setMaxStreamDuration(
                        MaxStreamDuration.newBuilder().setMaxStreamDuration(seconds(-1)))))
        .containsExactly(
            ACTION + ".max_stream_duration.max_stream_duration: -1s (expected: >= 0s)");
  }

  private static Timeouts stream(MaxStreamDuration.Builder stream) {
    return read(forward("c").setTimeout(seconds(5)).setMaxStreamDuration(stream)).timeouts();
  }

  private static Timeouts timeouts(StreamDuration stream) {
    return new Timeouts(0, GrpcTimeout.UNREAD, stream, Timeouts.UNSAID);
  }

  @Test
  @SuppressWarnings("deprecation") // Istio sends these.
  void requestsOfGrpcMayBoundThemselves() {
    RouteAction.Builder asked =
        forward("c")
            .setTimeout(seconds(5))
            .setMaxGrpcTimeout(seconds(7))
            .setGrpcTimeoutOffset(millis(5));
    assertThat(read(asked).timeouts())
        .isEqualTo(
            new Timeouts(
                5 * SECOND,
                new GrpcTimeout(true, 7 * SECOND, 5 * MILLI),
                StreamDuration.UNSAID,
                Timeouts.UNSAID));
    assertThat(read(asked.clearMaxGrpcTimeout()).timeouts().grpc()).isEqualTo(GrpcTimeout.UNREAD);
    assertThat(read(asked.setMaxGrpcTimeout(seconds(0))).timeouts().grpc().isRead()).isTrue();
    assertThat(warnings(asked)).isEmpty();
  }

  @Test
  void silenceIsBounded() {
    assertThat(read(forward("c").setIdleTimeout(seconds(2))).timeouts().idleNanos())
        .isEqualTo(2 * SECOND);
    assertThat(read(forward("c").setIdleTimeout(seconds(0))).timeouts().idleNanos()).isZero();
    assertThat(read(forward("c")).timeouts().idleNanos()).isEqualTo(Timeouts.UNSAID);
    assertThat(
            read(forward("c")
                    .setRetryPolicy(RetryPolicy.newBuilder().setPerTryIdleTimeout(seconds(3))))
                .retryPolicy()
                .perTryIdleTimeoutNanos())
        .isEqualTo(3 * SECOND);
  }

  @Test
  void missingClusterAnswers503UnlessTold() {
    assertThat(read(forward("c")).clusterNotFoundStatus()).isEqualTo(503);
    assertThat(
            read(forward("c").setClusterNotFoundResponseCode(ClusterNotFoundResponseCode.NOT_FOUND))
                .clusterNotFoundStatus())
        .isEqualTo(404);
    assertThat(
            read(forward("c")
                    .setClusterNotFoundResponseCode(
                        ClusterNotFoundResponseCode.INTERNAL_SERVER_ERROR))
                .clusterNotFoundStatus())
        .isEqualTo(500);
    assertThat(errors(forward("c").setClusterNotFoundResponseCodeValue(9)))
        .containsExactly(
            ACTION
                + ".cluster_not_found_response_code: 9 (expected: SERVICE_UNAVAILABLE, NOT_FOUND or"
                + " INTERNAL_SERVER_ERROR)");
  }

  @Test
  void retryPolicyDefaults() {
    assertThat(read(forward("c")).retryPolicy()).isEqualTo(io.librarymesh.config.RetryPolicy.NONE);
    io.librarymesh.config.RetryPolicy policy = retry(RetryPolicy.newBuilder().setRetryOn("5xx"));
    assertThat(policy.on()).containsExactly(RetryOn.FIVE_XX);
    assertThat(policy.numRetries()).isEqualTo(1);
    assertThat(policy.perTryTimeoutNanos()).isZero();
    assertThat(policy.backOff()).isEqualTo(new BackOff(25 * MILLI, 250 * MILLI));
    assertThat(policy.hostSelection()).isEqualTo(HostSelection.ANY);
    assertThat(policy.retriableStatusCodes()).isEmpty();
  }

  @Test
  void retryPolicyAsIstioWritesIt() {
    io.librarymesh.config.RetryPolicy policy =
        retry(
            RetryPolicy.newBuilder()
                .setRetryOn("connect-failure, refused-stream,retriable-status-codes")
                .setNumRetries(UInt32Value.of(3))
                .setPerTryTimeout(seconds(2))
                .addRetriableStatusCodes(503)
                .addRetryHostPredicate(
                    RetryHostPredicate.newBuilder()
                        .setName("envoy.retry_host_predicates.previous_hosts"))
                .setHostSelectionRetryMaxAttempts(5));
    assertThat(policy.on())
        .containsExactlyInAnyOrder(
            RetryOn.CONNECT_FAILURE, RetryOn.REFUSED_STREAM, RetryOn.RETRIABLE_STATUS_CODES);
    assertThat(policy.numRetries()).isEqualTo(3);
    assertThat(policy.perTryTimeoutNanos()).isEqualTo(2 * SECOND);
    assertThat(policy.retriableStatusCodes()).containsExactly(503);
    assertThat(policy.hostSelection()).isEqualTo(new HostSelection(true, 5));
  }

  private static Metadata asking(String name, String value) {
    return Metadata.newBuilder()
        .putFilterMetadata(
            "envoy.lb",
            Struct.newBuilder()
                .putFields(name, Value.newBuilder().setStringValue(value).build())
                .build())
        .build();
  }

  @Test
  void destinationAddsToWhatItsRouteAsksForOfHosts() {
    RouteAction.Builder routed =
        weighted(
                entry("a", 1),
                entry("b", 1).setMetadataMatch(asking("stage", "dev")),
                entry("c", 1).setMetadataMatch(asking("version", "v1")))
            .setMetadataMatch(asking("stage", "prod"));

    assertThat(read(routed).clusters())
        .extracting(cluster -> cluster.metadataMatch().values())
        .containsExactly(
            Map.of("stage", MetadataValue.of("prod")),
            Map.of("stage", MetadataValue.of("dev")),
            Map.of("stage", MetadataValue.of("prod"), "version", MetadataValue.of("v1")));
    assertThat(
            read(forward("c").setMetadataMatch(asking("stage", "prod")))
                .clusters()
                .get(0)
                .metadataMatch()
                .values())
        .isEqualTo(Map.of("stage", MetadataValue.of("prod")));
  }

  @Test
  void hostsThatARetryTurnsDown() {
    Metadata metadata = asking("stage", "old");
    RetryPolicy.Builder policy =
        RetryPolicy.newBuilder()
            .setRetryOn("5xx")
            .addRetryHostPredicate(predicate(PreviousHostsPredicate.getDefaultInstance()))
            .addRetryHostPredicate(predicate(OmitCanaryHostsPredicate.getDefaultInstance()))
            .addRetryHostPredicate(
                predicate(OmitHostMetadataConfig.newBuilder().setMetadataMatch(metadata).build()))
            .setRetryPriority(
                RetryPriority.newBuilder()
                    .setName("envoy.retry_priorities.previous_priorities")
                    .setTypedConfig(
                        Any.pack(
                            PreviousPrioritiesConfig.newBuilder().setUpdateFrequency(2).build())))
            .setHostSelectionRetryMaxAttempts(4);
    assertThat(retry(policy).hostSelection())
        .isEqualTo(
            new HostSelection(
                true,
                true,
                List.of(
                    io.librarymesh.config.Metadata.of(Map.of("stage", MetadataValue.of("old")))),
                4,
                2));
    assertThat(warnings(forward("c").setRetryPolicy(policy))).isEmpty();
  }

  private static RetryHostPredicate predicate(Message config) {
    return RetryHostPredicate.newBuilder().setName("any").setTypedConfig(Any.pack(config)).build();
  }

  @Test
  void hostSelectionTriesOnceMoreUnlessTold() {
    RetryPolicy.Builder policy =
        RetryPolicy.newBuilder()
            .setRetryOn("5xx")
            .addRetryHostPredicate(
                RetryHostPredicate.newBuilder()
                    .setName("envoy.retry_host_predicates.previous_hosts"));
    assertThat(retry(policy).hostSelection()).isEqualTo(new HostSelection(true, 1));
  }

  @Test
  void retryBackOff() {
    RetryBackOff.Builder fast = RetryBackOff.newBuilder().setBaseInterval(millis(100));
    assertThat(retry(RetryPolicy.newBuilder().setRetryBackOff(fast)).backOff())
        .isEqualTo(new BackOff(100 * MILLI, 1000 * MILLI));
    assertThat(
            retry(
                    RetryPolicy.newBuilder()
                        .setRetryBackOff(fast.clone().setMaxInterval(millis(300))))
                .backOff())
        .isEqualTo(new BackOff(100 * MILLI, 300 * MILLI));
    Duration tiny = Duration.newBuilder().setNanos(1).build();
    assertThat(
            retry(
                    RetryPolicy.newBuilder()
                        .setRetryBackOff(
                            RetryBackOff.newBuilder().setBaseInterval(tiny).setMaxInterval(tiny)))
                .backOff())
        .describedAs("less than a millisecond is a millisecond")
        .isEqualTo(new BackOff(MILLI, MILLI));
    String path = ACTION + ".retry_policy.retry_back_off.";
    assertThat(
            errors(
                forward("c")
                    .setRetryPolicy(
                        RetryPolicy.newBuilder()
                            .setRetryBackOff(fast.clone().setMaxInterval(millis(99))))))
        .containsExactly(
            path + "max_interval: 99000000ns (expected: >= base_interval, 100000000ns)");
    assertThat(
            errors(
                forward("c")
                    .setRetryPolicy(
                        RetryPolicy.newBuilder()
                            .setRetryBackOff(RetryBackOff.getDefaultInstance()))))
        .containsExactly(path + "base_interval: 0s (expected: > 0s)");
  }

  @Test
  void unknownRetryWordsAndPredicatesAreNamed() {
    assertThat(
            warnings(
                forward("c")
                    .setRetryPolicy(
                        RetryPolicy.newBuilder()
                            .setRetryOn("5xx,sometimes")
                            .addRetryHostPredicate(
                                RetryHostPredicate.newBuilder()
                                    .setName("envoy.retry_host_predicates.other")))))
        .containsExactlyInAnyOrder(
            ACTION + ".retry_policy.retry_on: sometimes not known, so it retries nothing",
            ACTION
                + ".retry_policy.retry_host_predicate[0]:"
                + " envoy.retry_host_predicates.other not carried out");
  }

  @Test
  void virtualHostsRetryPolicyCountsWhereTheRouteHasNone() {
    RouteConfiguration message =
        RouteConfiguration.newBuilder()
            .addVirtualHosts(
                VirtualHost.newBuilder()
                    .addDomains("*")
                    .setRetryPolicy(RetryPolicy.newBuilder().setRetryOn("reset"))
                    .addRoutes(route(forward("c").build()))
                    .addRoutes(
                        route(
                            forward("c")
                                .setRetryPolicy(RetryPolicy.newBuilder().setRetryOn("5xx"))
                                .build())))
            .build();
    assertThat(read(message).retryPolicy().on()).containsExactly(RetryOn.RESET);
    Forward second =
        (Forward)
            Reading.value(ResourceType.ROUTE, message)
                .config()
                .virtualHosts()
                .get(0)
                .routes()
                .get(1)
                .action();
    assertThat(second.retryPolicy().on()).containsExactly(RetryOn.FIVE_XX);
  }

  private static RouteConfiguration direct(DirectResponseAction.Builder action) {
    return routes(
        "r",
        io.librarymesh.proto.envoy.config.route.v3.Route.newBuilder()
            .setMatch(RouteMatch.newBuilder().setPrefix("/"))
            .setDirectResponse(action)
            .build());
  }

  @Test
  void directResponses() {
    RouteConfiguration message =
        direct(
            DirectResponseAction.newBuilder()
                .setStatus(418)
                .setBody(DataSource.newBuilder().setInlineString("teapot")));
    assertThat(
            Reading.value(ResourceType.ROUTE, message)
                .config()
                .virtualHosts()
                .get(0)
                .routes()
                .get(0)
                .action())
        .isEqualTo(new DirectResponse(418, "teapot"));
  }

  @Test
  void directResponsesAreChecked() {
    String path = "virtual_hosts[0].routes[0].direct_response.";
    assertThat(
            Reading.errors(
                ResourceType.ROUTE, direct(DirectResponseAction.newBuilder().setStatus(700))))
        .containsExactly(path + "status: 700 (expected: 200..599)");
    assertThat(
            Reading.errors(
                ResourceType.ROUTE,
                direct(
                    DirectResponseAction.newBuilder()
                        .setStatus(200)
                        .setBody(DataSource.newBuilder().setFilename("/etc/passwd")))))
        .containsExactly(path + "body: filename (expected: inline_string or inline_bytes)");
    assertThat(
            Reading.errors(
                ResourceType.ROUTE,
                direct(
                    DirectResponseAction.newBuilder()
                        .setStatus(200)
                        .setBody(DataSource.newBuilder().setInlineString("x".repeat(4097))))))
        .containsExactly(path + "body: 4097 bytes (expected: <= 4096)");
  }
}
