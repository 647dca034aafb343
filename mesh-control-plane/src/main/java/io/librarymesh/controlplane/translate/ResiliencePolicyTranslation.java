package io.librarymesh.controlplane.translate;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.librarymesh.controlplane.istio.ResiliencePolicy;
import io.librarymesh.controlplane.istio.ResilienceRule;
import java.util.Optional;

/**
 * The ResiliencePolicy of a virtual host as metadata, since xDS has no field for it: under {@code
 * io.librarymesh} and {@code resilience_policy} a struct that reads as the resource does, in the
 * JSON form of protobuf, with matches as Envoy's RouteMatch. Clients of another kind ignore it.
 */
final class ResiliencePolicyTranslation {

  /** The key beneath {@code io.librarymesh}. */
  static final String KEY = "resilience_policy";

  private ResiliencePolicyTranslation() {}

  /**
   * The policy in force for a client.
   *
   * @param host complete
   */
  static Optional<Struct> translate(ClientLookup lookup, String host, int port) {
    return PolicySelection.first(lookup.resiliencePoliciesFor(host), port, lookup.view())
        .map(ResiliencePolicyTranslation::policy);
  }

  private static Struct policy(PolicySelection selection) {
    ResiliencePolicy owner = selection.owner();
    ListValue.Builder rules = ListValue.newBuilder();
    selection.rules().forEach(candidate -> rules.addValues(JsonForm.value(rule(candidate))));
    return Struct.newBuilder()
        .putFields(
            "name", Packing.text(owner.metadata().namespace() + "/" + owner.metadata().name()))
        .putFields("rules", Value.newBuilder().setListValue(rules).build())
        .build();
  }

  private static Struct rule(PolicySelection.Candidate candidate) {
    ResilienceRule rule = candidate.rule();
    Struct.Builder struct = Struct.newBuilder();
    struct.putFields("name", Packing.text(candidate.name()));
    if (!candidate.matches().isEmpty()) {
      ListValue.Builder matches = ListValue.newBuilder();
      candidate
          .matches()
          .forEach(
              match ->
                  matches.addValues(
                      JsonForm.value(JsonForm.struct(MatchTranslation.translate(match)))));
      struct.putFields("match", Value.newBuilder().setListValue(matches).build());
    }
    rule.rateLimit()
        .ifPresent(limit -> struct.putFields("rateLimit", JsonForm.value(rateLimit(limit))));
    rule.bulkhead()
        .ifPresent(bulkhead -> struct.putFields("bulkhead", JsonForm.value(bulkhead(bulkhead))));
    return struct.build();
  }

  private static Struct rateLimit(ResilienceRule.RateLimit limit) {
    return Struct.newBuilder()
        .putFields("requests", JsonForm.number(limit.requests()))
        .putFields("interval", JsonForm.duration(limit.interval()))
        .putFields("maxWait", JsonForm.duration(limit.maxWait()))
        .build();
  }

  private static Struct bulkhead(ResilienceRule.Bulkhead bulkhead) {
    return Struct.newBuilder()
        .putFields("maxConcurrentCalls", JsonForm.number(bulkhead.maxConcurrentCalls()))
        .putFields("maxWait", JsonForm.duration(bulkhead.maxWait()))
        .build();
  }
}
