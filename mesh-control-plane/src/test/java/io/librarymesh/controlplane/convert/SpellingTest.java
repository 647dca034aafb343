package io.librarymesh.controlplane.convert;

import static io.librarymesh.controlplane.convert.Files.meaning;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.convert.Conversion.Form;
import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.Severity;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Old spellings change where they stand, and nothing else does. */
class SpellingTest {

  private static Files spell(String text) {
    return Files.convert(text, Form.TODAY);
  }

  private static String rule(String lines) {
    return """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: reviews}
        spec:
          hosts: [reviews]
          http:
            - route: [{destination: {host: reviews}}] # to itself
        %s\
        """
        .formatted(lines.indent(6));
  }

  private static String policy(String lines) {
    return """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: reviews}
        spec:
          host: reviews
          # what callers keep to
          trafficPolicy:
        %s\
        """
        .formatted(lines.indent(4));
  }

  /** In the place of a rule: what is written, and what is to be written. */
  static Stream<Arguments> rules() {
    return Stream.of(
        Arguments.of(
            """
            fault:
              delay:
                percent: 50 # half
                fixedDelay: 2s
            """,
            """
            fault:
              delay:
                percentage:
                  value: 50 # half
                fixedDelay: 2s
            """),
        Arguments.of(
            "fault: {abort: {percentage: 0.5, httpStatus: 500}}\n",
            "fault: {abort: {percentage: {value: 0.5}, httpStatus: 500}}\n"),
        Arguments.of(
            """
            fault:
              delay:
                # ten of a hundred
                percentage: {value: 10}
                percent: 50
                fixedDelay: 2s
            """,
            """
            fault:
              delay:
                # ten of a hundred
                percentage: {value: 10}
                fixedDelay: 2s
            """),
        Arguments.of(
            "mirror: {host: b}\nmirror_percent: 20\n",
            "mirror: {host: b}\nmirrorPercentage:\n  value: 20\n"),
        Arguments.of(
            "mirrors: [{destination: {host: b}, percentage: 20}]\n",
            "mirrors: [{destination: {host: b}, percentage: {value: 20}}]\n"),
        Arguments.of(
            """
            corsPolicy:
              allowOrigin:
              - "*" # all
              - a.com
            """,
            """
            corsPolicy:
              allowOrigins:
              - exact: "*" # all
              - exact: a.com
            """),
        Arguments.of(
            "corsPolicy: {allowOrigin: [a.com, 'b']}\n",
            "corsPolicy: {allowOrigins: [{exact: a.com}, {exact: 'b'}]}\n"),
        Arguments.of(
            "retries: {attempts: 2, retryOn: ' 5xx, reset '}\n",
            "retries: {attempts: 2, retryOn: '5xx,reset'}\n"),
        Arguments.of(
            "match: [{ignore_uri_case: yes, uri: {prefix: /}}]\n",
            "match: [{ignoreUriCase: true, uri: {prefix: /}}]\n"),
        Arguments.of(
            "match: [{source_labels: {my_app: a}, headers: {x_y: {exact: a}}}]\n",
            "match: [{sourceLabels: {my_app: a}, headers: {x_y: {exact: a}}}]\n"),
        Arguments.of("websocketUpgrade: true\ntimeout: 1s\n", "timeout: 1s\n"));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void rulesAreSpelledAsToday(String before, String after) {
    Files files = spell(rule(before));

    assertThat(files.after()).isEqualTo(rule(after));
    assertThat(meaning(files.after())).isEqualTo(meaning(rule(before))).isNotEmpty();
    assertThat(files.converted().findings()).noneMatch(f -> f.message().contains("by hand"));
    assertThat(spell(files.after()).converted().text()).isEmpty();
  }

  /** In the place of a traffic policy. */
  static Stream<Arguments> policies() {
    return Stream.of(
        Arguments.of(
            """
            # one at a time
            tcp:
              # really
              maxConnections: 1
            http: # and of these
              http1MaxPendingRequests: 1
            maxRequestsPerConnection: 1
            outlierDetection:
              consecutiveErrors: 1
              interval: 1s
            """,
            """
            # one at a time
            connectionPool:
              tcp:
                # really
                maxConnections: 1
              http: # and of these
                http1MaxPendingRequests: 1
                maxRequestsPerConnection: 1
            outlierDetection:
              interval: 1s
            """),
        Arguments.of(
            "{http: {maxRetries: 4}, maxRequestsPerConnection: 1}\n",
            "{connectionPool: {http: {maxRetries: 4, maxRequestsPerConnection: 1}}}\n"),
        Arguments.of(
            "maxRequestsPerConnection: 1\nloadBalancer: {simple: LEAST_CONN}\n",
            """
            connectionPool:
              http:
                maxRequestsPerConnection: 1
            loadBalancer: {simple: LEAST_REQUEST}
            """),
        Arguments.of(
            "outlier_detection: {consecutive_5xx_errors: 2, consecutiveErrors: 7}\n",
            "outlierDetection: {consecutive5xxErrors: 2}\n"),
        Arguments.of("outlierDetection: {consecutiveErrors: 0}\n", "outlierDetection: {}\n"),
        Arguments.of("outlierDetection: {consecutiveErrors: 5}\n", "outlierDetection: {}\n"),
        Arguments.of(
            """
            loadBalancer:
              warmupDurationSecs: 30s
              consistentHash: {httpHeaderName: x, minimumRingSize: 64}
            """,
            """
            loadBalancer:
              warmup:
                duration: 30s
              consistentHash: {httpHeaderName: x, ringHash: {minimumRingSize: 64}}
            """),
        Arguments.of(
            """
            portLevelSettings:
            - port: {number: 80}
              http: {maxRetries: 4}
            """,
            """
            portLevelSettings:
            - port: {number: 80}
              connectionPool:
                http: {maxRetries: 4}
            """));
  }

  @ParameterizedTest
  @MethodSource("policies")
  void policiesAreSpelledAsToday(String before, String after) {
    Files files = spell(policy(before));

    assertThat(files.after()).isEqualTo(policy(after));
    assertThat(meaning(files.after())).isEqualTo(meaning(policy(before))).isNotEmpty();
    assertThat(files.converted().findings()).allMatch(f -> f.severity() == Severity.INFO);
    assertThat(spell(files.after()).converted().text()).isEmpty();
  }

  @Test
  void whatAnOldLimitOnceMeantIsSaid() {
    assertThat(spell(policy("outlierDetection: {consecutiveErrors: 5}\n")).converted().findings())
        .singleElement()
        .matches(f -> f.message().contains("consecutiveGatewayErrors: 5 and consecutive5xxErrors"));
  }

  @Test
  void versionsBecomeThatOfTodayInEveryDocumentAndList() {
    String before =
        """
        # the first
        apiVersion: "networking.istio.io/v1alpha3" # of 2018
        kind: Gateway
        metadata: {name: g, namespace: prod}
        spec: {selector: {app: g}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ['*']}]}
        ---
        apiVersion: v1
        kind: List
        items:
        - apiVersion: gateway.networking.k8s.io/v1beta1
          kind: HTTPRoute
          metadata: {name: r}
          spec: {parentRefs: [{name: g}]}
        - apiVersion: networking.istio.io/v1alpha3
          kind: EnvoyFilter
          metadata: {name: e}
          spec: {config_patches: [{patch: {value: {a_b: 1}}}]}
        ---
        apiVersion: apps/v1beta1
        kind: Deployment
        metadata: {name: d}
        """;

    Files files = spell(before);

    assertThat(files.after())
        .isEqualTo(
            before
                .replace("\"networking.istio.io/v1alpha3\" #", "\"networking.istio.io/v1\" #")
                .replace("k8s.io/v1beta1\n  kind: HTTPRoute", "k8s.io/v1\n  kind: HTTPRoute"));
    assertThat(meaning(files.after())).isEqualTo(meaning(before)).hasSize(2);
  }

  @Test
  void gatewaysHaveTheirNamespaceBeforeASlash() {
    String before =
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: a, namespace: prod}
        spec:
          hosts: [a.com]
          gateways:
          - edge.infra.svc.cluster.local # of old
          - own
          http:
          - match: [{gateways: ["edge.infra.svc.cluster.local"]}]
            route: [{destination: {host: a}}]
        """;

    Files files = spell(before);

    assertThat(files.after())
        .isEqualTo(before.replace("edge.infra.svc.cluster.local", "infra/edge"));
    assertThat(meaning(files.after())).isEqualTo(meaning(before)).hasSize(1);
  }

  @Test
  void jsonStaysJson() {
    String before =
        """
        {"apiVersion": "networking.istio.io/v1beta1", "kind": "VirtualService", "metadata": {"name": "a"},
         "spec": {"hosts": ["a"], "http": [{"fault": {"delay": {"percent": 50, "fixedDelay": "2s"}},
           "route": [{"destination": {"host": "a"}}], "corsPolicy": {"allowOrigin": ["a.com"]}}]}}
        """;

    Files files = spell(before);

    assertThat(files.after())
        .isEqualTo(
            before
                .replace("v1beta1", "v1")
                .replace("\"percent\": 50", "\"percentage\": {\"value\": 50}")
                .replace("allowOrigin\": [\"a.com\"]", "allowOrigins\": [{\"exact\": \"a.com\"}]"));
    assertThat(meaning(files.after())).isEqualTo(meaning(before)).hasSize(1);
  }

  @Test
  void retiredHeadersHaveAnEffectAgainWhichIsSaid() {
    Files files =
        spell(
            rule(
                """
                appendHeaders:
                  x-a: "1"
                timeout: 1s
                removeResponseHeaders:
                  server: ""
                """));

    assertThat(files.after())
        .isEqualTo(
            rule(
                """
                headers:
                  request:
                    add:
                      x-a: "1"
                  response:
                    remove:
                      - server
                timeout: 1s
                """));
    assertThat(files.findings())
        .containsExactly(
            "f.yaml:8:7: warning: appendHeaders: had no effect in this place, and has one in"
                + " headers",
            "f.yaml:11:7: warning: removeResponseHeaders: had no effect in this place, and has one"
                + " in headers");
  }

  @Test
  void whatAnAliasRepeatsIsChangedOnce() {
    String before =
        rule(
            """
            fault: {delay: &d {percent: 50, fixedDelay: 2s}}
            - fault: {delay: *d}
              route: [{destination: {host: b}}]
            """);
    String text =
        before.replace("      - fault", "    - fault").replace("        route", "      route");

    Files files = spell(text);

    assertThat(files.after()).isEqualTo(text.replace("percent: 50", "percentage: {value: 50}"));
    assertThat(meaning(files.after())).isEqualTo(meaning(text)).hasSize(1);
  }

  @Test
  void charactersBeyondTheFirstPlaneDoNotMoveAnything() {
    String before =
        rule("fault: {abort: {percent: 1, httpStatus: 500}} # \uD83D\uDE00\n")
            .replace("# to itself", "# \uD83D\uDE00 to itself");

    assertThat(spell(before).after())
        .isEqualTo(before.replace("percent: 1", "percentage: {value: 1}"));
  }

  @Test
  void aFileWithAnErrorStaysAsItWas() {
    Files files = spell(rule("fault: {delay: {percent: 50, fixedDelay: 2s}}\ntimeoutt: 1s\n"));

    assertThat(files.converted().text()).isEmpty();
    assertThat(files.converted().findings()).anyMatch(Finding::isError);
  }

  @Test
  void noOldSpellingIsLeftToWarnOf() {
    for (Arguments each : Stream.concat(rules(), policies()).toList()) {
      String before = String.valueOf(each.get()[0]);
      boolean rule = rules().anyMatch(r -> r.get()[0].equals(before));
      String after = spell(rule ? rule(before) : policy(before)).after();

      assertThat(IstioReader.read("f.yaml", after).findings())
          .extracting(Finding::message)
          .noneMatch(m -> m.contains("old ") || m.contains("retired") || m.contains("kubectl"));
    }
  }
}
