package io.librarymesh.controlplane.istio;

import static io.librarymesh.controlplane.istio.Snippets.assertRefused;
import static io.librarymesh.controlplane.istio.Snippets.assertWarned;
import static io.librarymesh.controlplane.istio.Snippets.document;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a ResiliencePolicy may say, and what is told to who says something else. */
final class ResiliencePolicyRulesTest {
  private static final String LIMIT = "rateLimit: {requests: 5}";

  private static String policy(String spec) {
    return document("librarymesh.io/v1", "ResiliencePolicy", spec);
  }

  /** A policy with one rule, whose fields are given. */
  private static String rule(String... fields) {
    return policy("{hosts: [reviews], http: [{" + String.join(", ", fields) + "}]}");
  }

  private static Arguments refused(String text, String path, String words) {
    return Arguments.of(text, path, words);
  }

  @Test
  void everyFieldIsRead() {
    ResiliencePolicy policy =
        Snippets.only(
            ResiliencePolicy.class,
            policy(
                """
                {hosts: [reviews, '*.shop.com'], exportTo: ['.'], http: [
                  {name: writes, match: [{method: {exact: POST}, uri: {prefix: /a}}, {port: 80}],
                   rateLimit: {requests: 100, interval: 500ms, maxWait: 2s},
                   bulkhead: {maxConcurrentCalls: 25, maxWait: 1s},
                   fallback: {on: [5xx, '429'], destination: {host: other, port: {number: 81}},
                     response: {status: 203, headers: {x-a: b}, body: {string: hi}}}}]}\
                """));

    assertThat(policy.kind()).isEqualTo(Resource.Kind.RESILIENCE_POLICY);
    assertThat(policy.hosts()).containsExactly("reviews", "*.shop.com");
    assertThat(policy.exportTo()).containsExactly(".");
    ResilienceRule rule = policy.http().get(0);
    assertThat(rule.name()).isEqualTo("writes");
    assertThat(rule.match()).hasSize(2);
    assertThat(rule.match().get(0).method()).contains(new StringMatch.Exact("POST"));
    assertThat(rule.rateLimit())
        .contains(new ResilienceRule.RateLimit(100, Duration.ofMillis(500), Duration.ofSeconds(2)));
    assertThat(rule.bulkhead()).contains(new ResilienceRule.Bulkhead(25, Duration.ofSeconds(1)));
    ResilienceRule.Fallback fallback = rule.fallback().orElseThrow();
    assertThat(fallback.on()).containsExactly("5xx", "429");
    assertThat(fallback.destination().orElseThrow().host()).isEqualTo("other");
    assertThat(fallback.destination().orElseThrow().port()).contains(81);
    assertThat(fallback.response())
        .contains(
            new ResilienceRule.StaticResponse(
                203, Map.of("x-a", "b"), Optional.of(new HttpBody.Text("hi"))));
  }

  private static String adaptive(String fields) {
    return rule("adaptiveConcurrency: {" + fields + "}");
  }

  @Test
  void adaptiveBoundHasEnvoysDefaults() {
    ResilienceRule rule = Snippets.only(ResiliencePolicy.class, adaptive("")).http().get(0);

    assertThat(rule.adaptiveConcurrency())
        .contains(
            new AdaptiveConcurrency(
                new Percent(50),
                new AdaptiveConcurrency.ConcurrencyLimitParams(1000, Duration.ofMillis(100)),
                new AdaptiveConcurrency.MinRttCalcParams(
                    Duration.ofSeconds(60),
                    50,
                    new Percent(15),
                    3,
                    new Percent(25),
                    Optional.empty())));
  }

  @Test
  void whatIsKeptAndSharedHasBoundsUnlessItSaysOtherwise() {
    ResilienceRule rule =
        Snippets.only(
                ResiliencePolicy.class,
                rule("coalesce: {}, fallback: {lastGoodResponse: {headers: [x-a]}}"))
            .http()
            .get(0);

    assertThat(rule.coalesce())
        .contains(new ResilienceRule.Coalesce(List.of(), 65_536, Duration.ofSeconds(5)));
    assertThat(rule.fallback().orElseThrow().lastGoodResponse())
        .contains(
            new ResilienceRule.LastGoodResponse(
                List.of("x-a"), Duration.ofMinutes(5), 1000, 65_536));
  }

  @Test
  void fallbackAnswersWhatACallerSeesAsAFailureUnlessItSaysOtherwise() {
    ResilienceRule rule =
        Snippets.only(ResiliencePolicy.class, rule("fallback: {response: {}}")).http().get(0);

    assertThat(rule.fallback().orElseThrow().on()).containsExactly("5xx", "rate-limited");
    assertThat(rule.fallback().orElseThrow().response())
        .contains(new ResilienceRule.StaticResponse(200, Map.of(), Optional.empty()));
  }

  @Test
  void defaultsAreOneSecondAndNoWait() {
    ResilienceRule rule =
        Snippets.only(ResiliencePolicy.class, rule(LIMIT, "bulkhead: {maxConcurrentCalls: 3}"))
            .http()
            .get(0);

    assertThat(rule.rateLimit())
        .contains(new ResilienceRule.RateLimit(5, Duration.ofSeconds(1), Duration.ZERO));
    assertThat(rule.bulkhead()).contains(new ResilienceRule.Bulkhead(3, Duration.ZERO));
    assertThat(rule.match()).isEqualTo(List.of());
    assertThat(Snippets.only(ResiliencePolicy.class, rule(LIMIT)).http().get(0).bulkhead())
        .isEqualTo(Optional.empty());
  }

  static Stream<Arguments> broken() {
    return Stream.of(
        refused(policy("{http: [{" + LIMIT + "}]}"), "spec.hosts", "missing"),
        refused(
            policy("{hosts: ['*'], http: [{" + LIMIT + "}]}"), "spec.hosts[0]", "narrower host"),
        refused(
            policy("{hosts: [a.com, '*.com'], http: [{" + LIMIT + "}]}"),
            "spec.hosts[1]",
            "no overlap with a.com"),
        refused(
            policy("{hosts: [a], exportTo: ['~'], http: [{" + LIMIT + "}]}"),
            "spec.exportTo[0]",
            "only for a ServiceEntry"),
        refused(policy("{hosts: [a]}"), "spec", "no rules"),
        refused(rule("name: empty"), "spec.http[0]", "nothing to do"),
        refused(
            rule("rateLimit: {}"), "spec.http[0].rateLimit.requests", "missing (expected: 1 or"),
        refused(
            rule("rateLimit: {requests: -1}"), "spec.http[0].rateLimit.requests", "-1 (expected"),
        refused(
            rule("rateLimit: {requests: 1, interval: 0s}"),
            "spec.http[0].rateLimit.interval",
            "at least 1ms"),
        refused(
            rule("rateLimit: {requests: 1, interval: 10}"),
            "spec.http[0].rateLimit.interval",
            "write 10s"),
        refused(
            rule("rateLimit: {requests: 1, maxWait: -1s}"),
            "spec.http[0].rateLimit.maxWait",
            "0s or more"),
        refused(
            rule("bulkhead: {maxConcurrentCalls: 0}"),
            "spec.http[0].bulkhead.maxConcurrentCalls",
            "0 (expected: 1 or more)"),
        refused(
            rule("bulkhead: {maxConcurrentCalls: 1, maxWait: -1ms}"),
            "spec.http[0].bulkhead.maxWait",
            "0s or more"),
        refused(
            rule("coalesce: {maxBytes: 17Mi}"),
            "spec.http[0].coalesce.maxBytes",
            "1 to 16777216 bytes"),
        refused(rule("coalesce: {maxBytes: 1KB}"), "spec.http[0].coalesce.maxBytes", "64Ki"),
        refused(rule("coalesce: {maxWait: 0s}"), "spec.http[0].coalesce.maxWait", "0s"),
        refused(
            rule("coalesce: {headers: ['a b']}"),
            "spec.http[0].coalesce.headers[0]",
            "a header's name"),
        refused(
            rule("fallback: {lastGoodResponse: {maxEntries: 0}}"),
            "spec.http[0].fallback.lastGoodResponse.maxEntries",
            "1 or more"),
        refused(
            rule("fallback: {lastGoodResponse: {maxAge: 0s}}"),
            "spec.http[0].fallback.lastGoodResponse.maxAge",
            "0s"),
        refused(
            adaptive("sampleAggregatePercentile: {value: 0}"),
            "spec.http[0].adaptiveConcurrency.sampleAggregatePercentile",
            "more than 0"),
        refused(
            adaptive("sampleAggregatePercentile: {value: 101}"),
            "spec.http[0].adaptiveConcurrency.sampleAggregatePercentile",
            "to 100"),
        refused(
            adaptive("concurrencyLimitParams: {maxConcurrencyLimit: 0}"),
            "spec.http[0].adaptiveConcurrency.concurrencyLimitParams.maxConcurrencyLimit",
            "1 or more"),
        refused(
            adaptive("concurrencyLimitParams: {concurrencyUpdateInterval: 0s}"),
            "spec.http[0].adaptiveConcurrency.concurrencyLimitParams.concurrencyUpdateInterval",
            "0s"),
        refused(
            adaptive("minRttCalcParams: {requestCount: 0}"),
            "spec.http[0].adaptiveConcurrency.minRttCalcParams.requestCount",
            "1 or more"),
        refused(
            adaptive("minRttCalcParams: {interval: 1us}"),
            "spec.http[0].adaptiveConcurrency.minRttCalcParams.interval",
            "1000ns (expected: at least 1ms)"),
        refused(
            adaptive("minRttCalcParams: {buffer: {value: 200}}"),
            "spec.http[0].adaptiveConcurrency.minRttCalcParams.buffer",
            "to 100"),
        refused(
            adaptive("minRttCalcParams: {minConcurrency: 1001}"),
            "spec.http[0].adaptiveConcurrency.minRttCalcParams.minConcurrency",
            "at most maxConcurrencyLimit, 1000"),
        refused(rule("fallback: {}"), "spec.http[0].fallback", "no answer"),
        refused(
            rule("fallback: {on: [6xx], response: {}}"),
            "spec.http[0].fallback.on[0]",
            "did you mean '5xx'?"),
        refused(
            rule("fallback: {on: ['199'], response: {}}"),
            "spec.http[0].fallback.on[0]",
            "a status, or one of 5xx, gateway-error"),
        refused(
            rule("fallback: {destination: {host: ''}}"),
            "spec.http[0].fallback.destination.host",
            "missing"),
        refused(
            rule("fallback: {response: {status: 199}}"),
            "spec.http[0].fallback.response.status",
            "a status from 200 to 599"),
        refused(
            rule("fallback: {response: {headers: {Content-Length: '3'}}}"),
            "spec.http[0].fallback.response.headers.Content-Length",
            "nothing of the connection or the length"),
        refused(
            rule("fallback: {response: {headers: {'a b': '3'}}}"),
            "spec.http[0].fallback.response.headers[\"a b\"]",
            "a header's name"),
        refused(
            rule("fallback: {response: {body: {bytes: '?'}}}"),
            "spec.http[0].fallback.response.body.bytes",
            "base64"),
        refused(
            rule(LIMIT, "match: [{uri: {regex: '('}}]"),
            "spec.http[0].match[0].uri.regex",
            "missing closing )"),
        refused(
            policy(
                "{hosts: [a], http: [{name: x, match: [{port: 80}], "
                    + LIMIT
                    + "},"
                    + " {name: x, "
                    + LIMIT
                    + "}]}"),
            "spec.http[1].name",
            "every rule name once"));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void brokenRulesAreRefused(String text, String path, String words) {
    assertRefused(text, path, words);
  }

  static Stream<Arguments> misspelt() {
    return Stream.of(
        refused(rule(LIMIT, "bulkheads: {}"), "spec.http[0].bulkheads", "did you mean 'bulkhead'?"),
        refused(
            rule(LIMIT, "rateLimiter: {}"),
            "spec.http[0].rateLimiter",
            "did you mean 'rateLimit'?"),
        refused(
            rule("rateLimit: {requests: 1, limitRefreshPeriod: 1s}"),
            "spec.http[0].rateLimit.limitRefreshPeriod",
            "write interval"),
        refused(
            rule("rateLimit: {requests: 1, tokenBucket: {}}"),
            "spec.http[0].rateLimit.tokenBucket",
            "write requests and interval"),
        refused(
            rule("bulkhead: {maxConcurrentCalls: 1, maxWaitDuration: 1s}"),
            "spec.http[0].bulkhead.maxWaitDuration",
            "write maxWait"),
        refused(
            rule("fallback: {directResponse: {status: 200}, response: {}}"),
            "spec.http[0].fallback.directResponse",
            "did you mean 'response'?"),
        refused(
            rule("coalesce: {}, lastGoodResponse: {}"),
            "spec.http[0].lastGoodResponse",
            "it belongs inside 'fallback'"),
        refused(
            adaptive("gradientControllerConfig: {}"),
            "spec.http[0].adaptiveConcurrency.gradientControllerConfig",
            "write its fields here"),
        refused(
            adaptive("minConcurrency: 1"),
            "spec.http[0].adaptiveConcurrency.minConcurrency",
            "it belongs inside 'minRttCalcParams'"),
        refused(rule("singleFlight: {}"), "spec.http[0].singleFlight", "did you mean 'coalesce'?"),
        refused(
            rule("fallback: {response: {}, host: b}"),
            "spec.http[0].fallback.host",
            "write destination: {host: ...}"),
        refused(
            rule(LIMIT, "retries: {attempts: 3}"),
            "spec.http[0].retries",
            "it belongs to a VirtualService"),
        refused(
            policy("{hosts: [a], http: [{" + LIMIT + "}], bulkhead: {maxConcurrentCalls: 1}}"),
            "spec.bulkhead",
            "it belongs inside an entry of 'http'"));
  }

  @ParameterizedTest
  @MethodSource("misspelt")
  void fieldsOfOthersAreExplained(String text, String path, String words) {
    assertRefused(text, path, words);
  }

  @Test
  void ruleBehindOneThatTakesEverythingIsNamed() {
    assertWarned(
        policy(
            "{hosts: [a], http: [{match: [{uri: {prefix: /}}], " + LIMIT + "}, {" + LIMIT + "}]}"),
        "spec.http[1]",
        "never reached: http[0] above matches everything");
  }

  static Stream<Arguments> groups() {
    String spec = "{hosts: [a], http: [{" + LIMIT + "}]}";
    return Stream.of(
        refused(
            document("librarymesh.io/v2", "ResiliencePolicy", spec),
            "apiVersion",
            "expected librarymesh.io/v1 for a ResiliencePolicy, found \"librarymesh.io/v2\""),
        refused(
            document("libarymesh.io/v1", "ResiliencePolicy", spec),
            "apiVersion",
            "expected librarymesh.io/v1 for a ResiliencePolicy"),
        refused(
            document("v1", "ResiliencePolicy", spec),
            "apiVersion",
            "expected librarymesh.io/v1 for a ResiliencePolicy"),
        refused(
            document("networking.istio.io/v1", "ResiliencePolicy", spec),
            "kind",
            "a ResiliencePolicy has apiVersion: librarymesh.io/v1"),
        refused(
            document("librarymesh.io/v1", "ResiliencyPolicy", spec),
            "kind",
            "did you mean 'ResiliencePolicy'?"),
        refused(
            document("librarymesh.io/v1", "VirtualService", spec),
            "kind",
            "a VirtualService has apiVersion: networking.istio.io/v1"));
  }

  @ParameterizedTest
  @MethodSource("groups")
  void wrongGroupOrKindIsExplained(String text, String path, String words) {
    assertRefused(text, path, words);
  }

  @Test
  void findingNamesFileLineAndColumn() {
    String text =
        """
        apiVersion: librarymesh.io/v1
        kind: ResiliencePolicy
        metadata: {name: greeter}
        spec:
          hosts: [greeter]
          http:
            - rateLimit:
                requests: 100
                maxWaits: 1s
        """;

    List<Finding> errors = Snippets.errors(text);
    assertThat(errors).hasSize(1);
    assertThat(errors.get(0).toString())
        .startsWith("test.yaml:9:9:")
        .contains("spec.http[0].rateLimit.maxWaits")
        .contains("did you mean 'maxWait'?");
  }
}
