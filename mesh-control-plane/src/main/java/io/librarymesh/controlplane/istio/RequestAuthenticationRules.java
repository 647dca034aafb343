package io.librarymesh.controlplane.istio;

import io.librarymesh.authz.JwkSet;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** Rules of a RequestAuthentication. */
final class RequestAuthenticationRules {
  private static final int MAX_RULES = 4096;
  private static final int MAX_CLAIMS = 64;
  private static final int MAX_URI = 2048;
  private static final Pattern OUTPUT_HEADER = Pattern.compile("[-_A-Za-z0-9]+");

  private RequestAuthenticationRules() {}

  static void check(RequestAuthentication policy, FieldPath spec, ValueRules rules) {
    PolicyTargets.check(policy.selector(), policy.targetRefs(), spec, rules);
    FieldPath all = spec.field("jwtRules");
    if (policy.jwtRules().size() > MAX_RULES) {
      rules.invalid(all, policy.jwtRules().size() + " rules", MAX_RULES + " at most");
    }
    for (int i = 0; i < policy.jwtRules().size(); i++) {
      check(policy.jwtRules().get(i), all.index(i), rules);
    }
  }

  private static void check(JwtRule rule, FieldPath path, ValueRules rules) {
    if (rule.issuer().isEmpty() && rule.jwksUri().isEmpty()) {
      rules.missing(path.field("issuer"), "who issues the tokens, or jwksUri");
    }
    if (rule.jwksUri().isPresent() && rule.jwks().isPresent()) {
      rules.report().invalid(path.field("jwks"), "beside jwksUri (expected: one or the other)");
    }
    rule.jwks().ifPresent(set -> keys(path.field("jwks"), set, rules));
    rule.jwksUri().ifPresent(uri -> uri(path.field("jwksUri"), uri, rules));
    notEmpty(path.field("audiences"), rule.audiences(), rules);
    notEmpty(path.field("fromParams"), rule.fromParams(), rules);
    notEmpty(path.field("fromCookies"), rule.fromCookies(), rules);
    notEmpty(path.field("spaceDelimitedClaims"), rule.spaceDelimitedClaims(), rules);
    if (rule.spaceDelimitedClaims().size() > MAX_CLAIMS) {
      rules.invalid(
          path.field("spaceDelimitedClaims"),
          rule.spaceDelimitedClaims().size() + " claims",
          MAX_CLAIMS + " at most");
    }
    for (int i = 0; i < rule.fromHeaders().size(); i++) {
      header(path.field("fromHeaders").index(i).field("name"), rule.fromHeaders().get(i), rules);
    }
    outputs(rule, path, rules);
    rule.timeout()
        .filter(timeout -> timeout.compareTo(Duration.ofMillis(1)) < 0)
        .ifPresent(
            timeout ->
                rules.invalid(path.field("timeout"), GoDuration.print(timeout), "at least 1ms"));
  }

  /** Never repeats what is there: it may be a secret. */
  static void keys(FieldPath path, String set, ValueRules rules) {
    try {
      JwkSet unused = JwkSet.ofConfiguration(set);
    } catch (IllegalArgumentException e) {
      rules.report().invalid(path, String.valueOf(e.getMessage()));
    }
  }

  private static void header(FieldPath path, JwtRule.FromHeader header, ValueRules rules) {
    if (header.name().isEmpty()) {
      rules.missing(path, "the name of a header");
    } else if (!Names.isHeaderName(header.name())) {
      rules.invalid(path, header.name(), "the name of a header");
    }
  }

  private static void outputs(JwtRule rule, FieldPath path, ValueRules rules) {
    String payload = rule.outputPayloadToHeader();
    if (!payload.isEmpty() && !Names.isHeaderName(payload)) {
      rules.invalid(path.field("outputPayloadToHeader"), payload, "the name of a header");
    }
    for (int i = 0; i < rule.outputClaimToHeaders().size(); i++) {
      JwtRule.ClaimToHeader claim = rule.outputClaimToHeaders().get(i);
      FieldPath at = path.field("outputClaimToHeaders").index(i);
      if (claim.header().isEmpty()) {
        rules.missing(at.field("header"), "the name of a header");
      } else if (!OUTPUT_HEADER.matcher(claim.header()).matches()) {
        rules.invalid(at.field("header"), claim.header(), "letters, digits, '-' and '_'");
      }
      if (claim.claim().isEmpty()) {
        rules.missing(at.field("claim"), "the name of a claim");
      }
    }
  }

  private static void notEmpty(FieldPath path, List<String> values, ValueRules rules) {
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i).isEmpty()) {
        rules.invalid(path.index(i), "''", "a value that is not empty");
      }
    }
  }

  private static void uri(FieldPath path, String text, ValueRules rules) {
    if (text.length() > MAX_URI) {
      rules.invalid(path, text.length() + " characters", MAX_URI + " at most");
      return;
    }
    try {
      URI uri = new URI(text);
      boolean known = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      if (known && uri.getHost() != null) {
        return;
      }
    } catch (URISyntaxException notOne) {
      // Reported below, as one without a host is.
    }
    rules.invalid(path, text, "a URI that begins with https:// or http://");
  }
}
