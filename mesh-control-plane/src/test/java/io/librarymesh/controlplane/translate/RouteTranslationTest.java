package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import io.librarymesh.controlplane.istio.HttpRetry;
import io.librarymesh.proto.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.librarymesh.proto.envoy.config.route.v3.HeaderMatcher;
import io.librarymesh.proto.envoy.config.route.v3.RedirectAction.RedirectResponseCode;
import io.librarymesh.proto.envoy.config.route.v3.RetryPolicy;
import io.librarymesh.proto.envoy.config.route.v3.Route;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import io.librarymesh.proto.envoy.config.route.v3.WeightedCluster.ClusterWeight;
import io.librarymesh.proto.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.librarymesh.proto.envoy.type.v3.FractionalPercent;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What a rule becomes: examples D1 to D15, T2 to T12, F1 to F9, R3 to R12, M7 to M15 of the Istio
 * reference, on the level of the resource.
 */
class RouteTranslationTest {

  private static World world(String http) {
    return World.standard()
        .with(
            """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: reviews, namespace: prod}
            spec:
              hosts: [reviews]
              http: %s
            """
                .formatted(http));
  }

  private static Route route(String rule) {
    return world("[" + rule + "]").client().onlyRoute("reviews:9080");
  }

  private static RetryPolicy retries(String retries) {
    return route("{retries: " + retries + ", route: [{destination: {host: reviews}}]}")
        .getRoute()
        .getRetryPolicy();
  }

  private static List<HeaderMatcher> headers(String match) {
    return route("{match: [" + match + "], route: [{destination: {host: reviews}}]}")
        .getMatch()
        .getHeadersList();
  }

  @Test
  void weightsAreRelativeAndTheSubsetIsPartOfTheName() { // D1
    List<ClusterWeight> clusters =
        route(
                """
                {route: [{destination: {host: reviews, subset: v1}, weight: 1},
                         {destination: {host: reviews, subset: v2}, weight: 3}]}
                """)
            .getRoute()
            .getWeightedClusters()
            .getClustersList();

    assertThat(clusters)
        .extracting(ClusterWeight::getName, c -> c.getWeight().getValue())
        .containsExactly(
            tuple("outbound|9080|v1|reviews.prod.svc.cluster.local", 1),
            tuple("outbound|9080|v2|reviews.prod.svc.cluster.local", 3));
  }

  @Test
  void destinationWithoutWeightAmongSeveralGetsNothing() { // D5
    List<ClusterWeight> clusters =
        route(
                """
                {route: [{destination: {host: reviews}, weight: 50},
                         {destination: {host: ratings}}]}
                """)
            .getRoute()
            .getWeightedClusters()
            .getClustersList();

    assertThat(clusters)
        .extracting(ClusterWeight::getName)
        .containsExactly("outbound|9080||reviews.prod.svc.cluster.local");
  }

  @Test
  void onlyDestinationTakesEverythingWhateverItsWeight() { // 4.2
    assertThat(
            route("{route: [{destination: {host: reviews}, weight: 0}]}").getRoute().getCluster())
        .isEqualTo("outbound|9080||reviews.prod.svc.cluster.local");
  }

  @Test
  void destinationWithoutPortIsTakenAtTheRequestsPort() { // 4.1
    assertThat(route("{route: [{destination: {host: ratings}}]}").getRoute().getCluster())
        .isEqualTo("outbound|9080||ratings.prod.svc.cluster.local");
    assertThat(
            route("{route: [{destination: {host: ratings, port: {number: 8000}}}]}")
                .getRoute()
                .getCluster())
        .isEqualTo("outbound|8000||ratings.prod.svc.cluster.local");
  }

  @Test
  void serviceWithoutRulesRetriesTwiceAndHasNoTimeout() { // T2, 2.6
    Route route = World.standard().client().onlyRoute("reviews:9080");

    assertThat(route.getName()).isEqualTo("default");
    assertThat(route.getMatch()).isEqualTo(MatchTranslation.ANYTHING);
    assertThat(route.getRoute().getTimeout()).isEqualTo(Duration.getDefaultInstance());
    assertThat(route.getRoute().hasTimeout()).isTrue();
    assertThat(route.getRoute().hasMaxGrpcTimeout()).isTrue();
    assertThat(route.getRoute().getMaxGrpcTimeout()).isEqualTo(Duration.getDefaultInstance());
    assertBuiltIn(route.getRoute().getRetryPolicy(), 2);
  }

  private static void assertBuiltIn(RetryPolicy policy, int retries) {
    assertThat(policy.getRetryOn())
        .isEqualTo("connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes");
    assertThat(policy.getNumRetries().getValue()).isEqualTo(retries);
    assertThat(policy.getRetriableStatusCodesList()).isEmpty();
    assertThat(policy.getRetryHostPredicateList())
        .extracting(RetryPolicy.RetryHostPredicate::getName)
        .containsExactly("envoy.retry_host_predicates.previous_hosts");
    assertThat(policy.getHostSelectionRetryMaxAttempts()).isEqualTo(5);
    assertThat(policy.hasPerTryTimeout()).isFalse();
    assertThat(policy.hasRetryBackOff()).isFalse();
  }

  @Test
  void timeoutAloneKeepsTheBuiltInRetries() { // T3
    Route route = route("{timeout: 2s, route: [{destination: {host: reviews}}]}");

    assertThat(route.getRoute().getTimeout().getSeconds()).isEqualTo(2);
    assertThat(route.getRoute().getMaxGrpcTimeout().getSeconds()).isEqualTo(2);
    assertBuiltIn(route.getRoute().getRetryPolicy(), 2);
  }

  @Test
  void statusInRetryOnReplacesTheList() { // T5, T6
    RetryPolicy policy = retries("{attempts: 3, retryOn: '503'}");

    assertThat(policy.getNumRetries().getValue()).isEqualTo(3);
    assertThat(policy.getRetryOn()).isEqualTo("retriable-status-codes");
    assertThat(policy.getRetriableStatusCodesList()).containsExactly(503);
  }

  @Test
  void perTryTimeoutAndBackOffAreCarriedOver() { // T8, T9
    RetryPolicy policy = retries("{attempts: 3, perTryTimeout: 1s, retryOn: 5xx, backoff: 100ms}");

    assertThat(policy.getRetryOn()).isEqualTo("5xx");
    assertThat(policy.getPerTryTimeout().getSeconds()).isEqualTo(1);
    assertThat(policy.getRetryBackOff().getBaseInterval())
        .isEqualTo(Packing.duration(java.time.Duration.ofMillis(100)));
    assertThat(policy.getRetryBackOff().hasMaxInterval()).isFalse();
  }

  @Test
  void annotationLetsTriesOverlapWhereTheyHaveATime() { // docs/decisions/0010
    List<Route> routes =
        World.standard()
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata:
                  name: reviews
                  namespace: prod
                  annotations: {librarymesh.io/hedge-on-per-try-timeout: 'true'}
                spec:
                  hosts: [reviews]
                  http:
                    - match: [{uri: {prefix: /slow}}]
                      route: [{destination: {host: reviews}}]
                      retries: {attempts: 1, perTryTimeout: 1s}
                    - route: [{destination: {host: reviews}}]
                """)
            .client()
            .routes("reviews:9080");

    assertThat(routes.get(0).getRoute().getHedgePolicy().getHedgeOnPerTryTimeout()).isTrue();
    assertThat(routes.get(1).getRoute().hasHedgePolicy()).isFalse();
    assertThat(
            route("{retries: {attempts: 1, perTryTimeout: 1s}, " + TO + "}")
                .getRoute()
                .hasHedgePolicy())
        .isFalse();
  }

  @Test
  void attemptsOfZeroSwitchRetriesOff() { // 5.3
    assertThat(route("{retries: {}, route: [{destination: {host: reviews}}]}").getRoute())
        .matches(action -> !action.hasRetryPolicy());
  }

  @Test
  void ruleInheritsNothingFromTheMeshsPolicy() { // T11
    World world = world("[{retries: {attempts: 1}, route: [{destination: {host: reviews}}]}]");
    world.with(MeshConfig.DEFAULT.withDefaultHttpRetryPolicy(retry(5, "5xx")));
    RetryPolicy rule = world.client().onlyRoute("reviews:9080").getRoute().getRetryPolicy();
    RetryPolicy none = world.client().onlyRoute("web:80").getRoute().getRetryPolicy();

    assertBuiltIn(rule, 1);
    assertThat(none.getRetryOn()).isEqualTo("5xx");
    assertThat(none.getNumRetries().getValue()).isEqualTo(5);
  }

  @Test
  void meshCanSwitchRetriesOff() { // T12
    World world = World.standard();
    world.with(MeshConfig.DEFAULT.withDefaultHttpRetryPolicy(retry(0, "")));

    assertThat(world.client().onlyRoute("web:80").getRoute().hasRetryPolicy()).isFalse();
  }

  private static HttpRetry retry(int attempts, String on) {
    return new HttpRetry(
        attempts,
        Optional.empty(),
        on.isEmpty() ? List.of() : List.of(on),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void delayIsInMillionths() throws Exception { // F1, 6
    HTTPFault fault =
        fault(route("{fault: {delay: {percentage: {value: 0.5}, fixedDelay: 3s}}, " + TO + "}"));

    assertThat(fault.getDelay().getFixedDelay().getSeconds()).isEqualTo(3);
    assertThat(fault.getDelay().getPercentage())
        .isEqualTo(
            FractionalPercent.newBuilder()
                .setNumerator(5000)
                .setDenominator(FractionalPercent.DenominatorType.MILLION)
                .build());
    assertThat(fault.hasAbort()).isFalse();
  }

  @Test
  void abortWithAStatus() throws Exception { // F2
    HTTPFault fault =
        fault(route("{fault: {abort: {percentage: {value: 100}, httpStatus: 503}}, " + TO + "}"));

    assertThat(fault.getAbort().getHttpStatus()).isEqualTo(503);
    assertThat(fault.getAbort().getPercentage().getNumerator()).isEqualTo(1_000_000);
  }

  @Test
  void abortWithAGrpcStatus() throws Exception {
    HTTPFault fault =
        fault(
            route(
                "{fault: {abort: {percentage: {value: 100}, grpcStatus: UNAVAILABLE}}, "
                    + TO
                    + "}"));

    assertThat(fault.getAbort().getGrpcStatus()).isEqualTo(14);
  }

  @Test
  void delayInWholePercentWorks() throws Exception { // F5
    HTTPFault fault = fault(route("{fault: {delay: {percent: 100, fixedDelay: 1s}}, " + TO + "}"));

    assertThat(fault.getDelay().getPercentage().getNumerator()).isEqualTo(1_000_000);
  }

  @Test
  void faultBelongsToItsRuleAlone() { // F8
    List<Route> routes =
        world(
                "[{match: [{uri: {prefix: /a}}], "
                    + TO
                    + "}, {fault: {delay: {percent: 100, fixedDelay: 1s}}, "
                    + TO
                    + "}]")
            .client()
            .routes("reviews:9080");

    assertThat(routes.get(0).getTypedPerFilterConfigMap()).isEmpty();
    assertThat(routes.get(1).getTypedPerFilterConfigMap())
        .containsOnlyKeys(FaultTranslation.FILTER);
  }

  @Test
  void faultThatNeverHappensIsLeftOut() { // F9, and an abort without percentage
    assertThat(
            route(
                    "{fault: {delay: {percentage: {value: 100}}, abort: {httpStatus: 503}}, "
                        + TO
                        + "}")
                .getTypedPerFilterConfigMap())
        .isEmpty();
  }

  private static final String TO = "route: [{destination: {host: reviews}}]";

  private static HTTPFault fault(Route route) throws InvalidProtocolBufferException {
    Any config = route.getTypedPerFilterConfigOrThrow(FaultTranslation.FILTER);
    return config.unpack(HTTPFault.class);
  }

  @Test
  void bodyOfDirectResponseMayBeAsLongAsIstioLetsItBe() { // Appendix 1
    World.Client client =
        World.standard()
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: v, namespace: prod}
                spec:
                  hosts: [reviews]
                  http: [{directResponse: {status: 418}}]
                """)
            .client();

    RouteConfiguration routes =
        client.routeConfiguration(client.routesOf("reviews:9080")).orElseThrow();

    assertThat(routes.getMaxDirectResponseBodySizeBytes().getValue()).isEqualTo(1 << 20);
  }

  @Test
  void directResponseAnswersWithStatusAndBody() {
    Route route = route("{directResponse: {status: 418, body: {string: teapot}}}");

    assertThat(route.getDirectResponse().getStatus()).isEqualTo(418);
    assertThat(route.getDirectResponse().getBody().getInlineString()).isEqualTo("teapot");
  }

  @Test
  void redirectKeepsWhatIsNotSaid() { // R9, R11, R12
    Route path = route("{redirect: {uri: /x, redirectCode: 302}}");
    Route port = route("{redirect: {authority: new, derivePort: FROM_REQUEST_PORT}}");

    assertThat(path.getRedirect().getPathRedirect()).isEqualTo("/x");
    assertThat(path.getRedirect().getResponseCode()).isEqualTo(RedirectResponseCode.FOUND);
    assertThat(path.getRedirect().getHostRedirect()).isEmpty();
    assertThat(port.getRedirect().getHostRedirect()).isEqualTo("new");
    assertThat(port.getRedirect().getPortRedirect()).isEqualTo(9080);
    assertThat(port.getRedirect().getResponseCode())
        .isEqualTo(RedirectResponseCode.MOVED_PERMANENTLY);
  }

  @Test
  void headersAreRemovedSetAndAddedInOrder() { // 4.5, D14
    Route route =
        route(
            "{headers: {request: {set: {b: '1', a: '1', Host: h}, add: {c: '2'}, remove: [d]}}, "
                + TO
                + "}");

    assertThat(route.getRequestHeadersToAddList())
        .extracting(h -> h.getHeader().getKey(), h -> h.getAppendAction())
        .containsExactly(
            tuple("a", HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD),
            tuple("b", HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD),
            tuple("c", HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD));
    assertThat(route.getRequestHeadersToRemoveList()).containsExactly("d");
    assertThat(route.getRoute().getHostRewriteLiteral()).isEqualTo("h"); // D15
  }

  @Test
  void onlyDestinationsHeadersComeAfterTheRules() { // D11
    Route one =
        route(
            """
            {headers: {request: {set: {x: r}}},
             route: [{destination: {host: reviews}, headers: {request: {set: {x: d}}}}]}
            """);
    Route two =
        route(
            """
            {headers: {request: {set: {x: r}}},
             route: [{destination: {host: reviews}, weight: 1, headers: {request: {set: {x: d}}}},
                     {destination: {host: ratings}, weight: 1}]}
            """);

    assertThat(one.getRequestHeadersToAddList())
        .extracting(h -> h.getHeader().getValue())
        .containsExactly("r", "d");
    assertThat(two.getRequestHeadersToAddList())
        .extracting(h -> h.getHeader().getValue())
        .containsExactly("r");
    assertThat(two.getRoute().getWeightedClusters().getClusters(0).getRequestHeadersToAddList())
        .extracting(h -> h.getHeader().getValue())
        .containsExactly("d");
  }

  @Test
  void mirrorsCarryTheirShare() { // D19
    Route route =
        route(
            """
            {mirrors: [{destination: {host: ratings, port: {number: 8000}}, percentage: {value: 50}},
                       {destination: {host: web}, percentage: {value: 0}}],
             route: [{destination: {host: reviews}}]}
            """);

    assertThat(route.getRoute().getRequestMirrorPoliciesList())
        .extracting(
            m -> m.getCluster(), m -> m.getRuntimeFraction().getDefaultValue().getNumerator())
        .containsExactly(tuple("outbound|8000||ratings.prod.svc.cluster.local", 500_000));
  }

  @Test
  void prefixIsOfCharactersAndCaseIsSaid() {
    RouteMatch match =
        route("{match: [{uri: {prefix: /foo}, ignoreUriCase: true}], " + TO + "}").getMatch();

    assertThat(match.getPrefix()).isEqualTo("/foo");
    assertThat(match.hasCaseSensitive()).isTrue();
    assertThat(match.getCaseSensitive().getValue()).isFalse();
  }

  @Test
  void presenceAndAbsence() { // M7, M9
    assertThat(headers("{headers: {x: {}}}"))
        .singleElement()
        .matches(m -> m.getPresentMatch() && !m.getInvertMatch());
    assertThat(headers("{withoutHeaders: {x: {}}}"))
        .singleElement()
        .matches(m -> m.getPresentMatch() && m.getInvertMatch());
  }

  @Test
  void withoutComparesAMissingHeaderAsEmpty() { // M10
    assertThat(headers("{withoutHeaders: {x: {regex: '.*'}}}"))
        .singleElement()
        .matches(m -> m.getInvertMatch() && m.getTreatMissingHeaderAsEmpty())
        .matches(m -> m.getStringMatch().getSafeRegex().getRegex().equals(".*"));
  }

  @Test
  void headersAreInOrderOfTheirNamesAndThenTheRequestLine() {
    assertThat(
            headers(
                "{headers: {b: {exact: x}, a: {prefix: y}}, method: {exact: GET}, "
                    + "authority: {exact: reviews}, scheme: {exact: http}}"))
        .extracting(HeaderMatcher::getName)
        .containsExactly("a", "b", ":method", ":authority", ":scheme");
  }

  @Test
  void queryParametersAreConditions() { // M13
    RouteMatch match =
        route("{match: [{queryParams: {debug: {exact: 'true'}}}], " + TO + "}").getMatch();

    assertThat(match.getQueryParametersList())
        .singleElement()
        .matches(q -> q.getName().equals("debug"))
        .matches(q -> q.getStringMatch().getExact().equals("true"));
  }

  @Test
  void routeSaysWhereItIsWritten() {
    Route route = route("{name: r, match: [{name: m, uri: {exact: /x}}], " + TO + "}");

    assertThat(route.getName()).isEqualTo("r.m");
    assertThat(
            route
                .getMetadata()
                .getFilterMetadataOrThrow("istio")
                .getFieldsOrThrow("config")
                .getStringValue())
        .isEqualTo("/apis/networking.istio.io/v1/namespaces/prod/virtual-service/reviews");
    assertThat(
            route
                .getMetadata()
                .getFilterMetadataOrThrow("io.librarymesh")
                .getFieldsOrThrow("origin")
                .getStringValue())
        .isEqualTo("2.yaml:6");
  }

  @Test
  void equalInputGivesEqualBytes() {
    World world =
        world(
            """
            [{headers: {request: {set: {b: '1', a: '2', c: '3'}}},
              fault: {delay: {percent: 1, fixedDelay: 1s}}, route: [{destination: {host: reviews}}]}]
            """);
    String name = "outbound|9080||reviews.prod.svc.cluster.local";

    assertThat(Packing.pack(world.client().routeConfiguration(name).orElseThrow()))
        .isEqualTo(Packing.pack(world.client().routeConfiguration(name).orElseThrow()));
  }
}
