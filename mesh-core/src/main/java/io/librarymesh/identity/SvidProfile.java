package io.librarymesh.identity;

import java.security.PublicKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a leaf must be to prove an identity, whoever signed it: the X509-SVID standard, sections 2
 * to 4. Host names and the subject never count.
 */
final class SvidProfile {
  private static final int URI_NAME = 6;
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;
  private static final String KEY_USAGE = "2.5.29.15";
  private static final Set<String> BOTH_SIDES = Set.of("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
  private static final int RSA_BITS = 2048;
  private static final int CURVE_BITS = 256;

  private SvidProfile() {}

  /** The identity of a leaf that keeps to the profile. */
  static SpiffeId check(X509Certificate leaf) throws SvidRefusedException {
    SpiffeId id = id(leaf);
    checkUsage(leaf);
    checkExtendedUsage(leaf);
    checkKey(leaf.getPublicKey());
    return id;
  }

  private static SpiffeId id(X509Certificate leaf) throws SvidRefusedException {
    String uri = null;
    for (List<?> name : alternativeNames(leaf)) {
      if (name.get(0) instanceof Integer type && type == URI_NAME) {
        if (uri != null) {
          throw new SvidRefusedException(
              SvidRefusal.SEVERAL_URIS, "the certificate names several URIs (expected: one)");
        }
        uri = String.valueOf(name.get(1));
      }
    }
    if (uri == null) {
      throw new SvidRefusedException(
          SvidRefusal.NO_URI, "the certificate names no URI (expected: a SPIFFE ID)");
    }
    return workload(uri);
  }

  private static Collection<List<?>> alternativeNames(X509Certificate leaf)
      throws SvidRefusedException {
    try {
      Collection<List<?>> names = leaf.getSubjectAlternativeNames();
      return names == null ? List.of() : names;
    } catch (CertificateParsingException e) {
      throw new SvidRefusedException(
          SvidRefusal.MALFORMED, "the certificate's alternative names cannot be read", e);
    }
  }

  private static SpiffeId workload(String uri) throws SvidRefusedException {
    SpiffeId id;
    try {
      id = SpiffeId.parse(uri);
    } catch (IllegalArgumentException e) {
      throw new SvidRefusedException(SvidRefusal.NO_SPIFFE_ID, String.valueOf(e.getMessage()), e);
    }
    if (!id.namesWorkload()) {
      throw new SvidRefusedException(
          SvidRefusal.NO_WORKLOAD, "the certificate is of " + id + " (expected: a path)");
    }
    return id;
  }

  private static void checkUsage(X509Certificate leaf) throws SvidRefusedException {
    boolean[] usage = leaf.getKeyUsage();
    if (leaf.getBasicConstraints() >= 0 || has(usage, KEY_CERT_SIGN) || has(usage, CRL_SIGN)) {
      throw new SvidRefusedException(
          SvidRefusal.SIGNING_CERTIFICATE,
          "the certificate may sign others (expected: one of a workload)");
    }
    Set<String> critical = leaf.getCriticalExtensionOIDs();
    if (!has(usage, DIGITAL_SIGNATURE) || critical == null || !critical.contains(KEY_USAGE)) {
      throw new SvidRefusedException(
          SvidRefusal.KEY_USAGE,
          "the certificate's key usage (expected: critical, with digitalSignature)");
    }
  }

  private static boolean has(boolean @Nullable [] usage, int bit) {
    return usage != null && usage.length > bit && usage[bit];
  }

  private static void checkExtendedUsage(X509Certificate leaf) throws SvidRefusedException {
    List<String> usages;
    try {
      usages = leaf.getExtendedKeyUsage();
    } catch (CertificateParsingException e) {
      throw new SvidRefusedException(
          SvidRefusal.MALFORMED, "the certificate's extended key usage cannot be read", e);
    }
    if (usages != null && !usages.containsAll(BOTH_SIDES)) {
      throw new SvidRefusedException(
          SvidRefusal.EXTENDED_KEY_USAGE,
          "the certificate's extended key usage is "
              + usages
              + " (expected: serverAuth and clientAuth, or no such extension)");
    }
  }

  /** Also what an authority asks of a key before it signs for it. */
  static void checkKey(PublicKey key) throws SvidRefusedException {
    if (key instanceof RSAPublicKey rsa) {
      int bits = rsa.getModulus().bitLength();
      if (bits < RSA_BITS) {
        throw weak("RSA of " + bits + " bits (expected: 2048 or more)");
      }
    } else if (key instanceof ECPublicKey ec) {
      int bits = ec.getParams().getCurve().getField().getFieldSize();
      if (bits < CURVE_BITS) {
        throw weak("a curve of " + bits + " bits (expected: P-256 or P-384)");
      }
    } else if (!(key instanceof EdECPublicKey)) {
      throw weak("a key of kind " + key.getAlgorithm() + " (expected: RSA, EC or EdDSA)");
    }
  }

  private static SvidRefusedException weak(String what) {
    return new SvidRefusedException(SvidRefusal.WEAK_KEY, "the certificate's key is " + what);
  }
}
