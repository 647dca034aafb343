package io.librarymesh.controlplane.istio;

import java.util.List;

/** Rules of the {@code fallback} of a ResiliencePolicy. */
final class FallbackRules {
  /** What {@code on} may name besides statuses. */
  private static final List<String> CONDITIONS =
      List.of(
          "5xx",
          "gateway-error",
          "connect-failure",
          "reset",
          "timeout",
          "overload",
          "rate-limited");

  private static final int LARGEST_BODY = 16 << 20;
  private static final long LARGE_STORE = 256L << 20;

  private FallbackRules() {}

  static void check(ResilienceRule.Fallback fallback, FieldPath path, ValueRules rules) {
    for (int i = 0; i < fallback.on().size(); i++) {
      condition(fallback.on().get(i), path.field("on").index(i), rules);
    }
    if (fallback.destination().isEmpty()
        && fallback.lastGoodResponse().isEmpty()
        && fallback.response().isEmpty()) {
      rules
          .report()
          .incomplete(
              path,
              "no answer (expected: at least one of destination, lastGoodResponse, response)");
    }
    fallback
        .destination()
        .ifPresent(to -> DestinationRules.check(to, path.field("destination"), rules));
    fallback
        .lastGoodResponse()
        .ifPresent(kept -> lastGood(kept, path.field("lastGoodResponse"), rules));
    fallback.response().ifPresent(response -> response(response, path.field("response"), rules));
  }

  private static void condition(String condition, FieldPath path, ValueRules rules) {
    if (!CONDITIONS.contains(condition) && !condition.matches("[2-5][0-9]{2}")) {
      rules
          .report()
          .invalid(
              path,
              Quoting.quote(condition)
                  + " (expected: a status, or one of "
                  + String.join(", ", CONDITIONS)
                  + ")"
                  + Spelling.hint(condition, CONDITIONS));
    }
  }

  private static void lastGood(
      ResilienceRule.LastGoodResponse kept, FieldPath path, ValueRules rules) {
    headerNames(kept.headers(), path.field("headers"), rules);
    rules.interval(path.field("maxAge"), kept.maxAge());
    ResiliencePolicyRules.atLeastOne(path.field("maxEntries"), kept.maxEntries(), rules);
    body(path.field("maxBytes"), kept.maxBytes(), rules);
    long most = (long) kept.maxEntries() * kept.maxBytes();
    if (most > LARGE_STORE) {
      rules
          .report()
          .suspicious(
              path,
              "up to "
                  + (most >> 20)
                  + " MiB in every client for each service port (maxEntries times maxBytes)");
    }
  }

  /** Headers that tell requests apart. */
  static void headerNames(List<String> names, FieldPath path, ValueRules rules) {
    for (int i = 0; i < names.size(); i++) {
      if (!Names.isHeaderName(names.get(i))) {
        rules.invalid(path.index(i), Quoting.quote(names.get(i)), "a header's name");
      }
    }
  }

  /** The largest body that is held in memory. */
  static void body(FieldPath path, int bytes, ValueRules rules) {
    if (bytes < 1 || bytes > LARGEST_BODY) {
      rules.invalid(path, bytes, "1 to " + LARGEST_BODY + " bytes");
    }
  }

  private static void response(
      ResilienceRule.StaticResponse response, FieldPath path, ValueRules rules) {
    if (response.status() < 200 || response.status() > 599) {
      rules.invalid(path.field("status"), response.status(), "a status from 200 to 599");
    }
    HeaderRules.ofAnswer(response.headers(), path.field("headers"), rules);
    response.body().ifPresent(body -> LocalReplyRules.body(body, path.field("body"), rules));
  }
}
