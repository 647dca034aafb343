package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a client of gRPC or a stock Envoy leaves undone; gRPC's is the list of its documentation.
 */
class ClientGapsTest {

  private static final String REVIEWS = "outbound|9080||reviews.prod.svc.cluster.local";

  private static World rule(String http) {
    return World.standard()
        .with(
            """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: r, namespace: prod}
            spec:
              hosts: [reviews]
              http:
                - %s
            """
                .formatted(http));
  }

  private static World policy(String trafficPolicy) {
    return World.standard()
        .with(
            """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: r, namespace: prod}
            spec: {host: reviews, trafficPolicy: %s}
            """
                .formatted(trafficPolicy));
  }

  private static List<Gap> gaps(World world, Dialect dialect, ResourceType type, String name) {
    ClientView view = new ClientView("prod", Map.of(), "", dialect);
    return ClientGaps.of(world.context(), view, type, name);
  }

  private static Set<String> features(World world, Dialect dialect) {
    return Stream.of(ResourceType.values())
        .filter(type -> type != ResourceType.LISTENER)
        .flatMap(type -> gaps(world, dialect, type, REVIEWS).stream())
        .map(Gap::feature)
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{redirect: {uri: /x}} | redirect",
        "{directResponse: {status: 503}} | direct_response",
        "{match: [{queryParams: {a: {exact: b}}}], route: [{destination: {host: reviews}}]} | match.query_parameters",
        "{rewrite: {uri: /x}, route: [{destination: {host: reviews}}]} | prefix_rewrite, regex_rewrite",
        "{rewrite: {authority: x}, route: [{destination: {host: reviews}}]} | host_rewrite",
        "{headers: {request: {set: {a: b}}}, route: [{destination: {host: reviews}}]} | headers_to_add, headers_to_remove",
        "{mirror: {host: ratings}, route: [{destination: {host: reviews}}]} | request_mirror_policies",
        "{retries: {attempts: 1, perTryTimeout: 1s}, route: [{destination: {host: reviews}}]} | retry_policy.per_try_timeout",
        "{retries: {attempts: 1, retryOn: '5xx,unavailable,503'}, route: [{destination: {host: reviews}}]} | 'retry_policy.retry_on: 5xx,retriable-status-codes,503'",
        "{retries: {attempts: 1, retryRemoteLocalities: true}, route: [{destination: {host: reviews}}]} | retry_policy.retry_priority",
        "{retries: {attempts: 5, retryOn: unavailable}, route: [{destination: {host: reviews}}]} | retry_policy.num_retries",
        "{match: [{authority: {exact: reviews}}], route: [{destination: {host: reviews}}]} | match.headers :authority",
        "{match: [{headers: {user-agent: {prefix: grpc}}}], route: [{destination: {host: reviews}}]} | match.headers user-agent",
        "{match: [{headers: {id-bin: {}}}], route: [{destination: {host: reviews}}]} | match.headers id-bin",
        "{match: [{withoutHeaders: {a: {exact: x}, b: {exact: x}, c: {exact: x}, d: {exact: x}}}], route: [{destination: {host: reviews}}]} | match.headers.treat_missing_header_as_empty",
      })
  void ofARuleOnlyThatIsToldWhichGrpcPassesOver(String http, String feature) {
    assertThat(features(rule(http), Dialect.GRPC)).containsExactly(feature);
    assertThat(features(rule(http), Dialect.LIBRARY)).isEmpty();
    assertThat(features(rule(http), Dialect.ENVOY)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{loadBalancer: {simple: RANDOM}} | lb_policy: RANDOM",
        "{loadBalancer: {consistentHash: {httpHeaderName: x, maglev: {tableSize: 65537}}}} | lb_policy: MAGLEV",
        "{loadBalancer: {simple: PASSTHROUGH}} | type: ORIGINAL_DST",
        "{loadBalancer: {simple: ROUND_ROBIN, warmup: {duration: 10s}}} | slow_start_config",
        "{outlierDetection: {consecutive5xxErrors: 3}} | outlier_detection",
        "{connectionPool: {tcp: {connectTimeout: 1s}}} | connect_timeout",
        "{connectionPool: {tcp: {maxConnections: 1}}} | circuit_breakers.max_connections",
        "{connectionPool: {http: {http1MaxPendingRequests: 1}}} | circuit_breakers.max_pending_requests",
        "{loadBalancer: {simple: LEAST_REQUEST}} | lb_policy: LEAST_REQUEST",
        "{connectionPool: {tcp: {tcpKeepalive: {probes: 3}}}} | upstream_connection_options.tcp_keepalive",
        "{connectionPool: {tcp: {maxConnectionDuration: 1m}}} | max_connection_duration",
        "{connectionPool: {http: {idleTimeout: 1m}}} | idle_timeout",
        "{connectionPool: {http: {maxRequestsPerConnection: 1}}} | max_requests_per_connection",
        "{connectionPool: {http: {h2UpgradePolicy: UPGRADE, maxConcurrentStreams: 1}}} | max_concurrent_streams",
        "{connectionPool: {http: {maxRetries: 1}}} | circuit_breakers.max_retries",
        "{loadBalancer: {consistentHash: {useSourceIp: true}}} | 'hash_policy of cookies, parameters or sources'",
      })
  void ofAPolicyOnlyThatIsToldWhichGrpcPassesOver(String trafficPolicy, String feature) {
    assertThat(features(policy(trafficPolicy), Dialect.GRPC)).containsExactly(feature);
    assertThat(features(policy(trafficPolicy), Dialect.LIBRARY)).isEmpty();
    assertThat(features(policy(trafficPolicy), Dialect.ENVOY))
        .isEqualTo(feature.equals("type: ORIGINAL_DST") ? Set.of(feature) : Set.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{connectionPool: {http: {http2MaxRequests: 1}}} | circuit_breakers.max_requests | GRPC_JAVA",
        "{loadBalancer: {simple: LEAST_REQUEST}} | lb_policy: LEAST_REQUEST | GRPC",
      })
  void clientsOfGrpcDiffer(String trafficPolicy, String feature, Dialect lacking) {
    for (Dialect dialect : List.of(Dialect.GRPC_JAVA, Dialect.GRPC_GO, Dialect.GRPC)) {
      assertThat(features(policy(trafficPolicy), dialect))
          .isEqualTo(dialect == lacking ? Set.of(feature) : Set.of());
    }
  }

  @Test
  void aClientThatReportsItsLoadCountsRequests() {
    World world =
        policy("{connectionPool: {http: {http2MaxRequests: 1}}}")
            .with(MeshConfig.DEFAULT.withLoadReports(true));

    assertThat(features(world, Dialect.GRPC_JAVA)).isEmpty();
  }

  @Test
  void addressesAreReachedInTurnWhereTheyWereToBeKept() {
    assertThat(
            gaps(
                policy("{loadBalancer: {simple: PASSTHROUGH}}"),
                Dialect.GRPC,
                ResourceType.CLUSTER,
                REVIEWS))
        .extracting(Gap::effect)
        .containsExactly("calls go to the endpoints in turn");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{timeout: 1s, route: [{destination: {host: reviews}}]}",
        "{retries: {attempts: 2, retryOn: 'unavailable,cancelled'}, route: [{destination: {host: reviews}}]}",
        "{match: [{headers: {a: {exact: b}}}], route: [{destination: {host: reviews}}]}",
        "{match: [{withoutHeaders: {a: {exact: b}}}], route: [{destination: {host: reviews}}]}",
        "{match: [{method: {exact: POST}, scheme: {exact: http}}], route: [{destination: {host: reviews}}]}",
        "{fault: {abort: {httpStatus: 503, percentage: {value: 10}}}, route: [{destination: {host: reviews}}]}",
      })
  void whatGrpcDoesIsNoGap(String http) {
    assertThat(features(rule(http), Dialect.GRPC)).isEmpty();
  }

  @Test
  void whatNobodyWroteIsNoGap() {
    assertThat(features(World.standard(), Dialect.GRPC)).isEmpty();
  }

  @Test
  void aGapSaysWhatHappensInsteadAndWhereItIsAskedFor() {
    World world = rule("{redirect: {uri: /x}}");

    assertThat(gaps(world, Dialect.GRPC, ResourceType.ROUTE, REVIEWS))
        .containsExactly(new Gap("redirect", "calls fail with UNAVAILABLE", "2.yaml:7"));
    assertThat(
            gaps(
                rule(
                    "{match: [{uri: {exact: /a}}], directResponse: {status: 403}}\n"
                        + "    - {route: [{destination: {host: reviews}}]}"),
                Dialect.GRPC,
                ResourceType.ROUTE,
                REVIEWS))
        .containsExactly(
            new Gap(
                "direct_response", "calls fail with PERMISSION_DENIED, without text", "2.yaml:7"));
    assertThat(gaps(policy("{outlierDetection: {}}"), Dialect.GRPC, ResourceType.CLUSTER, REVIEWS))
        .containsExactly(
            new Gap(
                "outlier_detection",
                "no endpoint is ejected",
                "Service 1.yaml:1, DestinationRule 2.yaml:1"));
  }

  @Test
  void aResiliencePolicyIsForThisProjectsClientsOnly() {
    World world =
        World.standard()
            .with(
                """
                apiVersion: librarymesh.io/v1
                kind: ResiliencePolicy
                metadata: {name: r, namespace: prod}
                spec: {hosts: [reviews], http: [{coalesce: {}}]}
                """);

    assertThat(features(world, Dialect.GRPC)).containsExactly("ResiliencePolicy");
    assertThat(features(world, Dialect.ENVOY)).containsExactly("ResiliencePolicy");
    assertThat(features(world, Dialect.LIBRARY)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | one address of the name at a time",
        "[{address: a.example.com}, {address: b.example.com}] | not served: there are no endpoints, and calls fail",
      })
  void ofNamesGrpcLooksUpOne(String endpoints, String effect) {
    World world =
        World.empty()
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: api, namespace: prod}
                spec:
                  hosts: [api.example.com]
                  ports: [{number: 80, name: http, protocol: HTTP}]
                  resolution: DNS
                  endpoints: %s
                """
                    .formatted(endpoints));

    assertThat(gaps(world, Dialect.GRPC, ResourceType.CLUSTER, "outbound|80||api.example.com"))
        .extracting(Gap::feature, Gap::effect)
        .containsExactly(tuple("type: STRICT_DNS", effect));
  }

  @Test
  void sessionsAreNotKeptByGrpc() {
    World world =
        World.empty()
            .with(
                """
                apiVersion: v1
                kind: Service
                metadata:
                  name: carts
                  namespace: prod
                  labels: {istio.io/persistent-session: sid}
                spec: {selector: {app: carts}, ports: [{name: http, port: 80}]}
                """);

    assertThat(gaps(world, Dialect.GRPC, ResourceType.LISTENER, "carts:80"))
        .extracting(Gap::feature)
        .containsExactly("stateful_session");
    assertThat(gaps(World.standard(), Dialect.GRPC, ResourceType.LISTENER, "reviews:9080"))
        .isEmpty();
  }

  @Test
  void weightsOfEndpointsAreNotKeptByGrpc() {
    World world =
        World.empty()
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: api, namespace: prod}
                spec:
                  hosts: [api.example.com]
                  ports: [{number: 80, name: http, protocol: HTTP}]
                  resolution: STATIC
                  endpoints: [{address: 10.0.0.1, weight: 1}, {address: 10.0.0.2, weight: 3}]
                """);

    assertThat(gaps(world, Dialect.GRPC, ResourceType.ENDPOINT, "outbound|80||api.example.com"))
        .extracting(Gap::feature)
        .containsExactly("lb_endpoints.load_balancing_weight");
  }

  @Test
  void whatDoesNotExistHasNoGaps() {
    assertThat(gaps(World.standard(), Dialect.GRPC, ResourceType.ROUTE, "outbound|1||nobody"))
        .isEmpty();
  }
}
