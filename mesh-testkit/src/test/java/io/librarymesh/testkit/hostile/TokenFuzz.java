package io.librarymesh.testkit.hostile;

import io.librarymesh.authz.InboundEngine;
import io.librarymesh.authz.InboundVerdict;
import io.librarymesh.authz.JwksSource;
import io.librarymesh.config.ClientAddress;
import io.librarymesh.config.InboundPolicy;
import io.librarymesh.config.JwtAuthentication;
import io.librarymesh.config.JwtProvider;
import io.librarymesh.config.JwtProvider.ClaimHeader;
import io.librarymesh.config.JwtProvider.Keys;
import io.librarymesh.config.JwtProvider.Locations;
import io.librarymesh.config.JwtRequirement;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that a strict reader refuses are refused, whoever signed them. An input is a header and
 * after a newline a payload, both signed by the right key, so that what they say is looked at; an
 * input without a newline is a token as it came.
 */
public final class TokenFuzz {
  static final long NOW = 1_700_000_000;
  private static final int SKEW = 60;
  private static final byte[] SECRET =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final InboundEngine ENGINE = engine();

  private TokenFuzz() {}

  private static InboundEngine engine() {
    String keys =
        "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"k\",\"alg\":\"HS256\",\"k\":\""
            + encoded(SECRET)
            + "\"}]}";
    JwtProvider provider =
        new JwtProvider(
            "a",
            List.of("b"),
            new Keys.Inline(keys),
            Locations.DEFAULT,
            false,
            "",
            List.of(new ClaimHeader("x-n", "n")),
            "payload",
            Set.of(),
            SKEW);
    JwtAuthentication tokens =
        new JwtAuthentication(Map.of("p", provider), JwtRequirement.Provider.of("p"), false);
    return InboundEngine.compile(
        new InboundPolicy(InboundPolicy.BASE, ClientAddress.FORWARDED, List.of(tokens)),
        JwksSource.NONE,
        () -> NOW * 1000);
  }

  private static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Decides about one. */
  public static void fuzzerTestOneInput(byte[] input) {
    int newline = new String(input, StandardCharsets.ISO_8859_1).indexOf('\n');
    if (newline < 0) {
      String token = new String(input, StandardCharsets.ISO_8859_1);
      require(token, !(judge(token) instanceof InboundVerdict.Allowed), "nobody signed it");
      return;
    }
    byte[] header = Arrays.copyOf(input, newline);
    byte[] payload = Arrays.copyOfRange(input, newline + 1, input.length);
    if (judge(signed(header, payload)) instanceof InboundVerdict.Allowed allowed) {
      Map<String, Object> claims = StrictJson.object(payload).orElse(Map.of());
      String shown = new String(input, StandardCharsets.ISO_8859_1);
      require(shown, StrictJson.object(header).filter(TokenFuzz::isOurs).isPresent(), "the header");
      require(shown, isGood(claims), "the payload");
      checkNumber(shown, claims, allowed.headers().set().get("x-n"));
    }
  }

  static InboundVerdict judge(String token) {
    InboundVerdict verdict = ENGINE.decide(HostileRequest.bearer(token));
    if (verdict instanceof InboundVerdict.Denied denied) {
      require(token, denied.status() == 401 || denied.status() == 403, "" + denied.status());
    }
    return verdict;
  }

  static String signed(byte[] header, byte[] payload) {
    String text = encoded(header) + "." + encoded(payload);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
      return text + "." + encoded(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isOurs(Map<String, Object> header) {
    return "HS256".equals(header.get("alg"))
        && List.of("", "k").contains(header.getOrDefault("kid", ""))
        && !header.containsKey("crit");
  }

  private static boolean isGood(Map<String, Object> claims) {
    BigDecimal expires = time(claims, "exp");
    BigDecimal notBefore = time(claims, "nbf");
    BigDecimal now = BigDecimal.valueOf(NOW);
    BigDecimal skew = BigDecimal.valueOf(SKEW);
    return "a".equals(claims.get("iss"))
        && (!claims.containsKey("sub") || claims.get("sub") instanceof String)
        && isTime(expires)
        && isTime(notBefore)
        && (expires.signum() == 0
            || expires.doubleValue() == 0
            || expires.add(skew).compareTo(now) >= 0)
        && notBefore.compareTo(now.add(skew)) <= 0
        && isForUs(claims.get("aud"));
  }

  /** Missing: 0; of another type: -1. */
  private static BigDecimal time(Map<String, Object> claims, String name) {
    Object claim = claims.getOrDefault(name, BigDecimal.ZERO);
    return claim instanceof BigDecimal number ? number : BigDecimal.ONE.negate();
  }

  private static boolean isTime(BigDecimal number) {
    return (number.signum() >= 0 || number.doubleValue() == 0)
        && number.compareTo(new BigDecimal(BigInteger.TWO.pow(64))) < 0;
  }

  private static boolean isForUs(@Nullable Object audience) {
    List<?> all = audience instanceof List<?> list ? list : List.of(String.valueOf(audience));
    return all.stream().allMatch(one -> one instanceof String)
        && all.stream()
            .anyMatch(one -> String.valueOf(one).replaceFirst("^https?://", "").matches("b/?"));
  }

  private static void checkNumber(
      String input, Map<String, Object> claims, @Nullable String header) {
    if (claims.get("n") instanceof BigDecimal number && number.scale() == 0 && header != null) {
      require(input, new BigDecimal(header).compareTo(number) == 0, "n became " + header);
    }
  }

  private static void require(String input, boolean good, String what) {
    if (!good) {
      throw new AssertionError(input + ": accepted or refused wrongly: " + what);
    }
  }
}
