package io.librarymesh.controlplane.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.convert.Conversion.Form;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** VirtualServices as HTTPRoutes, or why not. */
class RulesToRoutesTest {

  private static Files convert(String text) {
    return Files.convert(text, Form.GATEWAY_API);
  }

  private static String rules(String... http) {
    return """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: reviews, namespace: prod}
        spec:
          hosts: [reviews]
          http:
          - %s
        """
        .formatted(String.join("\n  - ", http));
  }

  @Test
  void aVirtualServiceBecomesAnHttpRoute() {
    Files files =
        convert(
            """
            # Reviews for everybody.
            apiVersion: networking.istio.io/v1beta1
            kind: VirtualService
            metadata:
              name: reviews
              namespace: prod
              labels: {team: shop}
            spec:
              hosts: [reviews]
              http:
              - name: canary
                match:
                - {uri: {exact: /a}, headers: {x-user: {prefix: j}}, method: {exact: GET}}
                rewrite: {authority: other.example.com, uri: /b}
                timeout: 1.5s
                retries: {attempts: 2, perTryTimeout: 500ms, retryOn: "connect-failure,refused-stream,unavailable,cancelled,503"}
                route:
                - {destination: {host: canary, port: {number: 80}}, weight: 10}
                - {destination: {host: reviews.stage.svc.cluster.local, port: {number: 81}}, weight: 90}
                mirror: {host: api.example.com, port: {number: 8080}}
                mirrorPercentage: {value: 0.5}
              - headers: {request: {set: {x-a: b}}, response: {remove: [server]}}
                route: [{destination: {host: reviews, port: {number: 80}}}]
            # the end
            """);

    assertThat(files.findings()).isEmpty();
    assertThat(files.after())
        .isEqualTo(
            """
            # Reviews for everybody.
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata:
              name: reviews
              namespace: prod
              labels:
                team: shop
            spec:
              parentRefs:
                - group: ""
                  kind: Service
                  name: reviews
              rules:
                - name: canary
                  matches:
                    - path:
                        type: Exact
                        value: /a
                      method: GET
                      headers:
                        - type: RegularExpression
                          name: x-user
                          value: "j.*"
                  filters:
                    - type: URLRewrite
                      urlRewrite:
                        hostname: other.example.com
                        path:
                          type: ReplaceFullPath
                          replaceFullPath: /b
                    - type: RequestMirror
                      requestMirror:
                        backendRef:
                          group: networking.istio.io
                          kind: Hostname
                          name: api.example.com
                          port: 8080
                        fraction:
                          numerator: 5000
                          denominator: 1000000
                  backendRefs:
                    - name: canary
                      port: 80
                      weight: 10
                    - name: reviews
                      namespace: stage
                      port: 81
                      weight: 90
                  timeouts:
                    request: 1s500ms
                    backendRequest: 500ms
                  retry:
                    attempts: 2
                    codes:
                      - 503
                - matches:
                    - path:
                        type: PathPrefix
                        value: /
                  filters:
                    - type: RequestHeaderModifier
                      requestHeaderModifier:
                        set:
                          - name: x-a
                            value: b
                    - type: ResponseHeaderModifier
                      responseHeaderModifier:
                        remove:
                          - server
                  backendRefs:
                    - name: reviews
                      port: 80
            # the end
            """);
  }

  @Test
  void prefixesOfCharactersBecomeExpressionsAndKeepTheOrder() {
    Files files =
        convert(
            rules(
                "{match: [{uri: {prefix: /api.v2}}], route: [{destination: {host: a, port: {number: 80}}}]}",
                "{match: [{uri: {prefix: /api}, ignoreUriCase: true}], route: [{destination: {host: b, port: {number: 80}}}]}",
                "{route: [{destination: {host: c, port: {number: 80}}}]}"));

    assertThat(files.findings()).isEmpty();
    assertThat(files.after().lines().map(String::strip).filter(l -> l.startsWith("value:")))
        .containsExactly("value: \"/api\\\\.v2.*\"", "value: \"(?i)/api.*\"", "value: \"/.*\"");
  }

  @Test
  void thePortIsThatOfTheServiceWhereItHasButOne() {
    String service =
        """
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: reviews, namespace: prod}
        spec: {selector: {app: reviews}, ports: [{name: http, port: 9080}]}
        """;
    String rules = rules("{route: [{destination: {host: reviews}}]}");

    assertThat(convert(rules + service).after())
        .contains("- name: reviews\n          port: 9080\n");
    assertThat(convert(rules).findings())
        .containsExactly(
            "f.yaml:7:28: warning: spec.http[0].route[0].destination.port: an HTTPRoute needs the"
                + " port, and no file says which one is called; VirtualService reviews stays as it"
                + " was");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {directResponse: {status: 503}}                                     | directResponse
          {ROUTE, fault: {abort: {httpStatus: 500, percentage: {value: 1}}}}  | fault
          {ROUTE, match: [{sourceLabels: {a: b}}]}                            | match[0].sourceLabels
          {ROUTE, match: [{withoutHeaders: {a: {}}}]}                         | match[0].withoutHeaders
          {ROUTE, match: [{authority: {exact: a}}]}                           | match[0].authority
          {ROUTE, match: [{method: {prefix: G}}]}                             | match[0].method
          {route: [{destination: {host: a, subset: v1, port: {number: 80}}}]} | route[0].destination.subset
          {ROUTE, retries: {attempts: 1, retryOn: 5xx}}                       | retries.retryOn
          {ROUTE, retries: {attempts: 1, retryRemoteLocalities: true}}        | retries
          {ROUTE, rewrite: {uriRegexRewrite: {match: a, rewrite: b}}}         | rewrite.uriRegexRewrite
          {ROUTE, match: [{uri: {prefix: /a}}], rewrite: {uri: /b}}           | rewrite.uri
          {redirect: {authority: a.com}}                                      | redirect
          {redirect: {scheme: https}}                                         | redirect.scheme
          {ROUTE, headers: {request: {set: {Host: a.com}}}}                   | headers
          {ROUTE, corsPolicy: {allowOrigins: [{exact: a.com}]}}               | corsPolicy
          """)
  void whatAnHttpRouteCannotSayIsSaidAndStays(String rule, String field) {
    String text =
        rules(rule.replace("ROUTE", "route: [{destination: {host: a, port: {number: 80}}}]"));
    Files files = convert(text);

    assertThat(files.after()).isEqualTo(text);
    assertThat(files.findings()).hasSize(1);
    assertThat(files.findings().get(0))
        .matches("f\\.yaml:7:[0-9]+: warning: .*; VirtualService reviews stays as it was")
        .contains(" spec.http[0]." + field + ": ");
  }

  @Test
  void anOrderThatIsNotTheNarrowestFirstStays() {
    String text =
        rules(
            "{match: [{headers: {x: {exact: a}}}], route: [{destination: {host: a, port: {number: 80}}}]}",
            "{match: [{uri: {exact: /abc}}], route: [{destination: {host: b, port: {number: 80}}}]}");
    Files files = convert(text);

    assertThat(files.after()).isEqualTo(text);
    assertThat(files.findings()).hasSize(1);
    assertThat(files.findings().get(0)).startsWith("f.yaml:8:").contains("the narrowest match");
  }

  @Test
  void whatIsSaidPointsIntoTheFileAsItWas() {
    Files files =
        convert(
            rules(
                    "{route: [{destination: {host: a, port: {number: 80}}}], timeout: 1s}",
                    "mirror: {host: b}\n    mirrorPercent: 50\n    directResponse: {status: 200}")
                .replace("  - {route", "  - {match: [{uri: {exact: /a}}], route"));

    assertThat(files.findings()).anyMatch(f -> f.startsWith("f.yaml:8:5: warning: spec.http[1]."));
    assertThat(files.after()).contains("mirrorPercentage:");
  }

  @Test
  void visibilityHasToBeThatOfAnHttpRoute() {
    String away =
        rules("{route: [{destination: {host: a, port: {number: 80}}}]}")
            .replace("[reviews]", "[reviews.other.svc.cluster.local]");
    String own = away.replace("  http:", "  exportTo: ['.']\n  http:");

    assertThat(convert(away).findings()).hasSize(1);
    assertThat(convert(away).findings().get(0)).contains("spec.exportTo");
    assertThat(convert(own).findings()).isEmpty();
    assertThat(convert(own).after()).contains("name: reviews\n      namespace: other\n");
  }
}
