package io.librarymesh.xds;

import static io.librarymesh.xds.SampleResources.forward;
import static io.librarymesh.xds.SampleResources.route;
import static io.librarymesh.xds.SampleResources.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.UInt32Value;
import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.FaultInjection.Abort;
import io.librarymesh.config.FaultInjection.Delay;
import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.HeaderMatch;
import io.librarymesh.config.Route;
import io.librarymesh.config.ValueMatch;
import io.librarymesh.proto.envoy.config.route.v3.FilterConfig;
import io.librarymesh.proto.envoy.config.route.v3.HeaderMatcher;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.config.route.v3.VirtualHost;
import io.librarymesh.proto.envoy.extensions.filters.common.fault.v3.FaultDelay;
import io.librarymesh.proto.envoy.extensions.filters.common.fault.v3.FaultRateLimit;
import io.librarymesh.proto.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.librarymesh.proto.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.librarymesh.proto.envoy.extensions.filters.http.rbac.v3.RBACPerRoute;
import io.librarymesh.proto.envoy.type.v3.FractionalPercent.DenominatorType;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FaultReaderTest {
  private static final HttpFilters BARE = HttpFilters.NONE.withFaults(HttpFilters.BARE_FAULTS);
  private static final String FAULT = "envoy.filters.http.fault";
  private static final String AT =
      "virtual_hosts[0].routes[0].typed_per_filter_config[\"envoy.filters.http.fault\"]";
  private static final FaultInjection ABORT_501 =
      new FaultInjection(Delay.NONE, new Abort(new FractionalPercent(70, 100), 501));

  private static HTTPFault abort(int status) {
    return HTTPFault.newBuilder()
        .setAbort(FaultAbort.newBuilder().setHttpStatus(status).setPercentage(percent(70)))
        .build();
  }

  private static io.librarymesh.proto.envoy.type.v3.FractionalPercent percent(int numerator) {
    return io.librarymesh.proto.envoy.type.v3.FractionalPercent.newBuilder()
        .setNumerator(numerator)
        .build();
  }

  private static RouteConfiguration onRoute(HTTPFault fault) {
    return SampleResources.routes(
        "r", route(forward("c").build()).putTypedPerFilterConfig(FAULT, Any.pack(fault)).build());
  }

  private static FaultInjection read(HTTPFault fault) {
    return faults(onRoute(fault)).get(0);
  }

  private static List<FaultInjection> faults(RouteConfiguration message) {
    return faults(message, BARE);
  }

  private static List<FaultInjection> faults(RouteConfiguration message, HttpFilters filter) {
    return Reading.value(ResourceType.ROUTE, message)
        .under(ConnectionManager.of(filter))
        .virtualHosts()
        .get(0)
        .routes()
        .stream()
        .map(Route::fault)
        .toList();
  }

  @Test
  void delayAndAbort() {
    HTTPFault fault =
        abort(503).toBuilder()
            .setDelay(
                FaultDelay.newBuilder()
                    .setFixedDelay(seconds(2))
                    .setPercentage(
                        percent(500_000).toBuilder().setDenominator(DenominatorType.MILLION)))
            .build();
    assertThat(read(fault))
        .isEqualTo(
            new FaultInjection(
                new Delay(new FractionalPercent(500_000, 1_000_000), TimeUnit.SECONDS.toNanos(2)),
                new Abort(new FractionalPercent(70, 100), 503)));
  }

  @Test
  void withoutAPercentageNothingIsInjected() {
    assertThat(
            read(
                HTTPFault.newBuilder()
                    .setDelay(FaultDelay.newBuilder().setFixedDelay(seconds(2)))
                    .setAbort(FaultAbort.newBuilder().setHttpStatus(503))
                    .build()))
        .isEqualTo(FaultInjection.NONE);
  }

  @Test
  void valuesAreChecked() {
    HTTPFault fault =
        abort(199).toBuilder()
            .setDelay(FaultDelay.newBuilder().setFixedDelay(seconds(0)).setPercentage(percent(1)))
            .build();
    assertThat(Reading.errors(ResourceType.ROUTE, onRoute(fault)))
        .containsExactly(
            AT + ".delay.fixed_delay: 0s (expected: > 0s)",
            AT + ".abort.http_status: 199 (expected: 200..599)");
    assertThat(
            Reading.errors(
                ResourceType.ROUTE,
                onRoute(
                    HTTPFault.newBuilder()
                        .setDelay(FaultDelay.getDefaultInstance())
                        .setAbort(FaultAbort.getDefaultInstance())
                        .build())))
        .containsExactly(
            AT + ".delay: no delay (expected: fixed_delay)",
            AT + ".abort: no status (expected: http_status)");
  }

  @Test
  void gatesSayWhichRequestsGetAFault() {
    HTTPFault restricted =
        abort(501).toBuilder()
            .addHeaders(HeaderMatcher.newBuilder().setName("x"))
            .setUpstreamCluster("c")
            .addDownstreamNodes("one")
            .addDownstreamNodes("two")
            .build();
    assertThat(read(restricted).gate())
        .isEqualTo(
            new FaultInjection.Gate(
                "c",
                Set.of("one", "two"),
                List.of(new HeaderMatch("x", new ValueMatch.Present(true), false, false))));
    assertThat(read(restricted).abort()).isEqualTo(ABORT_501.abort());
    assertThat(Reading.warnings(ResourceType.ROUTE, onRoute(restricted))).isEmpty();
    HTTPFault broken = abort(501).toBuilder().addHeaders(HeaderMatcher.newBuilder()).build();
    assertThat(Reading.errors(ResourceType.ROUTE, onRoute(broken)))
        .containsExactly(AT + ".headers[0].name: empty (expected: a header name)");
  }

  @Test
  void rateOfTheResponse() {
    FaultRateLimit.FixedLimit fixed =
        FaultRateLimit.FixedLimit.newBuilder().setLimitKbps(100).build();
    FaultRateLimit.Builder limit =
        FaultRateLimit.newBuilder().setFixedLimit(fixed).setPercentage(percent(5));
    FractionalPercent share = new FractionalPercent(5, 100);
    assertThat(read(limited(limit)).responseRateLimit())
        .isEqualTo(new FaultInjection.ResponseRateLimit(share, 100));
    assertThat(Reading.warnings(ResourceType.ROUTE, onRoute(limited(limit)))).isEmpty();
    limit.setFixedLimit(fixed.toBuilder().setLimitKbps(-1));
    assertThat(read(limited(limit)).responseRateLimit().kibPerSecond()).isEqualTo(Long.MAX_VALUE);
    limit.setHeaderLimit(FaultRateLimit.HeaderLimit.getDefaultInstance());
    assertThat(read(limited(limit)).responseRateLimit())
        .isEqualTo(FaultInjection.ResponseRateLimit.ofHeader(share));
    limit.setFixedLimit(FaultRateLimit.FixedLimit.getDefaultInstance());
    assertThat(Reading.errors(ResourceType.ROUTE, onRoute(limited(limit))))
        .containsExactly(AT + ".response_rate_limit.fixed_limit.limit_kbps: 0 (expected: >= 1)");
    assertThat(Reading.errors(ResourceType.ROUTE, onRoute(limited(limit.clearFixedLimit()))))
        .containsExactly(AT + ".response_rate_limit: no limit (expected: fixed_limit)");
  }

  private static HTTPFault limited(FaultRateLimit.Builder limit) {
    return HTTPFault.newBuilder().setResponseRateLimit(limit).build();
  }

  @Test
  void faultsMayBeOfGrpcOrWhatRequestsAskFor() {
    HTTPFault fault =
        HTTPFault.newBuilder()
            .setAbort(FaultAbort.newBuilder().setGrpcStatus(14).setPercentage(percent(1)))
            .setDelay(
                FaultDelay.newBuilder()
                    .setHeaderDelay(FaultDelay.HeaderDelay.getDefaultInstance())
                    .setPercentage(percent(2)))
            .setMaxActiveFaults(UInt32Value.of(7))
            .build();
    assertThat(read(fault))
        .isEqualTo(
            new FaultInjection(
                FaultInjection.Delay.ofHeader(new FractionalPercent(2, 100)),
                FaultInjection.Abort.ofGrpc(new FractionalPercent(1, 100), 14),
                7));
    HTTPFault requested =
        HTTPFault.newBuilder()
            .setAbort(
                FaultAbort.newBuilder()
                    .setHeaderAbort(FaultAbort.HeaderAbort.getDefaultInstance())
                    .setPercentage(percent(1)))
            .build();
    assertThat(read(requested).abort())
        .isEqualTo(FaultInjection.Abort.ofHeader(new FractionalPercent(1, 100)));
    assertThat(Reading.warnings(ResourceType.ROUTE, onRoute(fault))).isEmpty();
  }

  @Test
  void mostSpecificLevelCountsWhole() {
    RouteConfiguration message =
        RouteConfiguration.newBuilder()
            .putTypedPerFilterConfig(FAULT, Any.pack(abort(501)))
            .addVirtualHosts(
                VirtualHost.newBuilder()
                    .addDomains("a")
                    .addRoutes(route(forward("c").build()))
                    .addRoutes(
                        route(forward("c").build())
                            .putTypedPerFilterConfig(
                                FAULT, Any.pack(HTTPFault.getDefaultInstance())))
                    .addRoutes(
                        route(forward("c").build())
                            .putTypedPerFilterConfig(
                                FAULT,
                                Any.pack(FilterConfig.newBuilder().setDisabled(true).build()))))
            .addVirtualHosts(
                VirtualHost.newBuilder()
                    .addDomains("b")
                    .putTypedPerFilterConfig(
                        FAULT,
                        Any.pack(FilterConfig.newBuilder().setConfig(Any.pack(abort(404))).build()))
                    .addRoutes(route(forward("c").build())))
            .build();

    assertThat(faults(message))
        .containsExactly(ABORT_501, FaultInjection.NONE, FaultInjection.NONE);
    assertThat(
            Reading.value(ResourceType.ROUTE, message)
                .config()
                .virtualHosts()
                .get(1)
                .routes()
                .get(0)
                .fault()
                .abort()
                .httpStatus())
        .isEqualTo(404);
  }

  @Test
  void listenersFaultCountsForRoutesThatSayNothing() {
    RouteConfiguration message =
        SampleResources.routes(
            "r",
            route(forward("c").build()).build(),
            route(forward("c").build())
                .putTypedPerFilterConfig(FAULT, Any.pack(HTTPFault.getDefaultInstance()))
                .build());
    assertThat(faults(message, HttpFilters.NONE.withFaults(new FilterLevel<>(true, ABORT_501))))
        .containsExactly(ABORT_501, FaultInjection.NONE);
  }

  @Test
  void withoutTheFilterNoFaultIsInjected() {
    assertThat(faults(onRoute(abort(501)), HttpFilters.NONE)).containsExactly(FaultInjection.NONE);
    RouteResource plain = Reading.value(ResourceType.ROUTE, SampleResources.routes("r", "c"));
    assertThat(plain.under(ConnectionManager.of(HttpFilters.NONE))).isSameAs(plain.config());
    assertThat(plain.under(ConnectionManager.of(BARE))).isSameAs(plain.config());
  }

  @Test
  void otherFiltersOverridesAreNamed() {
    RouteConfiguration message =
        SampleResources.routes(
            "r",
            route(forward("c").build())
                .putTypedPerFilterConfig(
                    "envoy.filters.http.rbac", Any.pack(RBACPerRoute.getDefaultInstance()))
                .build());
    assertThat(Reading.warnings(ResourceType.ROUTE, message))
        .containsExactly(
            "virtual_hosts[0].routes[0].typed_per_filter_config[\"envoy.filters.http.rbac\"]:"
                + " envoy.extensions.filters.http.rbac.v3.RBACPerRoute not carried out");
  }
}
