package io.librarymesh.identity;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * An identity in PEM files, as an agent, cert-manager or {@code meshctl ca} writes them.
 *
 * @param certificate the workload's certificate, then its issuers
 * @param privateKey the key of the certificate, PKCS#8 without a password
 * @param roots of the workload's own trust domain
 * @param revocations certificates that were taken back
 */
public record IdentityFiles(
    Path certificate, Path privateKey, Path roots, Optional<Path> revocations) {

  /** Files without a list of revocations. */
  public static IdentityFiles of(Path certificate, Path privateKey, Path roots) {
    return new IdentityFiles(certificate, privateKey, roots, Optional.empty());
  }

  /**
   * Reads all of them.
   *
   * @throws IOException if one cannot be read, or is larger than 1 MiB
   * @throws CertificateException if their content is none of an identity; the message names the
   *     file
   */
  public Identity read() throws IOException, CertificateException {
    List<X509Certificate> chain = Pem.certificates(certificate.toString(), text(certificate));
    PrivateKey key = Pem.privateKey(privateKey.toString(), text(privateKey));
    X509Svid svid = X509Svid.of(chain, key);
    List<X509Certificate> authorities = Pem.certificates(roots.toString(), text(roots));
    TrustBundle bundle = TrustBundle.of(svid.id().trustDomain(), authorities);
    if (revocations.isPresent()) {
      Path file = revocations.get();
      List<X509CRL> lists = Pem.revocations(file.toString(), text(file));
      bundle = bundle.withRevocations(lists);
    }
    return new Identity(svid, TrustBundles.of(bundle));
  }

  /**
   * The text of a file of PEM.
   *
   * @throws IOException if it cannot be read, or is larger than 1 MiB
   */
  public static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(Pem.MAX_BYTES + 1);
      if (bytes.length > Pem.MAX_BYTES) {
        throw new IOException(file + ": larger than " + Pem.MAX_BYTES + " bytes");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(file.toString(), null, "no such file");
    }
  }
}
