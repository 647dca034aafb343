package io.librarymesh.xds;

import static io.librarymesh.xds.SampleResources.forward;
import static io.librarymesh.xds.SampleResources.route;
import static io.librarymesh.xds.SampleResources.routes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.Value;
import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.HeaderMatch;
import io.librarymesh.config.PathMatch;
import io.librarymesh.config.PathNormalization;
import io.librarymesh.config.QueryParameterMatch;
import io.librarymesh.config.Route;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.Timeouts;
import io.librarymesh.config.ValueMatch;
import io.librarymesh.proto.envoy.config.core.v3.Metadata;
import io.librarymesh.proto.envoy.config.core.v3.RuntimeFractionalPercent;
import io.librarymesh.proto.envoy.config.route.v3.ClusterSpecifierPlugin;
import io.librarymesh.proto.envoy.config.route.v3.HeaderMatcher;
import io.librarymesh.proto.envoy.config.route.v3.NonForwardingAction;
import io.librarymesh.proto.envoy.config.route.v3.QueryParameterMatcher;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import io.librarymesh.proto.envoy.config.route.v3.VirtualHost;
import io.librarymesh.proto.envoy.type.matcher.v3.RegexMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.StringMatcher;
import io.librarymesh.proto.envoy.type.v3.FractionalPercent.DenominatorType;
import io.librarymesh.proto.envoy.type.v3.Int64Range;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteReaderTest {
  private static final HttpFilters BARE = HttpFilters.NONE.withFaults(HttpFilters.BARE_FAULTS);

  private static RouteConfiguration withMatch(RouteMatch.Builder match) {
    return routes("r", route(forward("c").build()).setMatch(match).build());
  }

  private static RouteConfiguration withHost(VirtualHost.Builder host) {
    return RouteConfiguration.newBuilder().setName("r").addVirtualHosts(host).build();
  }

  private static RouteConfiguration withHeader(HeaderMatcher.Builder header) {
    return withMatch(RouteMatch.newBuilder().setPrefix("/").addHeaders(header));
  }

  private static io.librarymesh.config.RouteMatch match(RouteMatch.Builder match) {
    return onlyRoute(withMatch(match)).match();
  }

  private static ValueMatch headerValue(HeaderMatcher.Builder header) {
    return onlyRoute(withHeader(header.setName("x"))).match().headers().get(0).value();
  }

  private static Route onlyRoute(RouteConfiguration message) {
    return read(message).virtualHosts().get(0).routes().get(0);
  }

  private static RouteConfig read(RouteConfiguration message) {
    return Reading.value(ResourceType.ROUTE, message).config();
  }

  private static List<String> errors(RouteConfiguration message) {
    return Reading.errors(ResourceType.ROUTE, message);
  }

  private static StringMatcher exact(String value) {
    return StringMatcher.newBuilder().setExact(value).build();
  }

  @Test
  void virtualHostKeepsNameDomainsAndOrder() {
    RouteConfiguration message =
        RouteConfiguration.newBuilder()
            .setName("outbound|3000||greeter")
            .setIgnorePortInHostMatching(true)
            .addVirtualHosts(
                VirtualHost.newBuilder()
                    .setName("greeter")
                    .addDomains("greeter:3000")
                    .addDomains("*.greeter")
                    .addDomains("greeter.*")
                    .setIncludeRequestAttemptCount(true)
                    .addRoutes(route(forward("a").build()).setName("first"))
                    .addRoutes(route(forward("b").build()).setName("second")))
            .addVirtualHosts(VirtualHost.newBuilder().setName("rest").addDomains("*"))
            .build();

    RouteConfig config = read(message);

    assertThat(config.name()).isEqualTo("outbound|3000||greeter");
    assertThat(config.ignorePortInHost()).isTrue();
    assertThat(config.virtualHosts()).hasSize(2);
    assertThat(config.virtualHosts().get(0).domains())
        .containsExactly("greeter:3000", "*.greeter", "greeter.*");
    assertThat(config.virtualHosts().get(0).attemptCount().inRequest()).isTrue();
    assertThat(config.virtualHosts().get(1).attemptCount().inRequest()).isFalse();
    assertThat(config.virtualHosts().get(0).routes())
        .extracting(Route::name)
        .containsExactly("first", "second");
    assertThat(Reading.value(ResourceType.ROUTE, message).clusters()).containsExactly("a", "b");
  }

  @Test
  void pathsAreCaseSensitiveUnlessTold() {
    assertThat(match(RouteMatch.newBuilder().setPrefix("/a")).path())
        .isEqualTo(new PathMatch.Prefix("/a", true));
    assertThat(match(RouteMatch.newBuilder().setPath("/a")).path())
        .isEqualTo(new PathMatch.Exact("/a", true));
    assertThat(match(RouteMatch.newBuilder().setPathSeparatedPrefix("/a")).path())
        .isEqualTo(new PathMatch.SeparatedPrefix("/a", true));
    assertThat(
            match(RouteMatch.newBuilder().setPrefix("/a").setCaseSensitive(BoolValue.of(false)))
                .path())
        .isEqualTo(new PathMatch.Prefix("/a", false));
    assertThat(
            match(RouteMatch.newBuilder().setSafeRegex(RegexMatcher.newBuilder().setRegex("/.*")))
                .path())
        .isEqualTo(new PathMatch.Regex("/.*"));
  }

  @Test
  void separatedPrefixHasNoQueryFragmentOrSlashAtItsEnd() {
    for (String prefix : List.of("/a/", "/a?b", "/a#b", "/", "")) {
      assertThat(errors(withMatch(RouteMatch.newBuilder().setPathSeparatedPrefix(prefix))))
          .containsExactly(
              "virtual_hosts[0].routes[0].match.path_separated_prefix: "
                  + prefix
                  + " (expected: a path such as /a/b, without ?, # and a slash at its end)");
    }
  }

  @Test
  void badExpressionNamesItsPlace() {
    assertThat(
            errors(
                withMatch(
                    RouteMatch.newBuilder().setSafeRegex(RegexMatcher.newBuilder().setRegex("(")))))
        .containsExactly(
            "virtual_hosts[0].routes[0].match.safe_regex.regex: ( (expected: an RE2 expression;"
                + " missing closing ))");
  }

  @Test
  void conditionsThatCannotBeCheckedAreErrors() {
    assertThat(errors(withMatch(RouteMatch.newBuilder()))).hasSize(1);
    UnknownFieldSet connectMatcher =
        UnknownFieldSet.newBuilder()
            .addField(12, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    assertThat(
            errors(
                withMatch(RouteMatch.newBuilder().setPrefix("/").setUnknownFields(connectMatcher))))
        .containsExactly(
            "virtual_hosts[0].routes[0].match: field 12 of envoy.config.route.v3.RouteMatch"
                + " (expected: a condition that this client can check)");
    assertThat(
            errors(
                withHeader(
                    HeaderMatcher.newBuilder()
                        .setName("x")
                        .setStringMatch(
                            StringMatcher.newBuilder().setUnknownFields(connectMatcher)))))
        .contains(
            "virtual_hosts[0].routes[0].match.headers[0].string_match: no pattern (expected:"
                + " exact, prefix, suffix, contains or safe_regex)");
  }

  @Test
  void headerConditions() {
    HeaderMatcher.Builder header = HeaderMatcher.newBuilder();
    assertThat(headerValue(header.clone())).isEqualTo(new ValueMatch.Present(true));
    assertThat(headerValue(header.clone().setPresentMatch(false)))
        .isEqualTo(new ValueMatch.Present(false));
    assertThat(headerValue(header.clone().setStringMatch(exact("v"))))
        .isEqualTo(new ValueMatch.Text(new StringMatch.Exact("v", false)));
    assertThat(
            headerValue(
                header
                    .clone()
                    .setStringMatch(
                        StringMatcher.newBuilder().setContains("v").setIgnoreCase(true))))
        .isEqualTo(new ValueMatch.Text(new StringMatch.Contains("v", true)));
    assertThat(
            headerValue(
                header.clone().setRangeMatch(Int64Range.newBuilder().setStart(-1).setEnd(10))))
        .isEqualTo(new ValueMatch.Range(-1, 10));
  }

  @Test
  void headerConditionsInTheirOlderSpelling() {
    HeaderMatcher.Builder header = HeaderMatcher.newBuilder();
    assertThat(headerValue(header.clone().setExactMatch("v")))
        .isEqualTo(new ValueMatch.Text(new StringMatch.Exact("v", false)));
    assertThat(headerValue(header.clone().setPrefixMatch("v")))
        .isEqualTo(new ValueMatch.Text(new StringMatch.Prefix("v", false)));
    assertThat(headerValue(header.clone().setSuffixMatch("v")))
        .isEqualTo(new ValueMatch.Text(new StringMatch.Suffix("v", false)));
    assertThat(headerValue(header.clone().setContainsMatch("v")))
        .isEqualTo(new ValueMatch.Text(new StringMatch.Contains("v", false)));
    assertThat(
            headerValue(
                header.clone().setSafeRegexMatch(RegexMatcher.newBuilder().setRegex("v.*"))))
        .isEqualTo(new ValueMatch.Text(new StringMatch.Regex("v.*")));
    // Any value, but a missing header fails it even when it is inverted.
    assertThat(headerValue(header.clone().setExactMatch("")))
        .isEqualTo(new ValueMatch.Text(new StringMatch.Prefix("", false)));
  }

  @Test
  void headerNamesAreLowerCaseAndFlagsAreKept() {
    HeaderMatch match =
        onlyRoute(
                withHeader(
                    HeaderMatcher.newBuilder()
                        .setName("X-User")
                        .setStringMatch(exact("alpha"))
                        .setInvertMatch(true)
                        .setTreatMissingHeaderAsEmpty(true)))
            .match()
            .headers()
            .get(0);
    assertThat(match)
        .isEqualTo(
            new HeaderMatch(
                "x-user", new ValueMatch.Text(new StringMatch.Exact("alpha", false)), true, true));
  }

  @Test
  void headerWithoutNameOrWithAnUnknownPseudoHeaderIsRefused() {
    assertThat(errors(withHeader(HeaderMatcher.newBuilder())))
        .containsExactly(
            "virtual_hosts[0].routes[0].match.headers[0].name: empty (expected: a header name)");
    assertThat(errors(withHeader(HeaderMatcher.newBuilder().setName(":status")))).hasSize(1);
  }

  @Test
  void grpcRequestsAreKnownByTheirContentType() {
    List<HeaderMatch> headers =
        match(
                RouteMatch.newBuilder()
                    .setPrefix("/")
                    .setGrpc(RouteMatch.GrpcRouteMatchOptions.getDefaultInstance()))
            .headers();
    assertThat(headers)
        .containsExactly(
            new HeaderMatch(
                "content-type",
                new ValueMatch.Text(new StringMatch.Regex("application/grpc(\\+.*)?")),
                false,
                false));
  }

  @Test
  void queryParameters() {
    List<QueryParameterMatch> parameters =
        match(
                RouteMatch.newBuilder()
                    .setPrefix("/")
                    .addQueryParameters(QueryParameterMatcher.newBuilder().setName("a"))
                    .addQueryParameters(
                        QueryParameterMatcher.newBuilder().setName("b").setStringMatch(exact("1"))))
            .queryParameters();
    assertThat(parameters)
        .containsExactly(
            new QueryParameterMatch("a", new ValueMatch.Present(true)),
            new QueryParameterMatch("b", new ValueMatch.Text(new StringMatch.Exact("1", false))));
  }

  @Test
  void fractionsKeepTheirDenominator() {
    assertThat(fraction(25, DenominatorType.HUNDRED)).isEqualTo(new FractionalPercent(25, 100));
    assertThat(fraction(1, DenominatorType.TEN_THOUSAND))
        .isEqualTo(new FractionalPercent(1, 10_000));
    assertThat(fraction(-1, DenominatorType.MILLION))
        .describedAs("2^32-1, which is always")
        .isEqualTo(new FractionalPercent(1_000_000, 1_000_000));
    assertThat(match(RouteMatch.newBuilder().setPrefix("/")).fraction())
        .isEqualTo(FractionalPercent.ALWAYS);
  }

  private static FractionalPercent fraction(int numerator, DenominatorType denominator) {
    return match(
            RouteMatch.newBuilder()
                .setPrefix("/")
                .setRuntimeFraction(
                    RuntimeFractionalPercent.newBuilder()
                        .setDefaultValue(
                            io.librarymesh.proto.envoy.type.v3.FractionalPercent.newBuilder()
                                .setNumerator(numerator)
                                .setDenominator(denominator))))
        .fraction();
  }

  @Test
  void domainsAreWellFormedAndUnique() {
    assertThat(errors(withHost(VirtualHost.newBuilder())))
        .containsExactly("virtual_hosts[0].domains: empty (expected: at least one)");
    assertThat(errors(withHost(VirtualHost.newBuilder().addDomains("a.*.com"))))
        .containsExactly(
            "virtual_hosts[0].domains[0]: a.*.com (expected: a name with at most one *, at its"
                + " start or end)");
    assertThat(errors(withHost(VirtualHost.newBuilder().addDomains("*a*")))).hasSize(1);
    assertThat(errors(withHost(VirtualHost.newBuilder().addDomains("")))).hasSize(1);
    assertThat(
            errors(
                RouteConfiguration.newBuilder()
                    .addVirtualHosts(VirtualHost.newBuilder().addDomains("a.com"))
                    .addVirtualHosts(VirtualHost.newBuilder().addDomains("A.com"))
                    .build()))
        .containsExactly(
            "virtual_hosts[1].domains[0]: A.com (expected: a domain that stands once in all"
                + " virtual hosts)");
  }

  @Test
  void routingTreeInPlaceOfRoutesIsRefused() {
    UnknownFieldSet matcher =
        UnknownFieldSet.newBuilder()
            .addField(21, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    assertThat(errors(withHost(VirtualHost.newBuilder().addDomains("*").setUnknownFields(matcher))))
        .containsExactly("virtual_hosts[0]: matcher (expected: routes)");
  }

  @Test
  void actionsThatCannotBeCarriedOutAreRefused() {
    assertThat(
            errors(
                routes(
                    "r",
                    io.librarymesh.proto.envoy.config.route.v3.Route.newBuilder()
                        .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                        .setNonForwardingAction(NonForwardingAction.getDefaultInstance())
                        .build())))
        .containsExactly(
            "virtual_hosts[0].routes[0]: non_forwarding_action (expected: route, redirect or"
                + " direct_response)");
    assertThat(
            errors(
                routes("r", io.librarymesh.proto.envoy.config.route.v3.Route.newBuilder().build())))
        .containsExactly(
            "virtual_hosts[0].routes[0].match: not set (expected: a condition)",
            "virtual_hosts[0].routes[0].match: no path specifier (expected: prefix, path,"
                + " safe_regex or path_separated_prefix)",
            "virtual_hosts[0].routes[0]: action_not_set (expected: route, redirect or"
                + " direct_response)");
  }

  @Test
  void originIsTheFileAndLineElseTheResource() {
    assertThat(originOf("istio", "config", "")).isEmpty();
    assertThat(
            originOf(
                "istio",
                "config",
                "/apis/networking.istio.io/v1/namespaces/shop/virtual-service/cart"))
        .isEqualTo("virtual-service shop/cart");
    assertThat(originOf("io.librarymesh", "origin", "routes.yaml:12")).isEqualTo("routes.yaml:12");
  }

  private static String originOf(String filter, String key, String value) {
    Struct values =
        Struct.newBuilder()
            .putFields(key, Value.newBuilder().setStringValue(value).build())
            .build();
    return onlyRoute(
            routes(
                "r",
                route(forward("c").build())
                    .setMetadata(Metadata.newBuilder().putFilterMetadata(filter, values))
                    .build()))
        .origin();
  }

  @Test
  void fieldsThatAreNotCarriedOutAreNamed() {
    RouteConfiguration message =
        withHost(
                VirtualHost.newBuilder()
                    .addDomains("*")
                    .addRoutes(
                        route(
                            forward("c")
                                .addUpgradeConfigs(RouteAction.UpgradeConfig.getDefaultInstance())
                                .setAutoHostRewrite(BoolValue.of(false))
                                .build())))
            .toBuilder()
            .addClusterSpecifierPlugins(ClusterSpecifierPlugin.getDefaultInstance())
            .setMaxDirectResponseBodySizeBytes(UInt32Value.of(10))
            .build();
    assertThat(Reading.warnings(ResourceType.ROUTE, message))
        .containsExactlyInAnyOrder(
            "cluster_specifier_plugins: not carried out",
            "virtual_hosts[0].routes[0].route.upgrade_configs: not carried out");
  }

  @Test
  void whatARouteDoesNotBoundItsListenerDoes() {
    RouteConfiguration message =
        withHost(
            VirtualHost.newBuilder()
                .addDomains("*")
                .addRoutes(route(forward("silent").build()))
                .addRoutes(
                    route(
                        forward("own")
                            .setIdleTimeout(SampleResources.seconds(0))
                            .setMaxStreamDuration(
                                RouteAction.MaxStreamDuration.newBuilder()
                                    .setMaxStreamDuration(SampleResources.seconds(0)))
                            .build()))
                .addRoutes(
                    route(
                        forward("configured")
                            .setMaxStreamDuration(
                                RouteAction.MaxStreamDuration.getDefaultInstance())
                            .build())));
    RouteResource read = Reading.value(ResourceType.ROUTE, message);
    ConnectionManager manager = new ConnectionManager(BARE, PathNormalization.NONE, 7, 9);

    List<Timeouts> timeouts =
        read.under(manager).virtualHosts().get(0).routes().stream()
            .map(r -> ((io.librarymesh.config.RouteAction.Forward) r.action()).timeouts())
            .toList();

    assertThat(timeouts).extracting(t -> t.stream().maxNanos()).containsExactly(7L, 0L, 7L);
    assertThat(timeouts).extracting(Timeouts::idleNanos).containsExactly(9L, 0L, 9L);
    assertThat(timeouts).extracting(Timeouts::routeNanos).containsExactly(15_000_000_000L, 0L, 0L);
    assertThat(read.under(manager)).isSameAs(read.under(manager));
    assertThat(read.under(ConnectionManager.of(BARE))).isSameAs(read.config());
  }

  @Test
  void whatIstioAlwaysSendsBringsNoWarning() {
    RouteConfiguration message =
        withHost(
                VirtualHost.newBuilder()
                    .setName("greeter:3000")
                    .addDomains("*")
                    .setIncludeRequestAttemptCount(true)
                    .addRoutes(
                        route(
                            forward("c")
                                .setTimeout(SampleResources.seconds(0))
                                .setMaxGrpcTimeout(SampleResources.seconds(0))
                                .build())))
            .toBuilder()
            .setValidateClusters(BoolValue.of(false))
            .build();
    assertThat(Reading.warnings(ResourceType.ROUTE, message)).isEmpty();
  }

  @Test
  void fieldsNeverHeardOfAreNamed() {
    UnknownFieldSet cors =
        UnknownFieldSet.newBuilder()
            .addField(17, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    assertThat(
            Reading.warnings(
                ResourceType.ROUTE,
                routes("r", route(forward("c").setUnknownFields(cors).build()).build())))
        .containsExactly(
            "virtual_hosts[0].routes[0].route: field 17 of envoy.config.route.v3.RouteAction not"
                + " carried out");
  }
}
