package io.librarymesh.authz;

import io.librarymesh.config.Metadata;
import io.librarymesh.config.MetadataValue;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A token that has been taken apart and of which nothing has been verified. Source: RFC 7515, RFC
 * 7519, and what Envoy makes of them.
 *
 * @param kid empty when the header names no key
 * @param payload the second section, as it came
 * @param issuer empty when there is none
 * @param expires seconds since 1970; 0: never
 * @param notBefore the same; 0: always
 * @param signed the first two sections, as they came
 * @param signature the third one, which is base64url
 */
record Jwt(
    JwsAlgorithm algorithm,
    String kid,
    String payload,
    Metadata claims,
    String issuer,
    List<String> audiences,
    double expires,
    double notBefore,
    String signed,
    String signature) {
  private static final int MAX_LENGTH = 16 * 1024;
  private static final int SECTIONS = 3;

  /** Envoy's are unsigned numbers of 64 bits. */
  private static final double TIME_LIMIT = 0x1p64;

  /**
   * A token, or why it is none.
   *
   * @param jwt null unless the status is OK
   */
  record Parsed(JwtStatus status, @Nullable Jwt jwt) {
    private static Parsed refused(JwtStatus status) {
      return new Parsed(status, null);
    }
  }

  static Parsed parse(String token) {
    if (token.length() > MAX_LENGTH) {
      return Parsed.refused(JwtStatus.TOO_LARGE);
    }
    String[] sections = token.split("\\.", -1);
    if (sections.length != SECTIONS) {
      return Parsed.refused(JwtStatus.BAD_FORMAT);
    }
    byte[] headerBytes = Base64Url.decode(sections[0]);
    if (headerBytes == null) {
      return Parsed.refused(JwtStatus.HEADER_BAD_BASE64);
    }
    Metadata header = object(headerBytes);
    if (header == null) {
      return Parsed.refused(JwtStatus.HEADER_BAD_JSON);
    }
    JwtStatus status = checkHeader(header.values());
    return status == JwtStatus.OK ? parsePayload(sections, header) : Parsed.refused(status);
  }

  private static JwtStatus checkHeader(Map<String, MetadataValue> header) {
    if (!(header.get("alg") instanceof MetadataValue.Text alg)) {
      return JwtStatus.HEADER_BAD_ALG;
    } else if (JwsAlgorithm.of(alg.value()) == null) {
      return JwtStatus.HEADER_UNKNOWN_ALG;
    } else if (header.containsKey("kid") && !(header.get("kid") instanceof MetadataValue.Text)) {
      return JwtStatus.HEADER_BAD_KID;
    }
    // It lists extensions that must be understood, and we understand none (RFC 7515 4.1.11).
    return header.containsKey("crit") ? JwtStatus.BAD_CRIT : JwtStatus.OK;
  }

  private static Parsed parsePayload(String[] sections, Metadata header) {
    byte[] payloadBytes = Base64Url.decode(sections[1]);
    if (payloadBytes == null) {
      return Parsed.refused(JwtStatus.PAYLOAD_BAD_BASE64);
    }
    Metadata claims = object(payloadBytes);
    if (claims == null) {
      return Parsed.refused(JwtStatus.PAYLOAD_BAD_JSON);
    }
    Map<String, MetadataValue> values = claims.values();
    List<String> audiences = audiences(values.get("aud"));
    if (audiences == null
        || !isTextOrMissing(values.get("iss"))
        || !isTextOrMissing(values.get("sub"))
        || !isTimeOrMissing(values.get("exp"))
        || !isTimeOrMissing(values.get("nbf"))) {
      return Parsed.refused(JwtStatus.PAYLOAD_BAD_CLAIM);
    }
    JwsAlgorithm algorithm = JwsAlgorithm.of(header.text("alg").orElseThrow());
    if (algorithm == null || Base64Url.decode(sections[2]) == null) {
      return Parsed.refused(JwtStatus.SIGNATURE_BAD_BASE64);
    }
    Jwt jwt =
        new Jwt(
            algorithm,
            header.text("kid").orElse(""),
            sections[1],
            claims,
            claims.text("iss").orElse(""),
            audiences,
            time(values.get("exp")),
            time(values.get("nbf")),
            sections[0] + "." + sections[1],
            sections[2]);
    return new Parsed(JwtStatus.OK, jwt);
  }

  private static @Nullable Metadata object(byte[] bytes) {
    String text = Base64Url.utf8(bytes);
    if (text == null) {
      return null;
    }
    try {
      return JsonText.object(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable List<String> audiences(@Nullable MetadataValue claim) {
    if (claim == null) {
      return List.of();
    } else if (claim instanceof MetadataValue.Text text) {
      return List.of(text.value());
    } else if (claim instanceof MetadataValue.Items items
        && items.values().stream().allMatch(item -> item instanceof MetadataValue.Text)) {
      return items.values().stream().map(MetadataValue::toString).toList();
    }
    return null;
  }

  private static boolean isTextOrMissing(@Nullable MetadataValue claim) {
    return claim == null || claim instanceof MetadataValue.Text;
  }

  private static boolean isTimeOrMissing(@Nullable MetadataValue claim) {
    double seconds = time(claim);
    boolean number =
        claim == null
            || claim instanceof MetadataValue.Numeric
            || claim instanceof MetadataValue.Whole;
    return number && seconds >= 0 && seconds < TIME_LIMIT;
  }

  private static double time(@Nullable MetadataValue claim) {
    if (claim instanceof MetadataValue.Whole whole) {
      return whole.value().doubleValue();
    }
    return claim instanceof MetadataValue.Numeric number ? number.value() : 0;
  }

  /** Only whose it claims to be: tokens are never shown. */
  @Override
  public String toString() {
    return "Jwt[" + algorithm + "]";
  }
}
