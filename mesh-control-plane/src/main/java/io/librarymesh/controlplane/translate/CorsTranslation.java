package io.librarymesh.controlplane.translate;

import com.google.protobuf.BoolValue;
import io.librarymesh.controlplane.istio.CorsPolicy;
import io.librarymesh.controlplane.istio.CorsPolicy.UnmatchedPreflights;

/** A rule's answers to browser preflights, as Envoy's filter takes them. */
final class CorsTranslation {

  static final String FILTER = "envoy.filters.http.cors";

  private CorsTranslation() {}

  static io.librarymesh.proto.envoy.extensions.filters.http.cors.v3.CorsPolicy translate(
      CorsPolicy cors) {
    var policy =
        io.librarymesh.proto.envoy.extensions.filters.http.cors.v3.CorsPolicy.newBuilder()
            .setAllowMethods(String.join(",", cors.allowMethods()))
            .setAllowHeaders(String.join(",", cors.allowHeaders()))
            .setExposeHeaders(String.join(",", cors.exposeHeaders()))
            .setForwardNotMatchingPreflights(
                BoolValue.of(cors.unmatchedPreflights() != UnmatchedPreflights.IGNORE));
    cors.allowOrigins().forEach(o -> policy.addAllowOriginStringMatch(MatchTranslation.string(o)));
    cors.maxAge().ifPresent(age -> policy.setMaxAge(String.valueOf(age.toSeconds())));
    cors.allowCredentials().ifPresent(allowed -> policy.setAllowCredentials(BoolValue.of(allowed)));
    return policy.build();
  }
}
