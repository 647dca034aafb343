package io.librarymesh.cli;

import static io.librarymesh.cli.ExplanationText.time;

import io.librarymesh.Explanation.Policy;
import io.librarymesh.config.AdaptiveConcurrency;
import io.librarymesh.config.Bulkhead;
import io.librarymesh.config.ClusterName;
import io.librarymesh.config.Coalesce;
import io.librarymesh.config.FailureCondition;
import io.librarymesh.config.Fallback;
import io.librarymesh.config.LastGoodResponse;
import io.librarymesh.config.RateLimit;
import io.librarymesh.config.ResiliencePolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rule of a policy that is in force, part by part, for people. */
final class PolicyText {
  private PolicyText() {}

  static List<String> lines(Policy policy) {
    ResiliencePolicy.Rule rule = policy.rule();
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        "ResiliencePolicy "
            + policy.name()
            + (policy.origin().isEmpty() ? "" : " (" + policy.origin() + ")"));
    if (!rule.coalesce().isNone()) {
      lines.add("  coalesce    " + coalesce(rule.coalesce()));
    }
    if (!rule.rateLimit().isNone()) {
      lines.add("  rate limit  " + rate(rule.rateLimit()));
    }
    if (!rule.bulkhead().isNone()) {
      lines.add("  bulkhead    " + bulkhead(rule.bulkhead()));
    }
    if (!rule.adaptiveConcurrency().isNone()) {
      lines.add("  adaptive    " + adaptive(rule.adaptiveConcurrency(), policy));
    }
    if (!rule.fallback().isNone()) {
      lines.add("  fallback    " + fallback(rule.fallback()));
    }
    return lines;
  }

  private static String coalesce(Coalesce coalesce) {
    return "equal requests under way share an answer of up to "
        + coalesce.maxBytes()
        + " bytes, and wait "
        + time(coalesce.maxWaitNanos())
        + " for it"
        + compared(coalesce.headers());
  }

  private static String compared(List<String> headers) {
    return headers.isEmpty() ? "" : "; they differ in " + String.join(", ", headers) + " as well";
  }

  private static String rate(RateLimit limit) {
    return limit.requests()
        + " in "
        + time(limit.intervalNanos())
        + waiting(limit.maxWaitNanos())
        + ", then 429 RL";
  }

  private static String bulkhead(Bulkhead bulkhead) {
    return bulkhead.maxConcurrentCalls()
        + " at once"
        + waiting(bulkhead.maxWaitNanos())
        + ", then 503 UO";
  }

  private static String waiting(long nanos) {
    return nanos == 0 ? "" : "; others wait up to " + time(nanos);
  }

  private static String adaptive(AdaptiveConcurrency adaptive, Policy policy) {
    return policy.concurrencyLimit()
        + " at once now, by latency from "
        + adaptive.minRtt().minConcurrency()
        + " to "
        + adaptive.maxConcurrencyLimit()
        + ", then 503 UO";
  }

  private static String fallback(Fallback fallback) {
    List<String> ways = new ArrayList<>();
    if (!fallback.cluster().isEmpty()) {
      ways.add(ClusterName.parse(fallback.cluster()).description());
    }
    LastGoodResponse kept = fallback.lastGood();
    if (!kept.isNone()) {
      ways.add(
          "the last good answer of the last "
              + time(kept.maxAgeNanos())
              + compared(kept.headers()));
    }
    if (fallback.response() != null) {
      ways.add("a fixed answer, " + fallback.response().status());
    }
    String on =
        Stream.concat(
                fallback.on().stream().map(FailureCondition::token).sorted(),
                fallback.statuses().stream().sorted().map(String::valueOf))
            .collect(Collectors.joining(","));
    return "on " + on + ": " + String.join("; else ", ways);
  }
}
