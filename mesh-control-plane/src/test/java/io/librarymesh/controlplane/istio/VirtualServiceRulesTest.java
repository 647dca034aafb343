package io.librarymesh.controlplane.istio;

import static io.librarymesh.controlplane.istio.Snippets.ROUTE;
import static io.librarymesh.controlplane.istio.Snippets.match;
import static io.librarymesh.controlplane.istio.Snippets.rule;
import static io.librarymesh.controlplane.istio.Snippets.virtualService;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Istio's admission refuses in a VirtualService, and what it takes. */
final class VirtualServiceRulesTest {
  private static final String HTTP = "http: [{" + ROUTE + "}]";
  private static final String TLS_ROUTE =
      "route: [{destination: {host: a.com, port: {number: 443}}}]";

  private static Arguments refused(String text, String path, String words) {
    return Arguments.of(text, path, words);
  }

  static Stream<Arguments> wholeResource() {
    return Stream.of(
        refused(virtualService("{hosts: ['*'], " + HTTP + "}"), "spec.hosts[0]", "narrower host"),
        refused(
            virtualService("{hosts: [a_b], " + HTTP + "}"),
            "spec.hosts[0]",
            "a_b (expected: a DNS"),
        refused(virtualService("{hosts: ['a.*'], " + HTTP + "}"), "spec.hosts[0]", "wildcard"),
        refused(virtualService("{hosts: [''], " + HTTP + "}"), "spec.hosts[0]", "missing"),
        refused(virtualService("{hosts: [a.12], " + HTTP + "}"), "spec.hosts[0]", "DNS name"),
        refused(
            virtualService("{hosts: [a.com, '*.com'], " + HTTP + "}"),
            "spec.hosts[1]",
            "no overlap with a.com"),
        refused(
            virtualService("{hosts: [reviews, Reviews], " + HTTP + "}"),
            "spec.hosts[1]",
            "overlap"),
        refused(virtualService("{hosts: [reviews]}"), "spec", "no rules"),
        refused(virtualService("{gateways: [gw], " + HTTP + "}"), "spec.gateways", "without hosts"),
        refused(
            virtualService("{hosts: [a], gateways: [mesh, a/b/c], " + HTTP + "}"),
            "spec.gateways[1]",
            "namespace/name"),
        refused(
            virtualService("{hosts: [a], exportTo: ['*', a], " + HTTP + "}"),
            "spec.exportTo[0]",
            "no other value"),
        refused(
            virtualService("{hosts: [a], exportTo: ['~'], " + HTTP + "}"),
            "spec.exportTo[0]",
            "only for a ServiceEntry"),
        refused(
            virtualService("{hosts: [a], exportTo: ['.', default], " + HTTP + "}"),
            "spec.exportTo[1]",
            "every namespace once"),
        refused(
            virtualService("{hosts: [a], exportTo: [A_B], " + HTTP + "}"),
            "spec.exportTo[0]",
            "a namespace"));
  }

  static Stream<Arguments> actions() {
    return Stream.of(
        refused(rule("timeout: 1s"), "spec.http[0]", "no action"),
        refused(rule("route: []"), "spec.http[0]", "no action"),
        refused(rule(ROUTE, "redirect: {uri: /x}"), "spec.http[0]", "route and redirect together"),
        refused(
            rule(ROUTE, "directResponse: {status: 200}"),
            "spec.http[0]",
            "route and directResponse together"),
        refused(
            rule("redirect: {uri: /x}", "directResponse: {status: 200}"),
            "spec.http[0]",
            "redirect and directResponse together"),
        refused(rule(ROUTE, "delegate: {name: d}"), "spec.http[0]", "route and delegate together"),
        refused(
            rule("redirect: {uri: /x}", "delegate: {name: d}"),
            "spec.http[0]",
            "redirect and delegate together"),
        refused(rule("delegate: {}"), "spec.http[0].delegate.name", "missing"),
        refused(
            virtualService("{http: [{delegate: {name: d}}]}"),
            "spec.http[0].delegate",
            "delegate of a delegate"));
  }

  static Stream<Arguments> destinations() {
    String at = "spec.http[0].route";
    return Stream.of(
        refused(rule("route: [{weight: 1}]"), at + "[0].destination.host", "missing"),
        refused(rule("route: [{destination: {}}]"), at + "[0].destination.host", "missing"),
        refused(
            rule("route: [{destination: {host: '*'}}]"),
            at + "[0].destination.host",
            "one service"),
        refused(
            rule("route: [{destination: {host: a b}}]"), at + "[0].destination.host", "DNS name"),
        refused(
            rule("route: [{destination: {host: a, subset: a.b}}]"),
            at + "[0].destination.subset",
            "DNS label"),
        refused(
            rule("route: [{destination: {host: a, port: {}}}]"),
            at + "[0].destination.port.number",
            "missing (expected: a port from 1 to 65535)"),
        refused(
            rule("route: [{destination: {host: a, port: {number: 65536}}}]"),
            at + "[0].destination.port.number",
            "65536"),
        refused(
            rule("route: [{destination: {host: a}, weight: -1}]"), at + "[0].weight", "0 or more"),
        refused(
            rule("route: [{destination: {host: a}}, {destination: {host: b}}]"),
            at,
            "weights add up to 0"));
  }

  static Stream<Arguments> matches() {
    String at = "spec.http[0].match[0]";
    String longRegex = "a".repeat(1025);
    return Stream.of(
        refused(match("{uri: {regex: ''}}"), at + ".uri.regex", "empty"),
        refused(match("{uri: {regex: '" + longRegex + "'}}"), at + ".uri.regex", "at most 1024"),
        refused(match("{uri: {regex: '(?=a)'}}"), at + ".uri.regex", "RE2 syntax"),
        refused(match("{uri: {regex: '(a)\\1'}}"), at + ".uri.regex", "RE2 syntax"),
        refused(
            match("{uri: {regex: '((a{100}){100}){100}'}}"),
            at + ".uri.regex",
            "at most 1000 in all"),
        refused(match("{scheme: {prefix: ''}}"), at + ".scheme.prefix", "empty"),
        refused(match("{method: {regex: '['}}"), at + ".method.regex", "RE2"),
        refused(match("{authority: {regex: ''}}"), at + ".authority.regex", "empty"),
        refused(match("{headers: {x: {prefix: ''}}}"), at + ".headers.x.prefix", "empty"),
        refused(match("{headers: {x: {regex: '*'}}}"), at + ".headers.x.regex", "RE2"),
        refused(match("{headers: {x: null}}"), at + ".headers.x", "write {} for \"present\""),
        refused(match("{headers: {'a b': {exact: x}}}"), at + ".headers[\"a b\"]", "header's name"),
        refused(
            match("{headers: {'@request.auth.claims.a': {exact: x}}}"),
            at + ".headers[\"@request.auth.claims.a\"]",
            "only in rules of a gateway"),
        refused(
            match("{withoutHeaders: {x: {regex: '['}}}"), at + ".withoutHeaders.x.regex", "RE2"),
        refused(
            match("{withoutHeaders: {'': {}}}"), at + ".withoutHeaders[\"\"]", "a header's name"),
        refused(match("{queryParams: {q: {regex: '*'}}}"), at + ".queryParams.q.regex", "RE2"),
        refused(match("{queryParams: {q: {prefix: ''}}}"), at + ".queryParams.q.prefix", "empty"),
        refused(match("{port: 0}"), at + ".port", "from 1 to 65535"),
        refused(
            match("{sourceLabels: {a: b c}}"), at + ".sourceLabels.a", "a label value: at most 63"),
        refused(match("{sourceLabels: {'': b}}"), at + ".sourceLabels[\"\"]", "a label key"),
        refused(match("{sourceNamespace: a.b}"), at + ".sourceNamespace", "a namespace"),
        refused(match("{gateways: [a/b/c]}"), at + ".gateways[0]", "namespace/name"),
        refused(match("{uri: {exact: /a, prefix: /b}}"), at + ".uri", "exact and prefix together"));
  }

  static Stream<Arguments> resilience() {
    String retries = "spec.http[0].retries";
    return Stream.of(
        refused(
            rule(ROUTE, "timeout: 0s"), "spec.http[0].timeout", "at least 1ms; leave the field"),
        refused(rule(ROUTE, "timeout: -1s"), "spec.http[0].timeout", "at least 1ms"),
        refused(rule(ROUTE, "timeout: 999us"), "spec.http[0].timeout", "at least 1ms"),
        refused(rule(ROUTE, "timeout: 1500us"), "spec.http[0].timeout", "whole milliseconds"),
        refused(rule(ROUTE, "timeout: 5"), "spec.http[0].timeout", "write 5s"),
        refused(rule(ROUTE, "timeout: '5'"), "spec.http[0].timeout", "write 5s"),
        refused(rule(ROUTE, "retries: {attempts: -1}"), retries + ".attempts", "0 or more"),
        refused(
            rule(ROUTE, "retries: {perTryTimeout: 1s}"), retries + ".attempts", "perTryTimeout"),
        refused(rule(ROUTE, "retries: {attempts: 0, retryOn: 5xx}"), retries + ".attempts", "0 or"),
        refused(
            rule(ROUTE, "retries: {attempts: 1, perTryTimeout: 0s}"),
            retries + ".perTryTimeout",
            "at least 1ms"),
        refused(
            rule(ROUTE, "retries: {attempts: 1, backoff: 0s}"),
            retries + ".backoff",
            "at least 1ms"),
        refused(
            rule(ROUTE, "retries: {attempts: 1, retryOn: '5xx,gatewayerror'}"),
            retries + ".retryOn",
            "did you mean 'gateway-error'?"),
        refused(
            rule(ROUTE, "retries: {attempts: 1, retryOn: '599'}"), retries + ".retryOn", "\"599\""),
        refused(
            rule(ROUTE, "retries: {attempts: 1, retryOn: '5xx,'}"), retries + ".retryOn", "\"\""));
  }

  static Stream<Arguments> faults() {
    String fault = "spec.http[0].fault";
    return Stream.of(
        refused(rule(ROUTE, "fault: {}"), fault, "neither delay nor abort"),
        refused(
            rule(ROUTE, "fault: {delay: {fixedDelay: 1s, percentage: {value: 101}}}"),
            fault + ".delay.percentage.value",
            "from 0.0001 to 100"),
        refused(
            rule(ROUTE, "fault: {delay: {fixedDelay: 1s, percentage: {value: 0.00001}}}"),
            fault + ".delay.percentage.value",
            "from 0.0001 to 100"),
        refused(
            rule(ROUTE, "fault: {delay: {fixedDelay: 1s, percentage: {value: -1}}}"),
            fault + ".delay.percentage.value",
            "from 0.0001 to 100"),
        refused(
            rule(ROUTE, "fault: {delay: {fixedDelay: 0s, percentage: {value: 1}}}"),
            fault + ".delay.fixedDelay",
            "at least 1ms"),
        refused(
            rule(
                ROUTE,
                "fault: {delay: {exponentialDelay: 1s, percentage: {value: 1}, fixedDelay: 1s}}"),
            fault + ".delay.exponentialDelay",
            "write fixedDelay"),
        refused(
            rule(ROUTE, "fault: {abort: {httpStatus: 199, percentage: {value: 1}}}"),
            fault + ".abort.httpStatus",
            "from 200 to 599"),
        refused(
            rule(ROUTE, "fault: {abort: {httpStatus: 600, percentage: {value: 1}}}"),
            fault + ".abort.httpStatus",
            "from 200 to 599"),
        refused(
            rule(ROUTE, "fault: {abort: {grpcStatus: UNAVAILABL, percentage: {value: 1}}}"),
            fault + ".abort.grpcStatus",
            "did you mean 'UNAVAILABLE'?"),
        refused(
            rule(ROUTE, "fault: {abort: {http2Error: x, httpStatus: 500, percentage: {value: 1}}}"),
            fault + ".abort.http2Error",
            "write httpStatus"),
        refused(
            rule(
                ROUTE, "fault: {abort: {httpStatus: 500, grpcStatus: OK, percentage: {value: 1}}}"),
            fault + ".abort.grpcStatus",
            "together"),
        refused(
            rule(
                "redirect: {uri: /x}", "fault: {abort: {httpStatus: 500, percentage: {value: 1}}}"),
            fault,
            "together with redirect"),
        refused(
            rule(
                "directResponse: {status: 200}",
                "fault: {abort: {httpStatus: 500, percentage: {value: 1}}}"),
            fault,
            "together with directResponse"));
  }

  static Stream<Arguments> tlsAndTcp() {
    return Stream.of(
        refused(
            virtualService("{hosts: [a.com], tls: [{" + TLS_ROUTE + "}]}"),
            "spec.tls[0].match",
            "missing"),
        refused(
            virtualService("{hosts: [a.com], tls: [{match: [{port: 443}], " + TLS_ROUTE + "}]}"),
            "spec.tls[0].match[0].sniHosts",
            "missing"),
        refused(
            virtualService("{hosts: [a.com], tls: [{match: [{sniHosts: [a.com]}]}]}"),
            "spec.tls[0].route",
            "missing"),
        refused(
            virtualService(
                "{hosts: [a.com], tls: [{match: [{sniHosts: [b.com]}], " + TLS_ROUTE + "}]}"),
            "spec.tls[0].match[0].sniHosts[0]",
            "one of 'hosts'"),
        refused(
            virtualService("{hosts: [a.com], tcp: [{match: [{port: 1}]}]}"),
            "spec.tcp[0].route",
            "missing"),
        refused(
            virtualService(
                "{hosts: [a.com], tcp: [{match: [{destinationSubnets: [1.2.3.4/33]}], "
                    + TLS_ROUTE
                    + "}]}"),
            "spec.tcp[0].match[0].destinationSubnets[0]",
            "CIDR"),
        refused(
            virtualService("{hosts: [a.com], tcp: [{match: [{port: 70000}], " + TLS_ROUTE + "}]}"),
            "spec.tcp[0].match[0].port",
            "65535"),
        refused(
            virtualService(
                "{hosts: [a.com], tcp: [{route: [{destination: {host: a}}, {destination: {host:"
                    + " b}}]}]}"),
            "spec.tcp[0].route",
            "weights add up to 0"));
  }

  @ParameterizedTest
  @MethodSource({
    "wholeResource",
    "actions",
    "destinations",
    "matches",
    "resilience",
    "faults",
    "tlsAndTcp"
  })
  void whatIstioRefusesIsRefusedOnceAtItsPlace(String text, String path, String words) {
    Snippets.assertRefused(text, path, words);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{hosts: [reviews], http: [{" + ROUTE + "}]}",
        "{hosts: [Reviews.prod.svc.cluster.local., 10.0.0.1, '::1'], http: [{" + ROUTE + "}]}",
        "{hosts: ['*.a.com', a.com], http: [{" + ROUTE + "}]}",
        "{hosts: [a], gateways: [mesh, gw, ns/gw, ./gw, gw.ns.svc.cluster.local], http: [{"
            + ROUTE
            + "}]}",
        "{hosts: [a], exportTo: ['*'], http: [{" + ROUTE + "}]}",
        "{http: [{" + ROUTE + "}]}",
      })
  void whatIstioTakesIsTaken(String spec) {
    Snippets.assertAccepted(virtualService(spec));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "timeout: 1ms",
        "timeout: 1h30m",
        "timeout: 1.5s",
        "retries: {}",
        "retries: {attempts: 0}",
        "retries: {attempts: 3, perTryTimeout: 3s, retryOn: 'gateway-error,connect-failure'}",
        "retries: {attempts: 3, retryOn: '5xx,503,418', backoff: 25ms}",
        "retries: {attempts: 0, backoff: 1s, retryIgnorePreviousHosts: false}",
        "fault: {delay: {fixedDelay: 1s, percentage: {value: 0}}}",
        "fault: {delay: {fixedDelay: 1s, percentage: {value: 100}}}",
        "fault: {abort: {httpStatus: 200, percentage: {value: 50}}}",
        "fault: {abort: {httpStatus: 599, percentage: {value: 50.5}}}",
        "match: [{}]",
        "match: []",
        "match: [{uri: {prefix: ''}}]",
        "match: [{uri: {regex: '^(.*?;)?(user=jason)(;.*)?$'}, ignoreUriCase: true}]",
        "match: [{headers: {x: {}, ':method': {exact: GET}}}]",
        "match: [{withoutHeaders: {x: {regex: '*'}}}]",
        "match: [{queryParams: {q: {exact: ''}}}]",
        "match: [{port: 65535, sourceLabels: {app: ''}, sourceNamespace: prod}, {gateways: [mesh]}]",
      })
  void whatIstioTakesInARuleIsTaken(String field) {
    Snippets.assertAccepted(rule(ROUTE, field));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "route: [{destination: {host: a}, weight: 0}]",
        "route: [{destination: {host: a, port: {number: 1}}, weight: 1}, {destination: {host: b}}]",
        "route: [{destination: {host: a}, weight: 7}, {destination: {host: b}, weight: 9}]",
      })
  void weightsNeedNotAddUpToHundred(String route) {
    Snippets.assertAccepted(rule(route));
  }

  static Stream<Arguments> warned() {
    String fault = "spec.http[0].fault";
    return Stream.of(
        refused(
            rule(ROUTE, "fault: {delay: {percentage: {value: 50}}}"),
            fault + ".delay",
            "nothing is delayed"),
        refused(
            rule(ROUTE, "fault: {delay: {fixedDelay: 1s}}"), fault + ".delay", "it never happens"),
        refused(
            rule(ROUTE, "fault: {abort: {percentage: {value: 50}}}"),
            fault + ".abort",
            "nothing is aborted"),
        refused(
            rule(ROUTE, "fault: {abort: {httpStatus: 500}}"), fault + ".abort", "it never happens"),
        refused(
            rule(ROUTE, "fault: {abort: {httpStatus: 500, percentage: {value: 0.5}}}"),
            fault + ".abort.percentage.value",
            "write 50.0 if a share is meant"),
        refused(
            virtualService(
                "{hosts: [a], http: [{" + ROUTE + "}, {match: [{port: 1}], " + ROUTE + "}]}"),
            "spec.http[1]",
            "never reached"));
  }

  @ParameterizedTest
  @MethodSource("warned")
  void whatIsValidButUselessIsWarnedOf(String text, String path, String words) {
    Snippets.assertWarned(text, path, words);
  }

  @Test
  void whoCallsIsNotLookedAtWhereGatewaysAreNamed() {
    Snippets.assertWarned(
        Snippets.match("{gateways: [mesh], sourceLabels: {app: a}}"),
        "spec.http[0].match[0].sourceLabels",
        "not looked at beside gateways");
    Snippets.assertWarned(
        Snippets.match("{gateways: [mesh], sourceNamespace: b}"),
        "spec.http[0].match[0].sourceNamespace",
        "not looked at beside gateways");
  }

  @Test
  void aLoneStarIsMeantForPresence() { // M12
    for (String field : new String[] {"headers", "queryParams"}) {
      Snippets.assertRefused(
          Snippets.match("{" + field + ": {x: {regex: '*'}}}"),
          "spec.http[0].match[0]." + field + ".x.regex",
          "operator (expected: RE2 syntax, .* for any text; write {} for \"present\")");
    }
  }

  @Test
  void aHeaderThatMayHaveNoTextAtAllIsWarnedOf() { // M10
    Snippets.assertWarned(
        Snippets.match("{withoutHeaders: {x: {regex: '.*'}}}"),
        "spec.http[0].match[0].withoutHeaders.x.regex",
        "never matches");
    Snippets.assertAccepted(Snippets.match("{withoutHeaders: {x: {}}}"));
    Snippets.assertAccepted(Snippets.match("{withoutHeaders: {x: {regex: '*'}}}"));
  }
}
