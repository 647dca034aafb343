package io.librarymesh.authz;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/** How a token may be signed: those of RFC 7518 3.1 and RFC 8037 that Envoy knows; never not. */
enum JwsAlgorithm {
  RS256("RS256", "RSA", "", "SHA256withRSA", 0),
  RS384("RS384", "RSA", "", "SHA384withRSA", 0),
  RS512("RS512", "RSA", "", "SHA512withRSA", 0),
  PS256("PS256", "RSA", "", "SHA-256", 32),
  PS384("PS384", "RSA", "", "SHA-384", 48),
  PS512("PS512", "RSA", "", "SHA-512", 64),
  ES256("ES256", "EC", "P-256", "SHA256withECDSAinP1363Format", 64),
  ES384("ES384", "EC", "P-384", "SHA384withECDSAinP1363Format", 96),
  ES512("ES512", "EC", "P-521", "SHA512withECDSAinP1363Format", 132),
  HS256("HS256", "oct", "", "HmacSHA256", 32),
  HS384("HS384", "oct", "", "HmacSHA384", 48),
  HS512("HS512", "oct", "", "HmacSHA512", 64),
  EDDSA("EdDSA", "OKP", "Ed25519", "Ed25519", 0);

  private static final Map<String, JwsAlgorithm> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(a -> a.name, Function.identity()));

  private final String name;
  private final String keyType;
  private final String curve;
  private final String jca;

  /** The salt of PSS, the signature of ECDSA, the least key of HMAC. */
  private final int bytes;

  JwsAlgorithm(String name, String keyType, String curve, String jca, int bytes) {
    this.name = name;
    this.keyType = keyType;
    this.curve = curve;
    this.jca = jca;
    this.bytes = bytes;
  }

  /** The one of a name, case counting; null when it is not known. */
  static @Nullable JwsAlgorithm of(String name) {
    return BY_NAME.get(name);
  }

  /** Whether a key can have made such a signature. */
  boolean fits(Jwk key) {
    return key.keyType().equals(keyType)
        && key.curve().equals(curve)
        && (key.algorithm().isEmpty() || key.algorithm().equals(name));
  }

  /** Whether a key has signed this. */
  boolean verifies(Key key, byte[] signed, byte[] signature) {
    try {
      if (key instanceof SecretKey secret) {
        return verifies(secret, signed, signature);
      } else if (key instanceof PublicKey publicKey) {
        return !(keyType.equals("EC") && !isPlausible(signature))
            && verifies(publicKey, signed, signature);
      }
      return false;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private boolean verifies(SecretKey secret, byte[] signed, byte[] signature)
      throws GeneralSecurityException {
    Mac mac = Mac.getInstance(jca);
    mac.init(secret);
    return secret.getEncoded().length >= bytes
        && MessageDigest.isEqual(mac.doFinal(signed), signature);
  }

  private boolean verifies(PublicKey key, byte[] signed, byte[] signature)
      throws GeneralSecurityException {
    boolean pss = name.startsWith("PS");
    Signature verifier = Signature.getInstance(pss ? "RSASSA-PSS" : jca);
    if (pss) {
      verifier.setParameter(
          new PSSParameterSpec(
              jca, "MGF1", new MGF1ParameterSpec(jca), bytes, PSSParameterSpec.TRAILER_FIELD_BC));
    }
    verifier.initVerify(key);
    verifier.update(signed);
    return verifier.verify(signature);
  }

  /** Neither half is zero: some versions of the JDK have taken that for a signature of anything. */
  private boolean isPlausible(byte[] signature) {
    int half = bytes / 2;
    return signature.length == bytes
        && new BigInteger(1, signature, 0, half).signum() > 0
        && new BigInteger(1, signature, half, half).signum() > 0;
  }

  /** The parameters of a curve by its name in JWK; null when no algorithm uses it. */
  static @Nullable ECParameterSpec curve(String name) throws GeneralSecurityException {
    String standard =
        switch (name) {
          case "P-256" -> "secp256r1";
          case "P-384" -> "secp384r1";
          case "P-521" -> "secp521r1";
          default -> "";
        };
    if (standard.isEmpty()) {
      return null;
    }
    AlgorithmParameterSpec spec = new ECGenParameterSpec(standard);
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(spec);
    return parameters.getParameterSpec(ECParameterSpec.class);
  }
}
