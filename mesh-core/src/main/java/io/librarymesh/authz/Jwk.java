package io.librarymesh.authz;

import io.librarymesh.config.Metadata;
import io.librarymesh.config.MetadataValue;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.EllipticCurve;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A key that verifies tokens (RFC 7517).
 *
 * @param id empty when it has none
 * @param keyType as it is written: {@code RSA}, {@code EC}, {@code OKP}, {@code oct}
 * @param curve empty unless there is one
 * @param algorithm the only one it is for; empty: any that fits
 */
record Jwk(String id, String keyType, String curve, String algorithm, Key key) {
  private static final int RSA_MIN_BITS = 2048;
  private static final int RSA_MAX_BITS = 16_384;
  private static final int EXPONENT_MAX_BITS = 33;
  private static final int ED25519_BYTES = 32;

  /** Reads a key; empty when it is none, or not one that verifies signatures. */
  static Optional<Jwk> read(Metadata jwk) {
    if (!isForSignatures(jwk)) {
      return Optional.empty();
    }
    String type = text(jwk, "kty");
    try {
      Key key =
          switch (type) {
            case "RSA" -> rsa(jwk);
            case "EC" -> ec(jwk);
            case "OKP" -> ed25519(jwk);
            case "oct" -> secret(jwk);
            default -> null;
          };
      return Optional.ofNullable(key)
          .map(k -> new Jwk(text(jwk, "kid"), type, text(jwk, "crv"), text(jwk, "alg"), k));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  boolean isSecret() {
    return keyType.equals("oct");
  }

  private static boolean isForSignatures(Metadata jwk) {
    MetadataValue uses = jwk.values().get("key_ops");
    return jwk.text("use").orElse("sig").equals("sig")
        && (uses == null
            || (uses instanceof MetadataValue.Items items
                && items.values().contains(MetadataValue.of("verify"))));
  }

  private static @Nullable Key rsa(Metadata jwk) throws GeneralSecurityException {
    BigInteger modulus = number(jwk, "n");
    BigInteger exponent = number(jwk, "e");
    boolean good =
        modulus.bitLength() >= RSA_MIN_BITS
            && modulus.bitLength() <= RSA_MAX_BITS
            && modulus.testBit(0)
            && exponent.bitLength() > 1
            && exponent.bitLength() <= EXPONENT_MAX_BITS
            && exponent.testBit(0);
    return good
        ? KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent))
        : null;
  }

  private static @Nullable Key ec(Metadata jwk) throws GeneralSecurityException {
    ECParameterSpec parameters = JwsAlgorithm.curve(text(jwk, "crv"));
    ECPoint point = new ECPoint(number(jwk, "x"), number(jwk, "y"));
    return parameters != null && isOn(parameters.getCurve(), point)
        ? KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, parameters))
        : null;
  }

  // The JDK does not look whether the point is on the curve when it takes a key as numbers.
  private static boolean isOn(EllipticCurve curve, ECPoint point) {
    BigInteger p = ((java.security.spec.ECFieldFp) curve.getField()).getP();
    BigInteger x = point.getAffineX();
    BigInteger y = point.getAffineY();
    BigInteger right = x.multiply(x).add(curve.getA()).multiply(x).add(curve.getB());
    return x.compareTo(p) < 0
        && y.compareTo(p) < 0
        && y.multiply(y).subtract(right).mod(p).signum() == 0;
  }

  private static @Nullable Key ed25519(Metadata jwk) throws GeneralSecurityException {
    byte[] x = Base64Url.decode(text(jwk, "x"));
    if (!text(jwk, "crv").equals("Ed25519") || x == null || x.length != ED25519_BYTES) {
      return null;
    }
    byte[] big = new byte[x.length];
    for (int i = 0; i < x.length; i++) {
      big[i] = x[x.length - 1 - i];
    }
    boolean odd = big[0] < 0;
    big[0] &= 0x7f;
    EdECPoint point = new EdECPoint(odd, new BigInteger(1, big));
    return KeyFactory.getInstance("Ed25519")
        .generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, point));
  }

  private static @Nullable Key secret(Metadata jwk) {
    byte[] bytes = Base64Url.decode(text(jwk, "k"));
    return bytes == null || bytes.length == 0 ? null : new SecretKeySpec(bytes, "HMAC");
  }

  private static BigInteger number(Metadata jwk, String name) {
    byte[] bytes = Base64Url.decode(text(jwk, name));
    return bytes == null ? BigInteger.ZERO : new BigInteger(1, bytes);
  }

  private static String text(Metadata jwk, String name) {
    return jwk.text(name).orElse("");
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "Jwk[" + keyType + " " + curve + "]";
  }
}
