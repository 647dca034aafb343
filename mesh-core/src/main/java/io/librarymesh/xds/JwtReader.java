package io.librarymesh.xds;

import io.librarymesh.config.JwtAuthentication;
import io.librarymesh.config.JwtProvider;
import io.librarymesh.config.JwtProvider.ClaimHeader;
import io.librarymesh.config.JwtProvider.Header;
import io.librarymesh.config.JwtProvider.Keys;
import io.librarymesh.config.JwtProvider.Locations;
import io.librarymesh.config.JwtRequirement;
import io.librarymesh.config.JwtRequirement.Leniency;
import io.librarymesh.proto.envoy.config.core.v3.DataSource;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.RequirementRule;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Reads which tokens a server asks for. What is not understood is an error, never a warning: a
 * token would be accepted that was not to be.
 *
 * <p>Source: Envoy {@code http.jwt_authn.v3.JwtAuthentication}.
 */
final class JwtReader {
  private final Findings findings;
  private final Map<String, JwtProvider> providers = new LinkedHashMap<>();

  private JwtReader(Findings findings) {
    this.findings = findings;
  }

  static JwtAuthentication filter(
      io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication filter,
      FieldPath at,
      Findings findings) {
    return new JwtReader(findings).read(filter, at);
  }

  private JwtAuthentication read(
      io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication filter,
      FieldPath at) {
    FieldUse.requireKnown(filter, at, findings);
    filter
        .getProvidersMap()
        .forEach(
            (name, provider) ->
                providers.put(name, provider(provider, at.entry("providers", name))));
    JwtRequirement requirement = JwtRequirement.NOTHING;
    if (filter.getRulesCount() > 1) {
      findings.error(at.field("rules"), filter.getRulesCount() + " (expected: 1 at most)");
    } else if (filter.getRulesCount() == 1) {
      requirement = rule(filter, at);
    }
    return new JwtAuthentication(providers, requirement, filter.getBypassCorsPreflight());
  }

  /**
   * One rule for all that is asked for; others would need routes, which a server has of its own.
   */
  private JwtRequirement rule(
      io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication filter,
      FieldPath at) {
    RequirementRule rule = filter.getRules(0);
    FieldPath place = at.element("rules", 0);
    FieldUse.requireKnown(rule, place, findings);
    if (!rule.getMatch().equals(RouteMatch.newBuilder().setPrefix("/").build())) {
      findings.error(place.field("match"), "not everything (expected: prefix /)");
    }
    return switch (rule.getRequirementTypeCase()) {
      case REQUIRES -> requirement(rule.getRequires(), place.field("requires"));
      case REQUIREMENT_NAME -> {
        String name = rule.getRequirementName();
        var named = filter.getRequirementMapMap().get(name);
        if (named == null) {
          findings.error(
              place.field("requirement_name"), name + " (expected: one of requirement_map)");
          yield JwtRequirement.NOTHING;
        }
        yield requirement(named, at.entry("requirement_map", name));
      }
      case REQUIREMENTTYPE_NOT_SET -> JwtRequirement.NOTHING;
    };
  }

  private JwtRequirement requirement(
      io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement requirement,
      FieldPath at) {
    FieldUse.requireKnown(requirement, at, findings);
    return switch (requirement.getRequiresTypeCase()) {
      case PROVIDER_NAME ->
          provided(requirement.getProviderName(), List.of(), at.field("provider_name"));
      case PROVIDER_AND_AUDIENCES ->
          provided(
              requirement.getProviderAndAudiences().getProviderName(),
              requirement.getProviderAndAudiences().getAudiencesList(),
              at.field("provider_and_audiences"));
      case REQUIRES_ANY ->
          new JwtRequirement.Some(
              requirements(
                  requirement.getRequiresAny().getRequirementsList(), at.field("requires_any")));
      case REQUIRES_ALL ->
          new JwtRequirement.All(
              requirements(
                  requirement.getRequiresAll().getRequirementsList(), at.field("requires_all")));
      case ALLOW_MISSING -> Leniency.ALLOW_MISSING;
      case ALLOW_MISSING_OR_FAILED -> Leniency.ALLOW_MISSING_OR_FAILED;
      case REQUIRESTYPE_NOT_SET -> JwtRequirement.NOTHING;
    };
  }

  private List<JwtRequirement> requirements(
      List<io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement> list,
      FieldPath at) {
    List<JwtRequirement> read = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      read.add(requirement(list.get(i), at.element("requirements", i)));
    }
    return read;
  }

  private JwtRequirement provided(String name, List<String> audiences, FieldPath at) {
    if (!providers.containsKey(name)) {
      findings.error(at, name + " (expected: one of providers)");
      return JwtRequirement.NOTHING;
    }
    return new JwtRequirement.Provider(name, audiences);
  }

  private JwtProvider provider(
      io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider provider,
      FieldPath at) {
    FieldUse.requireKnown(provider, at, findings);
    require(!provider.hasSubjects(), at.field("subjects"));
    require(!provider.getRequireExpiration(), at.field("require_expiration"));
    require(!provider.hasMaxLifetime(), at.field("max_lifetime"));
    List<ClaimHeader> claims = new ArrayList<>();
    provider
        .getClaimToHeadersList()
        .forEach(
            claim ->
                claims.add(new ClaimHeader(lower(claim.getHeaderName()), claim.getClaimName())));
    int skew = provider.getClockSkewSeconds();
    if (skew < 0) {
      findings.error(
          at.field("clock_skew_seconds"),
          Integer.toUnsignedString(skew) + " (expected: < 2147483648)");
    }
    return new JwtProvider(
        provider.getIssuer(),
        provider.getAudiencesList(),
        keys(provider, at),
        locations(provider),
        provider.getForward(),
        lower(provider.getForwardPayloadHeader()),
        claims,
        provider.getPayloadInMetadata(),
        Set.copyOf(provider.getNormalizePayloadInMetadata().getSpaceDelimitedClaimsList()),
        skew > 0 ? skew : JwtProvider.DEFAULT_CLOCK_SKEW_SECONDS);
  }

  private void require(boolean unset, FieldPath at) {
    if (!unset) {
      findings.error(at, "set (expected: not set; it is not carried out)");
    }
  }

  private Keys keys(
      io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider provider,
      FieldPath at) {
    return switch (provider.getJwksSourceSpecifierCase()) {
      case LOCAL_JWKS -> new Keys.Inline(text(provider.getLocalJwks(), at.field("local_jwks")));
      case REMOTE_JWKS -> {
        String uri = provider.getRemoteJwks().getHttpUri().getUri();
        if (uri.isEmpty()) {
          findings.error(
              at.field("remote_jwks").field("http_uri").field("uri"), "empty (expected: a URI)");
        }
        yield new Keys.Remote(uri);
      }
      case JWKSSOURCESPECIFIER_NOT_SET -> {
        findings.error(at, "no keys (expected: local_jwks or remote_jwks)");
        yield new Keys.Inline("");
      }
    };
  }

  /** Never quotes what is there: it may be a secret. */
  private String text(DataSource source, FieldPath at) {
    return switch (source.getSpecifierCase()) {
      case INLINE_STRING -> source.getInlineString();
      case INLINE_BYTES -> source.getInlineBytes().toString(StandardCharsets.UTF_8);
      case FILENAME, ENVIRONMENT_VARIABLE, SPECIFIER_NOT_SET -> {
        findings.error(
            at, source.getSpecifierCase() + " (expected: inline_string or inline_bytes)");
        yield "";
      }
    };
  }

  private static Locations locations(
      io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider provider) {
    List<Header> headers = new ArrayList<>();
    provider
        .getFromHeadersList()
        .forEach(
            header -> headers.add(new Header(lower(header.getName()), header.getValuePrefix())));
    Locations said =
        new Locations(headers, provider.getFromParamsList(), provider.getFromCookiesList());
    return said.isEmpty() ? Locations.DEFAULT : said;
  }

  private static String lower(String header) {
    return header.toLowerCase(Locale.ROOT);
  }
}
