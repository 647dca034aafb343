package io.librarymesh.controlplane.keys;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;

/** Keys for tests. */
final class TestKeys {
  private static final int COORDINATE = 32;

  private TestKeys() {}

  /** A new public key, as a JSON Web Key without what stands around its members. */
  static String ec(String kid) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      ECPublicKey key = (ECPublicKey) generator.generateKeyPair().getPublic();
      return "\"kty\":\"EC\",\"kid\":\""
          + kid
          + "\",\"crv\":\"P-256\",\"x\":\""
          + coordinate(key.getW().getAffineX())
          + "\",\"y\":\""
          + coordinate(key.getW().getAffineY())
          + "\"";
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** A set of keys without what stands around their members. */
  static String set(String... keys) {
    StringBuilder text = new StringBuilder("{\"keys\":[");
    for (int i = 0; i < keys.length; i++) {
      text.append(i == 0 ? "{" : ",{").append(keys[i]).append('}');
    }
    return text.append("]}").toString();
  }

  private static String coordinate(BigInteger number) {
    byte[] signed = number.toByteArray();
    byte[] bytes = new byte[COORDINATE];
    int length = Math.min(signed.length, COORDINATE);
    System.arraycopy(signed, signed.length - length, bytes, COORDINATE - length, length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
