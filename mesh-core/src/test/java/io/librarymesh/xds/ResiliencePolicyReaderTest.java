package io.librarymesh.xds;

import static io.librarymesh.xds.SampleResources.forward;
import static io.librarymesh.xds.SampleResources.route;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.librarymesh.config.AdaptiveConcurrency;
import io.librarymesh.config.AdaptiveConcurrency.MinRtt;
import io.librarymesh.config.Body;
import io.librarymesh.config.Bulkhead;
import io.librarymesh.config.Coalesce;
import io.librarymesh.config.FailureCondition;
import io.librarymesh.config.Fallback;
import io.librarymesh.config.HeaderMatch;
import io.librarymesh.config.LastGoodResponse;
import io.librarymesh.config.PathMatch;
import io.librarymesh.config.RateLimit;
import io.librarymesh.config.ResiliencePolicy;
import io.librarymesh.config.RouteMatch;
import io.librarymesh.config.StoredResponse;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.ValueMatch;
import io.librarymesh.proto.envoy.config.core.v3.Metadata;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.config.route.v3.VirtualHost;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ResiliencePolicyReaderTest {
  private static final String AT =
      "virtual_hosts[0].metadata.filter_metadata[\"io.librarymesh\"].resilience_policy.";

  /** A struct as JSON would have it: texts, numbers, flags, lists and maps. */
  private static Value value(Object json) {
    Value.Builder value = Value.newBuilder();
    if (json instanceof Map<?, ?> map) {
      Struct.Builder struct = Struct.newBuilder();
      new TreeMap<>(map).forEach((k, v) -> struct.putFields((String) k, value(v)));
      return value.setStructValue(struct).build();
    }
    if (json instanceof List<?> list) {
      ListValue.Builder values = ListValue.newBuilder();
      list.forEach(item -> values.addValues(value(item)));
      return value.setListValue(values).build();
    }
    if (json instanceof Number number) {
      return value.setNumberValue(number.doubleValue()).build();
    }
    return json instanceof Boolean flag
        ? value.setBoolValue(flag).build()
        : value.setStringValue((String) json).build();
  }

  private static RouteConfiguration routes(Object policy) {
    Struct own = Struct.newBuilder().putFields("resilience_policy", value(policy)).build();
    return RouteConfiguration.newBuilder()
        .setName("r")
        .addVirtualHosts(
            VirtualHost.newBuilder()
                .setName("v")
                .addDomains("*")
                .addRoutes(route(forward("c").build()))
                .setMetadata(Metadata.newBuilder().putFilterMetadata("io.librarymesh", own)))
        .build();
  }

  private static RouteConfiguration withRule(Map<String, Object> rule) {
    return routes(Map.of("name", "ns/p", "rules", List.of(rule)));
  }

  private static ResiliencePolicy read(RouteConfiguration message) {
    assertThat(Reading.warnings(ResourceType.ROUTE, message)).isEmpty();
    return Reading.value(ResourceType.ROUTE, message).config().virtualHosts().get(0).resilience();
  }

  private static List<String> errors(RouteConfiguration message) {
    return Reading.errors(ResourceType.ROUTE, message);
  }

  @Test
  void hostWithoutMetadataHasNoPolicy() {
    RouteConfiguration plain = SampleResources.routes("r", route(forward("c").build()).build());
    assertThat(read(plain)).isEqualTo(ResiliencePolicy.NONE);
  }

  @Test
  void limitsAreReadWithTheirUnits() {
    ResiliencePolicy policy =
        read(
            withRule(
                Map.of(
                    "name", "all",
                    "rateLimit", Map.of("requests", 100, "interval", "0.25s", "maxWait", "2s"),
                    "bulkhead", Map.of("maxConcurrentCalls", 25, "maxWait", "0s"))));

    assertThat(policy)
        .isEqualTo(
            new ResiliencePolicy(
                "ns/p",
                List.of(
                    new ResiliencePolicy.Rule(
                        "all",
                        List.of(),
                        Coalesce.NONE,
                        new RateLimit(100, 250_000_000L, 2_000_000_000L),
                        new Bulkhead(25, 0),
                        AdaptiveConcurrency.NONE,
                        Fallback.NONE))));
  }

  @Test
  void fallbackIsReadWithAllItsWays() {
    Map<String, Object> response =
        Map.of(
            "status",
            203,
            "headers",
            Map.of("X-From", "policy"),
            "body",
            Map.of("string", "sorry"));
    Fallback fallback =
        fallback(
            Map.of(
                "on",
                List.of("5xx", "429", "timeout"),
                "cluster",
                "other",
                "lastGoodResponse",
                Map.of(
                    "headers", List.of("X-Who"), "maxAge", "30s", "maxEntries", 7, "maxBytes", 9),
                "response",
                response));

    assertThat(fallback)
        .isEqualTo(
            new Fallback(
                Set.of(FailureCondition.FIVE_XX, FailureCondition.TIMEOUT),
                Set.of(429),
                "other",
                new LastGoodResponse(List.of("x-who"), 30_000_000_000L, 7, 9),
                new StoredResponse(
                    203,
                    Map.of("x-from", List.of("policy"), "content-type", List.of("text/plain")),
                    Body.ofText("sorry"))));
  }

  @Test
  void bytesOfABodyAreInBase64() {
    Map<String, Object> response =
        Map.of("headers", Map.of("content-type", "image/x"), "body", Map.of("bytes", "AAH/"));

    assertThat(fallback(Map.of("on", List.of("5xx"), "response", response)).response())
        .isEqualTo(
            new StoredResponse(
                200,
                Map.of("content-type", List.of("image/x")),
                Body.of(new byte[] {0, 1, (byte) 0xff})));
  }

  private static Fallback fallback(Map<String, Object> json) {
    return read(withRule(Map.of("fallback", json))).rules().get(0).fallback();
  }

  private static AdaptiveConcurrency adaptive(Map<String, Object> json) {
    return read(withRule(Map.of("adaptiveConcurrency", json))).rules().get(0).adaptiveConcurrency();
  }

  @Test
  void adaptiveBoundIsEnvoysInItsJsonForm() {
    Map<String, Object> limit =
        Map.of("maxConcurrencyLimit", 200, "concurrencyUpdateInterval", "0.25s");
    Map<String, Object> minRtt =
        Map.of(
            "interval",
            "30s",
            "requestCount",
            7,
            "jitter",
            Map.of("value", 10),
            "minConcurrency",
            5,
            "buffer",
            Map.of("value", 12.5),
            "fixedValue",
            "0.002s");

    assertThat(
            adaptive(
                Map.of(
                    "sampleAggregatePercentile", Map.of("value", 90),
                    "concurrencyLimitParams", limit,
                    "minRttCalcParams", minRtt)))
        .isEqualTo(
            new AdaptiveConcurrency(
                90, 200, 250_000_000L, new MinRtt(5, 12.5, 2_000_000L, 30_000_000_000L, 10, 7)));
  }

  @Test
  void adaptiveBoundHasEnvoysDefaults() {
    assertThat(adaptive(Map.of()))
        .isEqualTo(
            new AdaptiveConcurrency(
                50, 1000, 100_000_000L, new MinRtt(3, 25, 0, 60_000_000_000L, 15, 50)));
  }

  @Test
  void adaptiveBoundOutOfRangeIsAnErrorWithItsPlace() {
    Map<String, Object> json =
        Map.of(
            "sampleAggregatePercentile", Map.of("value", 0),
            "concurrencyLimitParams",
                Map.of("maxConcurrencyLimit", 0, "concurrencyUpdateInterval", "0s"),
            "minRttCalcParams", Map.of("jitter", Map.of("value", 101), "buffer", 3));
    String at = AT + "rules[0].adaptiveConcurrency.";

    assertThat(errors(withRule(Map.of("adaptiveConcurrency", json))))
        .containsExactlyInAnyOrder(
            at + "sampleAggregatePercentile: 0 (expected: > 0)",
            at + "concurrencyLimitParams.maxConcurrencyLimit: 0 (expected: >= 1)",
            at + "concurrencyLimitParams.concurrencyUpdateInterval: 0 ns (expected: >= 1000000 ns)",
            at + "minRttCalcParams.jitter.value: 101.0 (expected: 0..100)",
            at + "minRttCalcParams.buffer: 3.0 (expected: a struct)");
  }

  @Test
  void coalesceIsReadWithItsUnits() {
    Map<String, Object> json =
        Map.of("headers", List.of("X-Who"), "maxBytes", 1024, "maxWait", "1.5s");

    assertThat(read(withRule(Map.of("coalesce", json))).rules().get(0).coalesce())
        .isEqualTo(new Coalesce(List.of("x-who"), 1024, 1_500_000_000L));
  }

  @Test
  void matchIsEnvoysInItsJsonForm() {
    Map<String, Object> header =
        Map.of(
            "name",
            "x-who",
            "stringMatch",
            Map.of("exact", "batch", "ignoreCase", true),
            "invertMatch",
            true);
    Map<String, Object> match =
        Map.of("path", "/a", "caseSensitive", false, "headers", List.of(header));
    RouteMatch read =
        read(withRule(Map.of("match", List.of(match)))).rules().get(0).matches().get(0);

    assertThat(read.path()).isEqualTo(new PathMatch.Exact("/a", false));
    assertThat(read.headers())
        .containsExactly(
            new HeaderMatch(
                "x-who", new ValueMatch.Text(new StringMatch.Exact("batch", true)), true, false));
  }

  @Test
  void rangesAreReadAsTextsOrNumbers() {
    Map<String, Object> header =
        Map.of("name", "x", "rangeMatch", Map.of("start", "10", "end", 20));
    RouteMatch read =
        read(withRule(Map.of("match", List.of(Map.of("prefix", "/", "headers", List.of(header))))))
            .rules()
            .get(0)
            .matches()
            .get(0);

    assertThat(read.headers().get(0).value()).isEqualTo(new ValueMatch.Range(10, 20));
  }

  @Test
  void conditionThatIsNotKnownIsAnError() {
    Map<String, Object> match = Map.of("prefix", "/", "moonPhase", "full");

    assertThat(errors(withRule(Map.of("match", List.of(match)))))
        .containsExactly(
            AT
                + "rules[0].match[0].moonPhase: unknown (expected: a field of"
                + " envoy.config.route.v3.RouteMatch)");
  }

  @Test
  void conditionOfTheWrongTypeIsAnError() {
    Map<String, Object> match = Map.of("prefix", 3, "caseSensitive", "no");

    assertThat(errors(withRule(Map.of("match", List.of(match)))))
        .contains(
            AT + "rules[0].match[0].prefix: does not fit (expected: STRING in its JSON form)",
            AT
                + "rules[0].match[0].case_sensitive: does not fit (expected: BOOL in its JSON"
                + " form)");
  }

  @Test
  void shareOfTheRequestsIsNoCondition() {
    Map<String, Object> share =
        Map.of("defaultValue", Map.of("numerator", 5, "denominator", "TEN_THOUSAND"));

    assertThat(
            errors(
                withRule(
                    Map.of("match", List.of(Map.of("prefix", "/", "runtimeFraction", share))))))
        .containsExactly(
            AT + "rules[0].match[0].runtimeFraction: a share (expected: every request)");
  }

  @Test
  void valuesOutOfRangeAreErrorsWithTheirPlace() {
    Map<String, Object> rule =
        Map.of(
            "rateLimit", Map.of("requests", 0, "interval", "0.0001s", "maxWait", "-1s"),
            "bulkhead", Map.of("maxConcurrentCalls", 1.5));

    assertThat(errors(withRule(rule)))
        .containsExactlyInAnyOrder(
            AT + "rules[0].rateLimit.requests: 0 (expected: >= 1)",
            AT + "rules[0].rateLimit.interval: 100000 ns (expected: >= 1000000 ns)",
            AT + "rules[0].rateLimit.maxWait: \"-1s\" (expected: a duration such as 1.5s)",
            AT + "rules[0].bulkhead.maxConcurrentCalls: 1.5 (expected: a whole number)",
            AT + "rules[0].bulkhead.maxConcurrentCalls: 0 (expected: >= 1)");
  }

  @Test
  void fallbackOutOfRangeIsAnErrorWithItsPlace() {
    Map<String, Object> fallback =
        Map.of(
            "on", List.of("6xx"),
            "lastGoodResponse", Map.of("maxAge", "-1s"),
            "response", Map.of("status", 199, "body", Map.of("bytes", "?")));
    String at = AT + "rules[0].fallback.";

    assertThat(
            errors(withRule(Map.of("fallback", fallback, "coalesce", Map.of("maxWait", "0.5ms")))))
        .containsExactlyInAnyOrder(
            at + "on: 6xx (expected: a condition or a status)",
            at + "lastGoodResponse.maxAge: \"-1s\" (expected: a duration such as 1.5s)",
            at + "lastGoodResponse.maxEntries: 0 (expected: >= 1)",
            at + "lastGoodResponse.maxBytes: 0 (expected: >= 1)",
            at + "response.status: 199 (expected: 200..599)",
            at + "response.body.bytes: not base64 (expected: base64)",
            AT + "rules[0].coalesce.maxBytes: 0 (expected: >= 1)",
            AT + "rules[0].coalesce.maxWait: \"0.5ms\" (expected: a duration such as 1.5s)");
  }

  @Test
  void twoRulesOfOneNameAreRefused() {
    Map<String, Object> rule = Map.of("name", "same");

    assertThat(errors(routes(Map.of("rules", List.of(rule, rule)))))
        .containsExactly(AT + "rules[1].name: same (expected: every rule name once)");
  }

  @Test
  void whatANewerControlPlaneAddsIsReported() {
    RouteConfiguration message =
        withRule(
            Map.of("name", "a", "antigravity", true, "bulkhead", Map.of("maxConcurrentCalls", 1)));

    assertThat(Reading.warnings(ResourceType.ROUTE, message))
        .containsExactly(AT + "rules[0].antigravity: not carried out");
  }
}
