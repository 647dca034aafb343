package io.librarymesh.controlplane.istio;

import static io.librarymesh.controlplane.istio.Snippets.accepted;
import static io.librarymesh.controlplane.istio.Snippets.assertAccepted;
import static io.librarymesh.controlplane.istio.Snippets.assertRefused;
import static io.librarymesh.controlplane.istio.Snippets.assertWarned;
import static io.librarymesh.controlplane.istio.Snippets.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTPRoute and GRPCRoute: section 14 of the reference, and the schema of the Gateway API. */
final class GatewayRouteRulesTest {
  private static final String PARENT = "parentRefs: [{kind: Service, group: '', name: reviews}]";
  private static final String BACKEND = "backendRefs: [{name: ratings, port: 8000}]";

  private static String route(String spec) {
    return Snippets.document("gateway.networking.k8s.io/v1", "HTTPRoute", spec);
  }

  private static String parents(String... parents) {
    return route("{parentRefs: [" + String.join(", ", parents) + "], rules: [{" + BACKEND + "}]}");
  }

  private static String rule(String... fields) {
    return route("{" + PARENT + ", rules: [{" + String.join(", ", fields) + "}]}");
  }

  private static String match(String match) {
    return rule(BACKEND, "matches: [" + match + "]");
  }

  private static String filter(String filter) {
    return rule(BACKEND, "filters: [" + filter + "]");
  }

  private static String redirect(String redirect) {
    return rule("filters: [{type: RequestRedirect, requestRedirect: " + redirect + "}]");
  }

  private static String backend(String backend) {
    return rule("backendRefs: [" + backend + "]");
  }

  private static String grpc(String method) {
    return Snippets.document(
        "gateway.networking.k8s.io/v1",
        "GRPCRoute",
        "{" + PARENT + ", rules: [{" + BACKEND + ", matches: [{method: " + method + "}]}]}");
  }

  private static StringMatch pathOf(String text) {
    GatewayRoute route = only(GatewayRoute.class, text);
    return route.rules().get(0).matches().get(0).uri().orElseThrow().match();
  }

  @Test
  void parentsAreServicesServiceEntriesOrNoMatterOfClients() {
    GatewayRoute route =
        only(
            GatewayRoute.class,
            parents(
                "{kind: Service, group: '', name: a, namespace: b, port: 80}",
                "{kind: ServiceEntry, group: networking.istio.io, name: c}",
                "{name: gateway, sectionName: http}"));

    assertThat(route.kind()).isEqualTo(Resource.Kind.HTTP_ROUTE);
    assertThat(route.parentRefs())
        .extracting(
            GatewayRoute.ParentRef::kind,
            GatewayRoute.ParentRef::namespace,
            GatewayRoute.ParentRef::name,
            GatewayRoute.ParentRef::port)
        .containsExactly(
            tuple(GatewayRoute.ParentKind.SERVICE, "b", "a", Optional.of(80)),
            tuple(GatewayRoute.ParentKind.SERVICE_ENTRY, "default", "c", Optional.empty()),
            tuple(GatewayRoute.ParentKind.GATEWAY, "default", "gateway", Optional.empty()));
  }

  @Test
  void routeForGatewaysAloneIsSaidNotToConcernClients() {
    assertThat(Snippets.read(parents("{name: gateway}")).findings())
        .singleElement()
        .matches(f -> f.severity() == Severity.INFO)
        .matches(f -> f.message().contains("not used here"));
  }

  @Test
  void hostnamesOfAServiceAreSaidToMeanNothing() {
    String text = route("{" + PARENT + ", hostnames: [a.b], rules: [{" + BACKEND + "}]}");

    assertThat(Snippets.read(text).findings())
        .singleElement()
        .matches(f -> f.severity() == Severity.INFO && f.fieldPath().equals("spec.hostnames"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{kind: Service, group: '', name: ''} | name | missing",
        "{kind: Service, group: '', name: a.b} | name | not its host",
        "{kind: Service, group: '', name: a, namespace: A} | namespace | lower-case",
        "{kind: Service, group: '', name: a, port: 0} | port | a port from 1",
        "{kind: Service, group: '', name: a, sectionName: s} | sectionName | no sections",
      })
  void parentIsWellFormed(String parent, String field, String words) {
    assertRefused(parents(parent), "spec.parentRefs[0]." + field, words);
  }

  @Test
  void parentsAreThereAndThereOnce() {
    assertRefused(route("{rules: [{" + BACKEND + "}]}"), "spec.parentRefs", "missing");
    String service = "{kind: Service, group: '', name: a}";
    assertRefused(parents(service, service), "spec.parentRefs[1]", "said before");
    assertAccepted(parents(service, "{kind: Service, group: '', name: a, port: 80}"));
    String[] many =
        IntStream.range(0, 33)
            .mapToObj(i -> "{kind: Service, group: '', name: a" + i + "}")
            .toArray(String[]::new);
    assertRefused(parents(many), "spec.parentRefs", "at most 32");
  }

  @Test
  void pathsAreThoseOfTheTypes() {
    assertThat(pathOf(match("{path: {type: Exact, value: /a}}")))
        .isEqualTo(new StringMatch.Exact("/a"));
    assertThat(pathOf(match("{path: {value: /a/}}"))).isEqualTo(new StringMatch.PathPrefix("/a"));
    assertThat(pathOf(match("{path: {value: /}}"))).isEqualTo(new StringMatch.Prefix("/"));
    assertThat(pathOf(match("{path: {type: RegularExpression, value: '/a+'}}")))
        .isEqualTo(new StringMatch.Regex("/a+"));
    assertThat(pathOf(match("{method: GET}"))).isEqualTo(new StringMatch.Prefix("/"));
    assertThat(pathOf(rule(BACKEND))).isEqualTo(new StringMatch.Prefix("/"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a", "/a//b", "/a/./b", "/a/../b", "/a%2Fb", "/a%2fb", "/a#b", "/a/..", "/a/.", "/ü"
      })
  void pathIsInItsPlainForm(String path) {
    String text = match("{path: {type: Exact, value: '" + path + "'}}");

    assertThat(Snippets.errors(text))
        .singleElement()
        .matches(f -> f.fieldPath().equals("spec.rules[0].matches[0].path.value"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{path: {type: Prefix, value: /a}} | path.type | one of Exact, PathPrefix",
        "{path: {type: RegularExpression, value: '('}} | path.value | RE2 syntax",
        "{method: get} | method | one of GET",
        "{headers: [{name: 'a b', value: c}]} | headers | a header's name",
        "{headers: [{name: a, value: ''}]} | headers | a value of 1 to 4096",
        "{headers: [{name: a, type: RegularExpression, value: '('}]} | headers | RE2 syntax",
        "{headers: [{name: a, type: Prefix, value: b}]} | headers[0].type | one of Exact",
        "{queryParams: [{name: a, value: ''}]} | queryParams | a value of 1 to 1024",
        "{queryParams: [{name: '', value: b}]} | queryParams | a name",
      })
  void matchIsWellFormed(String match, String field, String words) {
    assertRefused(match(match), "spec.rules[0].matches[0]." + field, words);
  }

  @Test
  void secondConditionOnAHeaderCountsNothing() {
    assertWarned(
        match("{headers: [{name: A, value: b}, {name: a, value: c}]}"),
        "spec.rules[0].matches[0].headers[1]",
        "only the first one counts");
  }

  @Test
  void rulesAndMatchesHaveLimits() {
    String many = IntStream.range(0, 17).mapToObj(i -> "{}").collect(Collectors.joining(", "));
    assertRefused(route("{" + PARENT + ", rules: [" + many + "]}"), "spec.rules", "at most 16");
    String matches = "{method: GET}" + ", {method: GET}".repeat(64);
    assertRefused(match(matches), "spec.rules[0].matches", "at most 64");
    String half = "{matches: [{method: GET}" + ", {method: GET}".repeat(43) + "]}";
    assertRefused(
        route("{" + PARENT + ", rules: [" + half + ", " + half + ", " + half + "]}"),
        "spec.rules",
        "at most 128 in all");
    assertRefused(
        route("{" + PARENT + ", rules: [{name: a}, {name: a}]}"),
        "spec.rules[1].name",
        "every name once");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{name: '', port: 1} | name | missing",
        "{name: a.b, port: 1} | name | not its host",
        "{name: a} | port | missing",
        "{name: a, port: 0} | port | a port from 1",
        "{name: a, port: 1, weight: -1} | weight | from 0 to 1000000",
        "{name: a, port: 1, weight: 1000001} | weight | from 0 to 1000000",
        "{name: a, port: 1, namespace: a_b} | namespace | lower-case",
        "{name: a..b, port: 1, kind: Hostname, group: networking.istio.io} | name | a DNS name",
      })
  void backendIsWellFormed(String backend, String field, String words) {
    assertRefused(backend(backend), "spec.rules[0].backendRefs[0]." + field, words);
  }

  @Test
  void backendThatNobodyCanCallIsWarnedOf() {
    assertWarned(
        backend("{name: pool, kind: InferencePool, group: inference.networking.k8s.io}"),
        "spec.rules[0].backendRefs[0]",
        "answered with 500");
    assertRefused(
        backend("{name: a.b, port: 1, kind: Hostname, group: networking.istio.io, namespace: n}"),
        "spec.rules[0].backendRefs[0].namespace",
        "a host has none");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{requestMirror: {}} | '' | no type",
        "{type: Rewrite} | .type | one of RequestHeaderModifier",
        "{type: URLRewrite} | '' | without urlRewrite",
        "{type: ExtensionRef, extensionRef: {group: a, kind: b, name: c}} | .type | no extension",
        "{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: 'a b', value: c}]}}"
            + " | .requestHeaderModifier.set[\"a b\"] | a header's name",
        "{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: a, value: '%'}]}}"
            + " | .requestHeaderModifier.set.a | %COMMAND%",
        "{type: ResponseHeaderModifier, responseHeaderModifier: {remove: [':status']}}"
            + " | .responseHeaderModifier.remove[0] | pseudo headers",
        "{type: RequestMirror, requestMirror: {}} | .requestMirror | no backendRef",
        "{type: RequestMirror, requestMirror: {backendRef: {name: a}}}"
            + " | .requestMirror.backendRef.port | missing",
        "{type: RequestMirror, requestMirror: {backendRef: {name: a, port: 1}, percent: 101}}"
            + " | .requestMirror.percent | from 0 to 100",
        "{type: RequestMirror, requestMirror: {backendRef: {name: a, port: 1}, percent: 1,"
            + " fraction: {numerator: 1}}} | .requestMirror.fraction | together with percent",
        "{type: RequestMirror, requestMirror: {backendRef: {name: a, port: 1},"
            + " fraction: {numerator: 2, denominator: 1}}} | .requestMirror.fraction | 2/1",
        "{type: URLRewrite, urlRewrite: {hostname: '*.a'}} | .urlRewrite.hostname | without a",
        "{type: URLRewrite, urlRewrite: {path: {replaceFullPath: /a}}} | .urlRewrite.path | no type",
        "{type: URLRewrite, urlRewrite: {path: {type: ReplaceFullPath, replacePrefixMatch: /a}}}"
            + " | .urlRewrite.path | needs replaceFullPath",
      })
  void filterIsWellFormed(String filter, String field, String words) {
    assertThat(Snippets.errors(filter(filter)))
        .anySatisfy(
            error -> {
              assertThat(error.fieldPath()).isEqualTo("spec.rules[0].filters[0]" + field);
              assertThat(error.message()).contains(words);
            });
  }

  @Test
  void filtersOfOneRuleGoTogether() {
    String set =
        "{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: a, value: b}]}}";
    String rewrite = "{type: URLRewrite, urlRewrite: {hostname: a.b}}";
    String redirect = "{type: RequestRedirect, requestRedirect: {hostname: a.b}}";

    assertRefused(filter(set + ", " + set), "spec.rules[0].filters[1]", "each type once");
    assertRefused(
        rule("filters: [" + rewrite + ", " + redirect + "]"),
        "spec.rules[0].filters",
        "expected: one of them");
    assertRefused(filter(redirect), "spec.rules[0].backendRefs", "beside a RequestRedirect");
    assertRefused(
        backend("{name: a, port: 1, filters: [" + rewrite + "]}"),
        "spec.rules[0].backendRefs[0].filters[0]",
        "header modifiers there");
    assertRefused(
        filter("{type: URLRewrite, urlRewrite: {hostname: a.b}, requestRedirect: {hostname: a.b}}"),
        "spec.rules[0].filters[0].requestRedirect",
        "with type URLRewrite");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{scheme: ftp} | scheme | http or https",
        "{hostname: 'a:80'} | hostname | a host without a wildcard",
        "{port: 70000} | port | a port from 1",
        "{statusCode: 304} | statusCode | 301, 302",
      })
  void redirectIsWellFormed(String redirect, String field, String words) {
    assertRefused(redirect(redirect), "spec.rules[0].filters[0].requestRedirect." + field, words);
  }

  @Test
  void replacedPrefixNeedsTheOneThatItReplaces() {
    String rewrite =
        "filters: [{type: URLRewrite, urlRewrite:"
            + " {path: {type: ReplacePrefixMatch, replacePrefixMatch: /a}}}]";

    assertAccepted(rule(BACKEND, rewrite));
    assertAccepted(rule(BACKEND, rewrite, "matches: [{path: {value: /b}}]"));
    String path = "spec.rules[0].filters[0].urlRewrite.path.replacePrefixMatch";
    assertRefused(
        rule(BACKEND, rewrite, "matches: [{path: {type: Exact, value: /b}}]"), path, "one match");
    assertRefused(
        rule(BACKEND, rewrite, "matches: [{path: {value: /b}}, {path: {value: /c}}]"),
        path,
        "one match");
  }

  @Test
  void timeoutsAndRetriesAreRead() {
    GatewayRoute.Rule rule =
        only(
                GatewayRoute.class,
                rule(
                    BACKEND,
                    "timeouts: {request: 10s, backendRequest: 2s}",
                    "retry: {codes: [500], backoff: 100ms}"))
            .rules()
            .get(0);

    assertThat(rule.timeout()).contains(Duration.ofSeconds(10));
    assertThat(rule.backendTimeout()).contains(Duration.ofSeconds(2));
    assertThat(rule.retry())
        .contains(new GatewayRoute.Retry(List.of(500), 2, Optional.of(Duration.ofMillis(100))));
  }

  @Test
  void timeoutsAndRetriesAreWellFormed() {
    assertAccepted(rule(BACKEND, "timeouts: {request: 0s, backendRequest: 2s}"));
    assertRefused(
        rule(BACKEND, "timeouts: {request: 1s, backendRequest: 2s}"),
        "spec.rules[0].timeouts.backendRequest",
        "at most the timeout of the request");
    assertRefused(
        rule(BACKEND, "timeouts: {request: 1us}"),
        "spec.rules[0].timeouts.request",
        "whole milliseconds");
    assertRefused(
        rule(BACKEND, "retry: {codes: [302]}"), "spec.rules[0].retry.codes[0]", "from 400 to 599");
    assertRefused(
        rule(BACKEND, "retry: {attempts: -1}"), "spec.rules[0].retry.attempts", "0 or more");
    assertRefused(
        rule(BACKEND, "retry: {backoff: 0s}"), "spec.rules[0].retry.backoff", "at least 1ms");
  }

  @Test
  void whatIsNotInForceIsSaid() {
    assertWarned(
        rule(BACKEND, "sessionPersistence: {sessionName: a}"),
        "spec.rules[0].sessionPersistence",
        "not sticky");
    assertWarned(
        filter("{type: CORS, cors: {allowOrigins: ['https://a']}}"),
        "spec.rules[0].filters[0].cors",
        "preflights");
  }

  @Test
  void methodsOfGrpcArePaths() {
    assertThat(pathOf(grpc("{service: a.B, method: C}")))
        .isEqualTo(new StringMatch.Exact("/a.B/C"));
    assertThat(pathOf(grpc("{service: a.B}"))).isEqualTo(new StringMatch.Prefix("/a.B/"));
    assertThat(pathOf(grpc("{method: C}"))).isEqualTo(new StringMatch.Regex("/[^/]+/C"));
    String regex = "{type: RegularExpression, service: 'a.*'";
    assertThat(pathOf(grpc(regex + ", method: C+}"))).isEqualTo(new StringMatch.Regex("/a.*/C+"));
    assertThat(pathOf(grpc(regex + "}"))).isEqualTo(new StringMatch.Regex("/a.*/.+"));
  }

  @Test
  void grpcRouteHasNoMoreThanItMay() {
    String at = "spec.rules[0].matches[0].method";
    assertRefused(grpc("{}"), at, "neither service nor method");
    assertRefused(grpc("{service: 'a/b'}"), at + ".service", "a service of gRPC");
    assertRefused(grpc("{method: a.b}"), at + ".method", "a method of gRPC");
    assertRefused(grpc("{type: RegularExpression, method: '('}"), at, "RE2 syntax");
    String redirect =
        Snippets.document(
            "gateway.networking.k8s.io/v1",
            "GRPCRoute",
            "{" + PARENT + ", rules: [{filters: [{type: URLRewrite}]}]}");
    assertRefused(redirect, "spec.rules[0].filters[0].type", "a filter that a GRPCRoute may have");
    assertThat(
            Snippets.errors(
                Snippets.document(
                    "gateway.networking.k8s.io/v1",
                    "GRPCRoute",
                    "{" + PARENT + ", rules: [{timeouts: {request: 1s}}]}")))
        .singleElement()
        .matches(f -> f.message().startsWith("unknown field"));
  }

  @Test
  void versionsAreThoseThatTheKindsHad() {
    String beta = parents("{kind: Service, group: '', name: a}").replace("io/v1", "io/v1beta1");
    accepted(GatewayRoute.class, beta);
    assertRefused(beta.replace("v1beta1", "v1alpha2"), "apiVersion", "one of v1, v1beta1");
    assertRefused(grpc("{method: C}").replace("io/v1", "io/v1beta1"), "apiVersion", "one of v1,");
    assertRefused(
        Snippets.document("gateway.networking.k8s.io/v1", "HTTPRout", "{}"),
        "kind",
        "did you mean 'HTTPRoute'");
    assertThat(
            Snippets.read(Snippets.document("gateway.networking.k8s.io/v1", "ReferenceGrant", "{}"))
                .findings())
        .singleElement()
        .matches(f -> f.severity() == Severity.INFO)
        .matches(f -> f.message().contains("services of every namespace"));
  }
}
