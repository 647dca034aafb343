package io.librarymesh.server;

import io.librarymesh.authz.InboundEngine;
import io.librarymesh.authz.JwksSource;
import io.librarymesh.config.ClientAddress;
import io.librarymesh.config.InboundFilter;
import io.librarymesh.config.InboundListener.Mode;
import io.librarymesh.config.InboundPolicy;
import io.librarymesh.config.JwtAuthentication;
import io.librarymesh.config.JwtProvider;
import io.librarymesh.config.JwtRequirement;
import io.librarymesh.config.RbacCondition;
import io.librarymesh.config.RbacPolicy;
import io.librarymesh.config.RbacRules;
import io.librarymesh.config.StringMatch;
import io.librarymesh.time.WallClock;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Rules of a port, for tests. */
final class TestRules {
  private static final byte[] SECRET =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private TestRules() {}

  static InboundEngine engine(InboundFilter... filters) {
    return InboundEngine.compile(
        new InboundPolicy(InboundPolicy.BASE, ClientAddress.FORWARDED, List.of(filters)),
        JwksSource.NONE,
        WallClock.system());
  }

  static InboundRules open(Mode mode) {
    return new InboundRules(mode, engine());
  }

  static RbacCondition path(String prefix) {
    return new RbacCondition.Path(new StringMatch.Prefix(prefix, false));
  }

  static RbacCondition peer(String account) {
    return new RbacCondition.Peer(Optional.of(new StringMatch.Exact(TestRoot.id(account), false)));
  }

  static InboundFilter deny(RbacCondition permission) {
    return rules(RbacRules.Action.DENY, permission, RbacCondition.ALWAYS);
  }

  static InboundFilter allow(RbacCondition permission, RbacCondition principal) {
    return rules(RbacRules.Action.ALLOW, permission, principal);
  }

  static InboundFilter rules(
      RbacRules.Action action, RbacCondition permission, RbacCondition principal) {
    return InboundFilter.Rbac.of(
        new RbacRules(action, List.of(new RbacPolicy("p", permission, principal))));
  }

  static InboundFilter tokens() {
    String key = Base64.getUrlEncoder().withoutPadding().encodeToString(SECRET);
    JwtProvider provider =
        new JwtProvider(
            "https://issuer",
            List.of(),
            new JwtProvider.Keys.Inline(
                "{\"keys\":[{\"kty\":\"oct\",\"alg\":\"HS256\",\"k\":\"" + key + "\"}]}"),
            JwtProvider.Locations.DEFAULT,
            false,
            "",
            List.of(new JwtProvider.ClaimHeader("x-user", "sub")),
            "claims",
            Set.of(),
            JwtProvider.DEFAULT_CLOCK_SKEW_SECONDS);
    return new JwtAuthentication(Map.of("p", provider), JwtRequirement.Provider.of("p"), false);
  }

  static String token() {
    String text =
        encoded("{\"alg\":\"HS256\"}")
            + "."
            + encoded("{\"iss\":\"https://issuer\",\"sub\":\"alice\",\"exp\":4102444800}");
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
      byte[] signature = mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
      return text + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String encoded(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
