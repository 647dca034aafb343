package io.librarymesh.testkit.conformance;

import io.librarymesh.config.AdaptiveConcurrency;
import io.librarymesh.config.AdaptiveConcurrency.MinRtt;
import io.librarymesh.config.Body;
import io.librarymesh.config.Bulkhead;
import io.librarymesh.config.Coalesce;
import io.librarymesh.config.FailureCondition;
import io.librarymesh.config.Fallback;
import io.librarymesh.config.LastGoodResponse;
import io.librarymesh.config.RateLimit;
import io.librarymesh.config.ResiliencePolicy;
import io.librarymesh.config.ResiliencePolicy.Rule;
import io.librarymesh.config.RouteMatch;
import io.librarymesh.config.StoredResponse;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code resilience}. What a case leaves out has the default of the resource. */
final class PolicyReader {
  private static final long SECOND = 1_000_000_000L;

  /** Nothing is written, which means the default. */
  private static final List<CaseNode> FAILURES = List.of();

  private PolicyReader() {}

  static ResiliencePolicy policy(CaseFields owner) {
    List<Rule> rules = new ArrayList<>();
    for (CaseNode node : owner.list("resilience", node -> node)) {
      rules.add(rule(node, "rule " + rules.size()));
    }
    return rules.isEmpty() ? ResiliencePolicy.NONE : new ResiliencePolicy("case", rules);
  }

  private static Rule rule(CaseNode node, String name) {
    CaseFields fields = node.fields();
    Rule rule =
        new Rule(
            fields.text("name", name),
            fields.read("match", List.of(), PolicyReader::matches),
            fields.read("coalesce", Coalesce.NONE, PolicyReader::coalesce),
            fields.read("rateLimit", RateLimit.NONE, PolicyReader::rateLimit),
            fields.read("bulkhead", Bulkhead.NONE, PolicyReader::bulkhead),
            fields.read("adaptiveConcurrency", AdaptiveConcurrency.NONE, PolicyReader::adaptive),
            fields.read("fallback", Fallback.NONE, PolicyReader::fallback));
    fields.end();
    return rule;
  }

  private static List<RouteMatch> matches(CaseNode node) {
    return node.isList() ? node.items(MatchReader::match) : List.of(MatchReader.match(node));
  }

  private static Fallback fallback(CaseNode node) {
    CaseFields fields = node.fields();
    Set<FailureCondition> on = EnumSet.noneOf(FailureCondition.class);
    Set<Integer> statuses = new HashSet<>();
    for (CaseNode written : fields.read("on", FAILURES, list -> list.oneOrMore(item -> item))) {
      Optional<FailureCondition> condition = FailureCondition.of(written.text());
      condition.ifPresentOrElse(on::add, () -> statuses.add(written.integer()));
    }
    if (on.isEmpty() && statuses.isEmpty()) {
      on = EnumSet.of(FailureCondition.FIVE_XX, FailureCondition.RATE_LIMITED);
    }
    String cluster = fields.text("cluster", "");
    LastGoodResponse kept =
        fields.read("lastGoodResponse", LastGoodResponse.NONE, PolicyReader::lastGood);
    StoredResponse response = fields.optional("response").map(PolicyReader::response).orElse(null);
    fields.end();
    return new Fallback(on, statuses, cluster, kept, response);
  }

  private static LastGoodResponse lastGood(CaseNode node) {
    CaseFields fields = node.fields();
    List<String> headers = fields.list("headers", CaseNode::text);
    long maxAge = fields.nanos("maxAge", 300 * SECOND);
    int maxEntries = fields.integer("maxEntries", 1000);
    int maxBytes = fields.integer("maxBytes", 65_536);
    fields.end();
    return node.check(place -> new LastGoodResponse(headers, maxAge, maxEntries, maxBytes));
  }

  private static Coalesce coalesce(CaseNode node) {
    CaseFields fields = node.fields();
    List<String> headers = fields.list("headers", CaseNode::text);
    int maxBytes = fields.integer("maxBytes", 65_536);
    long maxWait = fields.nanos("maxWait", 5 * SECOND);
    fields.end();
    return node.check(place -> new Coalesce(headers, maxBytes, maxWait));
  }

  private static StoredResponse response(CaseNode node) {
    CaseFields fields = node.fields();
    int status = fields.integer("status", 200);
    Map<String, List<String>> headers =
        fields.read("headers", Map.of(), lines -> lines.entries(l -> l.oneOrMore(CaseNode::text)));
    Body body = Body.ofText(fields.text("body", ""));
    fields.end();
    return node.check(place -> new StoredResponse(status, headers, body));
  }

  private static AdaptiveConcurrency adaptive(CaseNode node) {
    CaseFields fields = node.fields();
    int percentile = fields.integer("percentile", 50);
    int most = fields.integer("maxConcurrencyLimit", 1000);
    long interval = fields.nanos("concurrencyUpdateInterval", SECOND / 10);
    int least = fields.integer("minConcurrency", 3);
    int buffer = fields.integer("bufferPercent", 25);
    long fixed = fields.nanos("fixedValue", 0);
    long measured = fields.nanos("interval", 60 * SECOND);
    int jitter = fields.integer("jitterPercent", 15);
    int requests = fields.integer("requestCount", 50);
    fields.end();
    return node.check(
        place ->
            new AdaptiveConcurrency(
                percentile,
                most,
                interval,
                new MinRtt(least, buffer, fixed, measured, jitter, requests)));
  }

  private static RateLimit rateLimit(CaseNode node) {
    CaseFields fields = node.fields();
    int requests = fields.required("requests").integer();
    long interval = fields.nanos("interval", SECOND);
    long maxWait = fields.nanos("maxWait", 0);
    fields.end();
    return node.check(place -> new RateLimit(requests, interval, maxWait));
  }

  private static Bulkhead bulkhead(CaseNode node) {
    CaseFields fields = node.fields();
    int maxConcurrentCalls = fields.required("maxConcurrentCalls").integer();
    long maxWait = fields.nanos("maxWait", 0);
    fields.end();
    return node.check(place -> new Bulkhead(maxConcurrentCalls, maxWait));
  }
}
