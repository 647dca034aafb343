package io.librarymesh.controlplane.istio;

import static io.librarymesh.controlplane.istio.Snippets.ROUTE;
import static io.librarymesh.controlplane.istio.Snippets.rule;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Istio's admission refuses in redirects, rewrites, direct responses, headers and CORS. */
final class LocalReplyAndHeaderRulesTest {

  static Stream<Arguments> redirectsAndRewrites() {
    String at = "spec.http[0].";
    return Stream.of(
        Arguments.of(rule("redirect: {}"), at + "redirect", "nothing to change"),
        Arguments.of(rule("redirect: {port: 0}"), at + "redirect.port", "65535"),
        Arguments.of(rule("redirect: {scheme: ftp}"), at + "redirect.scheme", "http or https"),
        Arguments.of(
            rule("redirect: {uri: /x, redirectCode: 305}"), at + "redirect.redirectCode", "301"),
        Arguments.of(
            rule("redirect: {uri: /x, redirectCode: 200}"), at + "redirect.redirectCode", "301"),
        Arguments.of(
            rule("redirect: {port: 80, derivePort: FROM_REQUEST_PORT}"),
            at + "redirect.derivePort",
            "together"),
        Arguments.of(
            rule("redirect: {uri: /x, prefixRewrite: /y}"),
            at + "redirect.prefixRewrite",
            "together with uri"),
        Arguments.of(
            rule("match: [{uri: {exact: /a}}]", "redirect: {prefixRewrite: /y}"),
            at + "redirect.prefixRewrite",
            "no prefix"),
        Arguments.of(rule("directResponse: {}"), at + "directResponse.status", "from 200 to 599"),
        Arguments.of(
            rule("directResponse: {status: 600}"), at + "directResponse.status", "from 200 to 599"),
        Arguments.of(
            rule("directResponse: {status: 200, body: {string: a, bytes: YQ==}}"),
            at + "directResponse.body",
            "together"),
        Arguments.of(
            rule("directResponse: {status: 200, body: {bytes: '!'}}"),
            at + "directResponse.body.bytes",
            "base64"),
        Arguments.of(rule(ROUTE, "rewrite: {}"), at + "rewrite", "nothing"),
        Arguments.of(
            rule(ROUTE, "rewrite: {uri: /, uriRegexRewrite: {match: a, rewrite: b}}"),
            at + "rewrite",
            "together"),
        Arguments.of(
            rule(ROUTE, "rewrite: {uriRegexRewrite: {match: a}}"),
            at + "rewrite.uriRegexRewrite.rewrite",
            "missing"),
        Arguments.of(
            rule(ROUTE, "rewrite: {uriRegexRewrite: {rewrite: b}}"),
            at + "rewrite.uriRegexRewrite.match",
            "empty"),
        Arguments.of(
            rule(ROUTE, "rewrite: {uriRegexRewrite: {match: '(?!a)', rewrite: b}}"),
            at + "rewrite.uriRegexRewrite.match",
            "RE2"),
        Arguments.of(
            rule("redirect: {uri: /x}", "rewrite: {uri: /y}"), at + "rewrite", "with redirect"),
        Arguments.of(
            rule("directResponse: {status: 200}", "rewrite: {uri: /y}"),
            at + "rewrite",
            "with directResponse"),
        Arguments.of(
            rule(ROUTE, "rewrite: {authority: a}", "headers: {request: {set: {Host: b}}}"),
            at + "rewrite.authority",
            "together with a Host"));
  }

  static Stream<Arguments> headers() {
    String at = "spec.http[0].headers.";
    return Stream.of(
        Arguments.of(
            rule(ROUTE, "headers: {request: {set: {'a b': x}}}"),
            at + "request.set[\"a b\"]",
            "header's name"),
        Arguments.of(
            rule(ROUTE, "headers: {request: {add: {'': x}}}"), at + "request.add[\"\"]", "name"),
        Arguments.of(
            rule(ROUTE, "headers: {request: {set: {':path': x}}}"),
            at + "request.set[\":path\"]",
            "pseudo"),
        Arguments.of(
            rule(ROUTE, "headers: {request: {remove: [Host]}}"), at + "request.remove[0]", "Host"),
        Arguments.of(
            rule(ROUTE, "headers: {request: {remove: [':path']}}"),
            at + "request.remove[0]",
            "pseudo"),
        Arguments.of(
            rule(ROUTE, "headers: {response: {set: {host: x}}}"),
            at + "response.set.host",
            "a header that a response has"),
        Arguments.of(
            rule(ROUTE, "headers: {request: {set: {a: 50%}}}"), at + "request.set.a", "%% for a"),
        Arguments.of(
            rule(ROUTE, "headers: {request: {set: {a: 'x%NONSENSE(y)%'}}}"),
            at + "request.set.a",
            "%NONSENSE% (expected: a command"),
        Arguments.of(
            rule(ROUTE, "headers: {request: {set: {a: \"x\\ny\"}}}"),
            at + "request.set.a",
            "control"),
        Arguments.of(
            rule(ROUTE, "headers: {request: {set: {host: a}, add: {':authority': b}}}"),
            at + "request",
            "more than once"),
        Arguments.of(
            rule("route: [{destination: {host: a}, headers: {response: {remove: ['a b']}}}]"),
            "spec.http[0].route[0].headers.response.remove[0]",
            "header's name"));
  }

  static Stream<Arguments> corsAndMirrors() {
    String at = "spec.http[0].";
    return Stream.of(
        Arguments.of(
            rule(ROUTE, "corsPolicy: {allowOrigins: [{exact: ''}]}"),
            at + "corsPolicy.allowOrigins[0]",
            "missing"),
        Arguments.of(
            rule(ROUTE, "corsPolicy: {allowMethods: [get]}"),
            at + "corsPolicy.allowMethods[0]",
            "HTTP method"),
        Arguments.of(
            rule(ROUTE, "corsPolicy: {allowHeaders: ['a b']}"),
            at + "corsPolicy.allowHeaders[0]",
            "header's name"),
        Arguments.of(
            rule(ROUTE, "corsPolicy: {exposeHeaders: ['']}"),
            at + "corsPolicy.exposeHeaders[0]",
            "header's name"),
        Arguments.of(
            rule(ROUTE, "corsPolicy: {maxAge: 1500ms}"), at + "corsPolicy.maxAge", "whole seconds"),
        Arguments.of(
            rule(ROUTE, "mirror: {host: a}", "mirrors: [{destination: {host: b}}]"),
            at + "mirrors",
            "mirror and mirrors together"),
        Arguments.of(
            rule(ROUTE, "mirrors: [{percentage: {value: 1}}]"),
            at + "mirrors[0].destination.host",
            "missing"),
        Arguments.of(
            rule(ROUTE, "mirrors: [{destination: {host: a}, percentage: {value: 101}}]"),
            at + "mirrors[0].percentage.value",
            "from 0 to 100"),
        Arguments.of(
            rule(ROUTE, "mirror: {host: a}", "mirrorPercentage: {value: -1}"),
            at + "mirrorPercentage",
            "from 0 to 100"),
        Arguments.of(
            rule(ROUTE, "mirror: {host: a}", "mirrorPercent: 101"),
            at + "mirrorPercent",
            "from 0 to 100"),
        Arguments.of(
            rule(ROUTE, "mirror: {host: a, port: {number: 0}}"),
            at + "mirror.port.number",
            "65535"));
  }

  @ParameterizedTest
  @MethodSource({"redirectsAndRewrites", "headers", "corsAndMirrors"})
  void whatIstioRefusesIsRefusedOnceAtItsPlace(String text, String path, String words) {
    Snippets.assertRefused(text, path, words);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redirect: {uri: /x, redirectCode: 308}",
        "redirect: {derivePort: FROM_PROTOCOL_DEFAULT}",
        "redirect: {prefixRewrite: /y}, match: [{uri: {prefix: /x}}]",
        "directResponse: {status: 599, body: {string: gone}}",
        "directResponse: {status: 200, body: {bytes: YQ==}}",
        "delegate: {name: d, namespace: other}",
        "delegate: {name: d}, directResponse: {status: 200}",
        ROUTE + ", rewrite: {uri: /}",
        ROUTE + ", rewrite: {uriRegexRewrite: {match: '^/a/([^/]+)$', rewrite: '/b/\\1'}}",
        ROUTE + ", headers: {request: {set: {x: '%REQ(X-Id)% 100%%', Host: b}, remove: [y]}}",
        ROUTE + ", corsPolicy: {allowOrigins: [{regex: '.*'}], allowMethods: ['*'], maxAge: 24h}",
        ROUTE + ", mirror: {host: a, subset: v2}, mirrorPercentage: {value: 0}",
      })
  void whatIstioTakesIsTaken(String fields) {
    assertThat(Snippets.errors(rule(fields))).isEmpty();
  }

  @Test
  void aDirectBodyOverOneMebibyteIsRefused() {
    String lines = ("a".repeat(1023) + "\\n\\\n").repeat(1025);
    String text = rule("directResponse: {status: 200, body: {string: \"" + lines + "\"}}");

    Snippets.assertRefused(text, "spec.http[0].directResponse.body", "at most 1 MiB");
  }

  @Test
  void bodiesAreReadAsBytesWhicheverWayTheyAreWritten() {
    assertThat(new HttpBody.Text("\u00e4").bytes())
        .isEqualTo(new byte[] {(byte) 0xc3, (byte) 0xa4});
    assertThat(new HttpBody.Binary("AAH/").bytes()).isEqualTo(new byte[] {0, 1, (byte) 0xff});
  }
}
