package io.librarymesh.testkit.conformance;

import io.librarymesh.config.Bulkhead;
import io.librarymesh.config.RateLimit;
import io.librarymesh.config.ResiliencePolicy;
import io.librarymesh.config.ResiliencePolicy.Rule;
import io.librarymesh.config.RouteMatch;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code resilience}. What a case leaves out has the default of the resource. */
final class PolicyReader {
  private static final long SECOND = 1_000_000_000L;

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
            fields.read("rateLimit", RateLimit.NONE, PolicyReader::rateLimit),
            fields.read("bulkhead", Bulkhead.NONE, PolicyReader::bulkhead));
    fields.end();
    return rule;
  }

  private static List<RouteMatch> matches(CaseNode node) {
    return node.isList() ? node.items(MatchReader::match) : List.of(MatchReader.match(node));
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
