package io.librarymesh.controlplane.istio;

import java.util.List;

/** Reads {@code corsPolicy}. */
final class CorsPolicyBinder {
  private CorsPolicyBinder() {}

  static CorsPolicy bind(Fields cors) {
    return new CorsPolicy(
        allowOrigins(cors),
        cors.texts("allowMethods"),
        cors.texts("allowHeaders"),
        cors.texts("exposeHeaders"),
        cors.duration("maxAge"),
        cors.optionalFlag("allowCredentials"),
        cors.choice("unmatchedPreflights", CorsPolicy.UnmatchedPreflights.class)
            .orElse(CorsPolicy.UnmatchedPreflights.UNSPECIFIED));
  }

  private static List<StringMatch> allowOrigins(Fields cors) {
    List<StringMatch> today = cors.messages("allowOrigins", HttpMatchBinder::stringMatch);
    List<String> old = cors.texts("allowOrigin");
    if (!old.isEmpty()) {
      cors.warn("allowOrigin", "old spelling; write allowOrigins: [{exact: " + old.get(0) + "}]");
    }
    return today.isEmpty() ? old.stream().<StringMatch>map(StringMatch.Exact::new).toList() : today;
  }
}
