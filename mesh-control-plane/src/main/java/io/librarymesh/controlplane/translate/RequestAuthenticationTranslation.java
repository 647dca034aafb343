package io.librarymesh.controlplane.translate;

import com.google.protobuf.Empty;
import io.librarymesh.controlplane.istio.JwtRule;
import io.librarymesh.controlplane.istio.RequestAuthentication;
import io.librarymesh.proto.envoy.config.core.v3.DataSource;
import io.librarymesh.proto.envoy.config.core.v3.HttpUri;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtClaimToHeader;
import io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtHeader;
import io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider;
import io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider.NormalizePayload;
import io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement;
import io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirementAndList;
import io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirementOrList;
import io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.RemoteJwks;
import io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.RequirementRule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Makes one filter of all RequestAuthentications of a workload: their rules count together, in the
 * order of their issuers. Source: Istio {@code pilot/pkg/security/authn/policy_applier.go}.
 */
final class RequestAuthenticationTranslation {
  private static final List<String> SPACE_DELIMITED = List.of("scope", "permission");

  private RequestAuthenticationTranslation() {}

  /** Empty where nobody's tokens are looked at. */
  static Optional<JwtAuthentication> filter(
      List<RequestAuthentication> policies, Function<JwtRule, TokenKeys> keys) {
    List<JwtRule> rules =
        policies.stream()
            .flatMap(policy -> policy.jwtRules().stream())
            .sorted(Comparator.comparing(JwtRule::issuer))
            .toList();
    if (rules.isEmpty()) {
      return Optional.empty();
    }
    JwtAuthentication.Builder filter = JwtAuthentication.newBuilder().setBypassCorsPreflight(true);
    for (int i = 0; i < rules.size(); i++) {
      filter.putProviders(name(i), provider(rules.get(i), keys.apply(rules.get(i))));
    }
    return Optional.of(
        filter
            .addRules(
                RequirementRule.newBuilder()
                    .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                    .setRequires(requirement(rules.size())))
            .build());
  }

  private static String name(int index) {
    return "origins-" + index;
  }

  /**
   * One of them succeeds, or each finds no token: a bad one is not passed on because another issuer
   * has none.
   */
  private static JwtRequirement requirement(int providers) {
    if (providers == 1) {
      return orMissing(0);
    }
    List<JwtRequirement> alternatives = new ArrayList<>();
    JwtRequirementAndList.Builder none = JwtRequirementAndList.newBuilder();
    for (int i = 0; i < providers; i++) {
      alternatives.add(JwtRequirement.newBuilder().setProviderName(name(i)).build());
      none.addRequirements(orMissing(i));
    }
    alternatives.add(JwtRequirement.newBuilder().setRequiresAll(none).build());
    return any(alternatives);
  }

  private static JwtRequirement orMissing(int provider) {
    return any(
        List.of(
            JwtRequirement.newBuilder().setProviderName(name(provider)).build(),
            JwtRequirement.newBuilder().setAllowMissing(Empty.getDefaultInstance()).build()));
  }

  private static JwtRequirement any(List<JwtRequirement> alternatives) {
    return JwtRequirement.newBuilder()
        .setRequiresAny(JwtRequirementOrList.newBuilder().addAllRequirements(alternatives))
        .build();
  }

  private static JwtProvider provider(JwtRule rule, TokenKeys keys) {
    Set<String> lists = new LinkedHashSet<>(SPACE_DELIMITED);
    lists.addAll(rule.spaceDelimitedClaims());
    JwtProvider.Builder provider =
        JwtProvider.newBuilder()
            .setIssuer(rule.issuer())
            .addAllAudiences(rule.audiences())
            .setForward(rule.forwardOriginalToken())
            .setForwardPayloadHeader(rule.outputPayloadToHeader())
            .setPayloadInMetadata(TokenConditions.PAYLOAD)
            .setNormalizePayloadInMetadata(
                NormalizePayload.newBuilder().addAllSpaceDelimitedClaims(lists))
            .addAllFromParams(rule.fromParams())
            .addAllFromCookies(rule.fromCookies());
    if (keys instanceof TokenKeys.Remote remote) {
      provider.setRemoteJwks(remote(remote.uri()));
    } else if (keys instanceof TokenKeys.Inline inline) {
      provider.setLocalJwks(DataSource.newBuilder().setInlineString(inline.jwks()));
    }
    rule.fromHeaders()
        .forEach(
            header ->
                provider.addFromHeaders(
                    JwtHeader.newBuilder().setName(header.name()).setValuePrefix(header.prefix())));
    rule.outputClaimToHeaders()
        .forEach(
            claim ->
                provider.addClaimToHeaders(
                    JwtClaimToHeader.newBuilder()
                        .setHeaderName(claim.header())
                        .setClaimName(claim.claim())));
    return provider.build();
  }

  private static RemoteJwks remote(String uri) {
    return RemoteJwks.newBuilder().setHttpUri(HttpUri.newBuilder().setUri(uri)).build();
  }
}
