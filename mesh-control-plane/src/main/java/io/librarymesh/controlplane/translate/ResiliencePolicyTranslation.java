package io.librarymesh.controlplane.translate;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.librarymesh.controlplane.istio.AdaptiveConcurrency;
import io.librarymesh.controlplane.istio.AdaptiveConcurrency.ConcurrencyLimitParams;
import io.librarymesh.controlplane.istio.AdaptiveConcurrency.MinRttCalcParams;
import io.librarymesh.controlplane.istio.HttpBody;
import io.librarymesh.controlplane.istio.Percent;
import io.librarymesh.controlplane.istio.ResiliencePolicy;
import io.librarymesh.controlplane.istio.ResilienceRule;
import java.util.Map;
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
        .map(
            selection ->
                Struct.newBuilder()
                    .putFields(KEY, JsonForm.value(policy(selection, lookup, port)))
                    .putFields("origin", Packing.text(Origin.of(selection.owner().position())))
                    .build());
  }

  private static Struct policy(PolicySelection selection, ClientLookup lookup, int port) {
    ResiliencePolicy owner = selection.owner();
    Destinations destinations = new Destinations(lookup, owner.metadata().namespace(), port);
    ListValue.Builder rules = ListValue.newBuilder();
    selection
        .rules()
        .forEach(candidate -> rules.addValues(JsonForm.value(rule(candidate, destinations))));
    return Struct.newBuilder()
        .putFields(
            "name", Packing.text(owner.metadata().namespace() + "/" + owner.metadata().name()))
        .putFields("rules", Value.newBuilder().setListValue(rules).build())
        .build();
  }

  private static Struct rule(PolicySelection.Candidate candidate, Destinations destinations) {
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
    rule.coalesce()
        .ifPresent(coalesce -> struct.putFields("coalesce", JsonForm.value(coalesce(coalesce))));
    rule.rateLimit()
        .ifPresent(limit -> struct.putFields("rateLimit", JsonForm.value(rateLimit(limit))));
    rule.bulkhead()
        .ifPresent(bulkhead -> struct.putFields("bulkhead", JsonForm.value(bulkhead(bulkhead))));
    rule.adaptiveConcurrency()
        .ifPresent(
            adaptive ->
                struct.putFields("adaptiveConcurrency", JsonForm.value(adaptive(adaptive))));
    rule.fallback()
        .ifPresent(
            fallback ->
                struct.putFields("fallback", JsonForm.value(fallback(fallback, destinations))));
    return struct.build();
  }

  private static Struct coalesce(ResilienceRule.Coalesce coalesce) {
    return Struct.newBuilder()
        .putFields("headers", JsonForm.texts(coalesce.headers()))
        .putFields("maxBytes", JsonForm.number(coalesce.maxBytes()))
        .putFields("maxWait", JsonForm.duration(coalesce.maxWait()))
        .build();
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

  private static Struct adaptive(AdaptiveConcurrency adaptive) {
    ConcurrencyLimitParams limit = adaptive.concurrencyLimitParams();
    MinRttCalcParams minRtt = adaptive.minRttCalcParams();
    Struct.Builder measured =
        Struct.newBuilder()
            .putFields("interval", JsonForm.duration(minRtt.interval()))
            .putFields("requestCount", JsonForm.number(minRtt.requestCount()))
            .putFields("jitter", percent(minRtt.jitter()))
            .putFields("minConcurrency", JsonForm.number(minRtt.minConcurrency()))
            .putFields("buffer", percent(minRtt.buffer()));
    minRtt
        .fixedValue()
        .ifPresent(fixed -> measured.putFields("fixedValue", JsonForm.duration(fixed)));
    Struct bound =
        Struct.newBuilder()
            .putFields("maxConcurrencyLimit", JsonForm.number(limit.maxConcurrencyLimit()))
            .putFields(
                "concurrencyUpdateInterval", JsonForm.duration(limit.concurrencyUpdateInterval()))
            .build();
    return Struct.newBuilder()
        .putFields("sampleAggregatePercentile", percent(adaptive.sampleAggregatePercentile()))
        .putFields("concurrencyLimitParams", JsonForm.value(bound))
        .putFields("minRttCalcParams", JsonForm.value(measured.build()))
        .build();
  }

  private static Value percent(Percent percent) {
    return JsonForm.value(
        Struct.newBuilder().putFields("value", JsonForm.number(percent.value())).build());
  }

  private static Struct fallback(ResilienceRule.Fallback fallback, Destinations destinations) {
    Struct.Builder struct = Struct.newBuilder();
    struct.putFields("on", JsonForm.texts(fallback.on()));
    fallback
        .destination()
        .ifPresent(
            to -> struct.putFields("cluster", Packing.text(destinations.cluster(to).toString())));
    fallback
        .lastGoodResponse()
        .ifPresent(
            kept -> struct.putFields("lastGoodResponse", JsonForm.value(lastGoodResponse(kept))));
    fallback
        .response()
        .ifPresent(
            response -> struct.putFields("response", JsonForm.value(staticResponse(response))));
    return struct.build();
  }

  private static Struct lastGoodResponse(ResilienceRule.LastGoodResponse kept) {
    return Struct.newBuilder()
        .putFields("headers", JsonForm.texts(kept.headers()))
        .putFields("maxAge", JsonForm.duration(kept.maxAge()))
        .putFields("maxEntries", JsonForm.number(kept.maxEntries()))
        .putFields("maxBytes", JsonForm.number(kept.maxBytes()))
        .build();
  }

  private static Struct staticResponse(ResilienceRule.StaticResponse response) {
    Struct.Builder struct = Struct.newBuilder();
    struct.putFields("status", JsonForm.number(response.status()));
    if (!response.headers().isEmpty()) {
      struct.putFields("headers", JsonForm.value(Packing.struct(response.headers())));
    }
    response.body().ifPresent(body -> struct.putFields("body", JsonForm.value(body(body))));
    return struct.build();
  }

  private static Struct body(HttpBody body) {
    return body instanceof HttpBody.Text text
        ? Packing.struct(Map.of("string", text.string()))
        : Packing.struct(Map.of("bytes", ((HttpBody.Binary) body).base64()));
  }
}
