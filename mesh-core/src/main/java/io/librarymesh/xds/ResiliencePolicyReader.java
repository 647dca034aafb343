package io.librarymesh.xds;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.librarymesh.config.AdaptiveConcurrency;
import io.librarymesh.config.Bulkhead;
import io.librarymesh.config.Coalesce;
import io.librarymesh.config.Fallback;
import io.librarymesh.config.RateLimit;
import io.librarymesh.config.ResiliencePolicy;
import io.librarymesh.proto.envoy.config.core.v3.Metadata;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the resilience policy in the metadata of a virtual host, which our control plane puts under
 * {@code io.librarymesh} and no other does: a struct that reads as the resource {@code
 * ResiliencePolicy}, with matches as Envoy's RouteMatch in their JSON form.
 */
final class ResiliencePolicyReader {
  private static final String FILTER = "io.librarymesh";
  private static final String KEY = "resilience_policy";
  private static final long MILLISECOND = 1_000_000L;

  private final Findings findings;

  private ResiliencePolicyReader(Findings findings) {
    this.findings = findings;
  }

  /**
   * Reads what the metadata has.
   *
   * @param at where the metadata stands
   */
  static ResiliencePolicy read(Metadata metadata, FieldPath at, Findings findings) {
    Value value =
        metadata
            .getFilterMetadataOrDefault(FILTER, Struct.getDefaultInstance())
            .getFieldsOrDefault(KEY, Value.getDefaultInstance());
    if (!value.hasStructValue()) {
      return ResiliencePolicy.NONE;
    }
    FieldPath place = at.entry("filter_metadata", FILTER).field(KEY);
    return new ResiliencePolicyReader(findings)
        .policy(
            new StructFields(value.getStructValue(), place, findings),
            ConfigMetadata.origin(metadata));
  }

  private ResiliencePolicy policy(StructFields fields, String origin) {
    List<ResiliencePolicy.Rule> rules = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (StructFields rule : fields.messages("rules")) {
      ResiliencePolicy.Rule read = rule(rule);
      if (!names.add(read.name())) {
        findings.error(rule.at("name"), read.name() + " (expected: every rule name once)");
      }
      rules.add(read);
    }
    String name = fields.text("name");
    fields.end();
    return new ResiliencePolicy(name, origin, rules);
  }

  private ResiliencePolicy.Rule rule(StructFields fields) {
    ResiliencePolicy.Rule rule =
        new ResiliencePolicy.Rule(
            fields.text("name"),
            fields.messages("match").stream().map(this::match).toList(),
            fields.message("coalesce").map(this::coalesce).orElse(Coalesce.NONE),
            fields.message("rateLimit").map(this::rateLimit).orElse(RateLimit.NONE),
            fields.message("bulkhead").map(this::bulkhead).orElse(Bulkhead.NONE),
            fields
                .message("adaptiveConcurrency")
                .map(adaptive -> AdaptiveConcurrencyReader.read(adaptive, findings))
                .orElse(AdaptiveConcurrency.NONE),
            fields
                .message("fallback")
                .map(fallback -> FallbackReader.read(fallback, findings))
                .orElse(Fallback.NONE));
    fields.end();
    return rule;
  }

  private io.librarymesh.config.RouteMatch match(StructFields fields) {
    RouteMatch.Builder match =
        JsonForm.merge(fields.struct(), RouteMatch.newBuilder(), fields.at(), findings);
    if (match.hasRuntimeFraction()) {
      findings.error(fields.at("runtimeFraction"), "a share (expected: every request)");
      match.clearRuntimeFraction();
    }
    return RouteMatchReader.read(match.build(), fields.at(), findings);
  }

  private Coalesce coalesce(StructFields fields) {
    Coalesce coalesce =
        new Coalesce(
            fields.texts("headers"),
            atLeastOne(fields, "maxBytes"),
            atLeast(MILLISECOND, fields, "maxWait"));
    fields.end();
    return coalesce;
  }

  private RateLimit rateLimit(StructFields fields) {
    RateLimit limit =
        new RateLimit(
            atLeastOne(fields, "requests"),
            atLeast(MILLISECOND, fields, "interval"),
            fields.nanos("maxWait", 0));
    fields.end();
    return limit;
  }

  private Bulkhead bulkhead(StructFields fields) {
    Bulkhead bulkhead =
        new Bulkhead(atLeastOne(fields, "maxConcurrentCalls"), fields.nanos("maxWait", 0));
    fields.end();
    return bulkhead;
  }

  private int atLeastOne(StructFields fields, String name) {
    int value = fields.integer(name, 0);
    if (value < 1) {
      findings.error(fields.at(name), value + " (expected: >= 1)");
      return 1;
    }
    return value;
  }

  private long atLeast(long least, StructFields fields, String name) {
    long nanos = fields.nanos(name, 1000 * MILLISECOND);
    if (nanos < least) {
      findings.error(fields.at(name), nanos + " ns (expected: >= " + least + " ns)");
      return least;
    }
    return nanos;
  }
}
