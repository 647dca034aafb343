package io.librarymesh.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.ClaimMatch;
import io.librarymesh.config.ClientAddress;
import io.librarymesh.config.InboundFilter;
import io.librarymesh.config.InboundFilter.Rbac;
import io.librarymesh.config.InboundPolicy;
import io.librarymesh.config.JwtAuthentication;
import io.librarymesh.config.JwtProvider;
import io.librarymesh.config.JwtProvider.ClaimHeader;
import io.librarymesh.config.JwtProvider.Keys;
import io.librarymesh.config.JwtProvider.Locations;
import io.librarymesh.config.JwtRequirement;
import io.librarymesh.config.JwtRequirement.Leniency;
import io.librarymesh.config.RbacCondition;
import io.librarymesh.config.RbacPolicy;
import io.librarymesh.config.RbacRules;
import io.librarymesh.config.StringMatch;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What tests of tokens share: issuers, providers and verdicts. */
final class JwtFixture {
  private static final long NOW = 1_700_000_000L;
  static final String ALICE = "{\"iss\":\"a\",\"sub\":\"alice\"}";

  static final Issuer RSA = issuer();
  static final Issuer OTHER = issuer();

  private JwtFixture() {}

  private static Issuer issuer() {
    try {
      return Issuer.rsa(2048);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static JwtProvider provider(String issuer, String jwks, Locations locations) {
    return provider(issuer, jwks, locations, List.of());
  }

  static JwtProvider provider(
      String issuer, String jwks, Locations locations, List<String> audiences) {
    return new JwtProvider(
        issuer,
        audiences,
        new Keys.Inline(jwks),
        locations,
        false,
        "x-payload",
        List.of(new ClaimHeader("x-role", "realm.role"), new ClaimHeader("x-n", "n")),
        "payload",
        Set.of("groups"),
        60);
  }

  static JwtProvider alone(String jwks, String... audiences) {
    return provider("a", jwks, Locations.DEFAULT, List.of(audiences));
  }

  /** As Istio asks: any of them, or none; and no bad one unless one is good. */
  static JwtAuthentication asIstio(JwtProvider... providers) {
    Map<String, JwtProvider> named = new LinkedHashMap<>();
    List<JwtRequirement> any = new ArrayList<>();
    List<JwtRequirement> all = new ArrayList<>();
    for (JwtProvider provider : providers) {
      String name = "origins-" + named.size();
      named.put(name, provider);
      any.add(JwtRequirement.Provider.of(name));
      all.add(
          new JwtRequirement.Some(
              List.of(JwtRequirement.Provider.of(name), Leniency.ALLOW_MISSING)));
    }
    if (providers.length == 1) {
      return new JwtAuthentication(named, all.get(0), true);
    }
    any.add(new JwtRequirement.All(all));
    return new JwtAuthentication(named, new JwtRequirement.Some(any), true);
  }

  static InboundVerdict decide(Caller caller, InboundFilter... filters) {
    return InboundEngine.compile(
            new InboundPolicy(InboundPolicy.BASE, ClientAddress.FORWARDED, List.of(filters)),
            uri -> Optional.empty(),
            () -> NOW * 1000)
        .decide(caller);
  }

  static InboundVerdict decide(Caller caller, JwtProvider... providers) {
    return decide(caller, asIstio(providers));
  }

  static InboundVerdict.Allowed allowed(InboundVerdict verdict) {
    assertThat(verdict).isInstanceOf(InboundVerdict.Allowed.class);
    return (InboundVerdict.Allowed) verdict;
  }

  static InboundVerdict.Denied denied(InboundVerdict verdict) {
    assertThat(verdict).isInstanceOf(InboundVerdict.Denied.class);
    return (InboundVerdict.Denied) verdict;
  }

  static String body(String token) {
    return denied(decide(Caller.plain().bearer(token), alone(RSA.jwks()))).body();
  }

  static RbacCondition claim(String value, String... path) {
    List<String> whole = new ArrayList<>(List.of("payload"));
    whole.addAll(List.of(path));
    ClaimMatch.Text text = new ClaimMatch.Text(new StringMatch.Exact(value, false));
    return new RbacCondition.Claim(
        whole, new ClaimMatch.Some(List.of(text, new ClaimMatch.Element(text))), false);
  }

  static Rbac allow(RbacCondition condition) {
    return Rbac.of(
        new RbacRules(
            RbacRules.Action.ALLOW, List.of(new RbacPolicy("p", condition, RbacCondition.ALWAYS))));
  }
}
