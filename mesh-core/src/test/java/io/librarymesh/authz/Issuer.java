package io.librarymesh.authz;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Somebody who issues tokens, for tests: a key pair, its JWK, and signatures by it. */
final class Issuer {
  private final KeyPair keys;
  private final String keyType;
  private final int coordinateBytes;

  private Issuer(KeyPair keys, String keyType, int coordinateBytes) {
    this.keys = keys;
    this.keyType = keyType;
    this.coordinateBytes = coordinateBytes;
  }

  static Issuer rsa(int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return new Issuer(generator.generateKeyPair(), "RSA", 0);
  }

  static Issuer ec(String curve, int coordinateBytes) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return new Issuer(generator.generateKeyPair(), "EC", coordinateBytes);
  }

  static Issuer ed25519() throws GeneralSecurityException {
    return new Issuer(KeyPairGenerator.getInstance("Ed25519").generateKeyPair(), "OKP", 0);
  }

  static String encode(String text) {
    return encode(text.getBytes(StandardCharsets.UTF_8));
  }

  static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** The public key as DER, what a confused server would take for an HMAC secret. */
  byte[] publicKey() {
    return keys.getPublic().getEncoded();
  }

  String jwk(String kid, String more) {
    String body;
    if (keys.getPublic() instanceof RSAPublicKey rsa) {
      body = text("n", bytes(rsa.getModulus(), 0)) + text("e", bytes(rsa.getPublicExponent(), 0));
    } else if (keys.getPublic() instanceof ECPublicKey ec) {
      String curve =
          switch (coordinateBytes) {
            case 32 -> "P-256";
            case 48 -> "P-384";
            default -> "P-521";
          };
      body =
          "\"crv\":\""
              + curve
              + "\","
              + text("x", bytes(ec.getW().getAffineX(), coordinateBytes))
              + text("y", bytes(ec.getW().getAffineY(), coordinateBytes));
    } else {
      EdECPublicKey ed = (EdECPublicKey) keys.getPublic();
      byte[] big = bytes(ed.getPoint().getY(), 32);
      byte[] little = new byte[32];
      for (int i = 0; i < 32; i++) {
        little[i] = big[31 - i];
      }
      little[31] |= (byte) (ed.getPoint().isXOdd() ? 0x80 : 0);
      body = "\"crv\":\"Ed25519\"," + text("x", little);
    }
    String id = kid.isEmpty() ? "" : "\"kid\":\"" + kid + "\",";
    return "{" + id + body + more + "\"kty\":\"" + keyType + "\"}";
  }

  String jwks() {
    return set(jwk("", ""));
  }

  static String set(String... keys) {
    return "{\"keys\":[" + String.join(",", keys) + "]}";
  }

  static String secret(byte[] key) {
    return "{\"kty\":\"oct\",\"k\":\"" + encode(key) + "\"}";
  }

  private static String text(String name, byte[] bytes) {
    return "\"" + name + "\":\"" + encode(bytes) + "\",";
  }

  private static byte[] bytes(BigInteger number, int length) {
    byte[] signed = number.toByteArray();
    int zeros = signed[0] == 0 && signed.length > 1 ? 1 : 0;
    int size = Math.max(length, signed.length - zeros);
    byte[] bytes = new byte[size];
    System.arraycopy(signed, zeros, bytes, size - (signed.length - zeros), signed.length - zeros);
    return bytes;
  }

  /** A token with this header and payload, both JSON. */
  String sign(String algorithm, String header, String payload) throws GeneralSecurityException {
    String signed = encode(header) + "." + encode(payload);
    return signed + "." + encode(signature(algorithm, signed.getBytes(StandardCharsets.US_ASCII)));
  }

  String sign(String algorithm, String payload) throws GeneralSecurityException {
    return sign(algorithm, "{\"alg\":\"" + algorithm + "\"}", payload);
  }

  private byte[] signature(String algorithm, byte[] signed) throws GeneralSecurityException {
    String digits = algorithm.substring(2);
    Signature signature =
        switch (algorithm.substring(0, 2)) {
          case "RS" -> Signature.getInstance("SHA" + digits + "withRSA");
          case "PS" -> Signature.getInstance("RSASSA-PSS");
          case "ES" -> Signature.getInstance("SHA" + digits + "withECDSAinP1363Format");
          default -> Signature.getInstance("Ed25519");
        };
    if (algorithm.startsWith("PS")) {
      String hash = "SHA-" + digits;
      signature.setParameter(
          new PSSParameterSpec(
              hash, "MGF1", new MGF1ParameterSpec(hash), Integer.parseInt(digits) / 8, 1));
    }
    signature.initSign(keys.getPrivate());
    signature.update(signed);
    return signature.sign();
  }

  static String hmac(String algorithm, byte[] key, String payload) throws GeneralSecurityException {
    String signed = encode("{\"alg\":\"" + algorithm + "\"}") + "." + encode(payload);
    String jca = "HmacSHA" + algorithm.substring(2);
    Mac mac = Mac.getInstance(jca);
    mac.init(new SecretKeySpec(key, jca));
    return signed + "." + encode(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
  }
}
