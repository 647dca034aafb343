package io.librarymesh.controlplane.istio;

/** Reads a RequestAuthentication. */
final class RequestAuthenticationBinder {
  private RequestAuthenticationBinder() {}

  static RequestAuthentication bind(Fields document, Metadata metadata, Fields spec) {
    return new RequestAuthentication(
        document.position(),
        metadata,
        PolicyTargets.selector(spec),
        PolicyTargets.references(spec),
        spec.messages("jwtRules", RequestAuthenticationBinder::rule));
  }

  private static JwtRule rule(Fields rule) {
    return new JwtRule(
        rule.textOrEmpty("issuer"),
        rule.texts("audiences"),
        rule.text("jwksUri").filter(uri -> !uri.isEmpty()),
        rule.text("jwks").filter(set -> !set.isEmpty()),
        rule.messages(
            "fromHeaders",
            header ->
                new JwtRule.FromHeader(header.textOrEmpty("name"), header.textOrEmpty("prefix"))),
        rule.texts("fromParams"),
        rule.texts("fromCookies"),
        rule.textOrEmpty("outputPayloadToHeader"),
        rule.messages(
            "outputClaimToHeaders",
            claim ->
                new JwtRule.ClaimToHeader(claim.textOrEmpty("header"), claim.textOrEmpty("claim"))),
        rule.flag("forwardOriginalToken"),
        rule.duration("timeout"),
        rule.texts("spaceDelimitedClaims"));
  }
}
