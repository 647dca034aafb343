package io.librarymesh.controlplane.ca;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether what stands in an authority's folder can sign certificates that workloads accept. */
final class AuthorityCheck {
  private static final int KEY_CERT_SIGN = 5;
  private static final byte[] PROBE = {'m', 'e', 's', 'h'};

  private AuthorityCheck() {}

  /**
   * The parts as one.
   *
   * @param chain from the certificate, or from its issuer, up
   * @throws IOException if they do not belong together; the message names the folder
   */
  static SigningKey of(
      Path folder,
      X509Certificate certificate,
      PrivateKey key,
      List<X509Certificate> chain,
      List<X509Certificate> roots,
      Instant now)
      throws IOException {
    if (!isPair(certificate, key)) {
      throw refused(folder, "ca-key.pem is not the key of ca-cert.pem");
    }
    boolean[] usage = certificate.getKeyUsage();
    if (certificate.getBasicConstraints() < 0 || usage == null || !usage[KEY_CERT_SIGN]) {
      throw refused(folder, "ca-cert.pem may not sign (expected: cA and keyCertSign)");
    }
    List<X509Certificate> path = path(certificate, chain, roots);
    if (!path.isEmpty()) {
      validate(folder, path, roots, now);
    }
    return new SigningKey(certificate, key, path, roots);
  }

  /** What a workload has to present besides its own certificate: nothing, when a root signs. */
  private static List<X509Certificate> path(
      X509Certificate certificate, List<X509Certificate> chain, List<X509Certificate> roots) {
    List<X509Certificate> path = new ArrayList<>();
    if (roots.contains(certificate)) {
      return path;
    }
    path.add(certificate);
    for (X509Certificate above : chain) {
      if (!path.contains(above) && !roots.contains(above)) {
        path.add(above);
      }
    }
    return path;
  }

  private static void validate(
      Path folder, List<X509Certificate> path, List<X509Certificate> roots, Instant now)
      throws IOException {
    try {
      PKIXParameters parameters =
          new PKIXParameters(
              roots.stream()
                  .map(root -> new TrustAnchor(root, noConstraints()))
                  .collect(Collectors.toSet()));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
    } catch (GeneralSecurityException e) {
      throw refused(
          folder, "no path leads from ca-cert.pem to a root of root-cert.pem: " + e.getMessage());
    }
  }

  private static byte @Nullable [] noConstraints() {
    return null;
  }

  private static boolean isPair(X509Certificate certificate, PrivateKey key) {
    try {
      Signature signature =
          Signature.getInstance(
              key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static IOException refused(Path folder, String what) {
    return new IOException(folder + ": " + what);
  }
}
