package io.librarymesh.controlplane.ca;

import io.librarymesh.identity.SpiffeId;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/**
 * A request for a certificate (PKCS#10, RFC 2986) that proves to hold its key. Only the key is
 * taken of it; subject, names and extensions are what a peer made up. A request that names the
 * identity of somebody else is refused though, since whoever wrote it expects something wrong.
 *
 * @param key RSA from 2048 to 8192 bits, P-256 or P-384
 * @param uris what it asks to be called
 */
record SubmittedRequest(PublicKey key, List<String> uris) {
  /** Of the text; RSA of 8192 bits needs 3 KiB. */
  static final int MAX_BYTES = 16 << 10;

  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 8192;
  private static final int MAX_EXPONENT_BITS = 64;
  private static final BigInteger MIN_EXPONENT = BigInteger.valueOf(65_537);
  private static final int MAX_URIS = 10;

  private static final Set<ASN1ObjectIdentifier> CURVES =
      Set.of(SECObjectIdentifiers.secp256r1, SECObjectIdentifiers.secp384r1);

  private static final Pattern PEM =
      Pattern.compile(
          "\\s*-----BEGIN (NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\\s]*)"
              + "-----END (NEW )?CERTIFICATE REQUEST-----\\s*");

  /** Copies the list. */
  SubmittedRequest {
    uris = List.copyOf(uris);
  }

  /**
   * Reads a request and verifies that who wrote it holds the private key.
   *
   * @param pem one block, at most 16 KiB
   */
  static SubmittedRequest read(String pem) throws CaRefusedException {
    if (pem.length() > MAX_BYTES) {
      throw new CaRefusedException(
          CaRefusal.REQUEST_TOO_LARGE,
          "csr: " + pem.length() + " characters (expected: at most " + MAX_BYTES + ")");
    }
    try {
      JcaPKCS10CertificationRequest request =
          new JcaPKCS10CertificationRequest(new PKCS10CertificationRequest(der(pem)));
      PublicKey key = key(request);
      if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        throw noProof();
      }
      return new SubmittedRequest(key, uris(request));
    } catch (PKCSException | OperatorCreationException e) {
      throw noProof();
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      // Whatever a parser of bytes of a peer's choice throws; the bytes are the peer's mistake.
      throw malformed();
    }
  }

  private static byte[] der(String pem) throws CaRefusedException {
    Matcher matcher = PEM.matcher(pem);
    if (!matcher.matches()) {
      throw malformed();
    }
    return Base64.getMimeDecoder().decode(matcher.group(2).getBytes(StandardCharsets.US_ASCII));
  }

  private static PublicKey key(JcaPKCS10CertificationRequest request)
      throws CaRefusedException, GeneralSecurityException {
    var algorithm = request.getSubjectPublicKeyInfo().getAlgorithm();
    if (algorithm.getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      // By name only: a curve that is written out may be a chosen one.
      if (!(algorithm.getParameters() instanceof ASN1ObjectIdentifier curve)
          || !CURVES.contains(curve)) {
        throw weak("another curve");
      }
      return request.getPublicKey();
    }
    PublicKey key = request.getPublicKey();
    if (!(key instanceof RSAPublicKey rsa)) {
      throw weak(key.getAlgorithm());
    }
    int bits = rsa.getModulus().bitLength();
    BigInteger exponent = rsa.getPublicExponent();
    if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
      throw weak("RSA of " + bits + " bits");
    }
    if (exponent.compareTo(MIN_EXPONENT) < 0
        || !exponent.testBit(0)
        || exponent.bitLength() > MAX_EXPONENT_BITS) {
      throw weak("RSA with an exponent of another kind");
    }
    return key;
  }

  private static List<String> uris(PKCS10CertificationRequest request) {
    List<String> uris = new ArrayList<>();
    Extensions extensions = request.getRequestedExtensions();
    GeneralNames names =
        extensions == null
            ? null
            : GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName);
    if (names != null) {
      for (GeneralName name : names.getNames()) {
        if (name.getTagNo() == GeneralName.uniformResourceIdentifier && uris.size() < MAX_URIS) {
          uris.add(name.getName().toString());
        }
      }
    }
    return uris;
  }

  /** Refuses a request for somebody else's identity. */
  void checkAsksFor(SpiffeId identity) throws CaRefusedException {
    for (String uri : uris) {
      if (!uri.equals(identity.toString())) {
        throw new CaRefusedException(
            CaRefusal.FOREIGN_IDENTITY,
            "csr: asks for the identity of somebody else (expected: "
                + identity
                + ", or no URI at all)");
      }
    }
  }

  private static CaRefusedException malformed() {
    return new CaRefusedException(
        CaRefusal.MALFORMED_REQUEST,
        "csr: cannot be read (expected: one PKCS#10 request in PEM, CERTIFICATE REQUEST)");
  }

  private static CaRefusedException noProof() {
    return new CaRefusedException(
        CaRefusal.NO_PROOF_OF_POSSESSION,
        "csr: the signature is not that of its key (expected: signed with the private key)");
  }

  private static CaRefusedException weak(String what) {
    return new CaRefusedException(
        CaRefusal.KEY, "csr: key: " + what + " (expected: RSA 2048 to 8192, P-256 or P-384)");
  }
}
