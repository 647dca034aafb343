package io.librarymesh.controlplane.ca;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * What certificates are signed with. Immutable; prints no key.
 *
 * <p>One value is in force at a time, so that a certificate, its chain and the roots beside it are
 * never of two of them.
 */
final class SigningKey {
  private final X509Certificate certificate;
  private final PrivateKey key;
  private final List<X509Certificate> intermediates;
  private final List<X509Certificate> roots;

  /**
   * A key and what leads from it to the roots.
   *
   * @param certificate of the key
   * @param intermediates from the certificate up to below the root; without the certificate when
   *     that is a root itself
   * @param roots of the trust domain; more than one while they are replaced
   */
  SigningKey(
      X509Certificate certificate,
      PrivateKey key,
      List<X509Certificate> intermediates,
      List<X509Certificate> roots) {
    this.certificate = certificate;
    this.key = key;
    this.intermediates = List.copyOf(intermediates);
    this.roots = List.copyOf(roots);
  }

  X509Certificate certificate() {
    return certificate;
  }

  PrivateKey key() {
    return key;
  }

  List<X509Certificate> intermediates() {
    return intermediates;
  }

  List<X509Certificate> roots() {
    return roots;
  }

  Instant notAfter() {
    Instant earliest = certificate.getNotAfter().toInstant();
    for (X509Certificate above : intermediates) {
      Instant end = above.getNotAfter().toInstant();
      earliest = end.isBefore(earliest) ? end : earliest;
    }
    return earliest;
  }

  @Override
  public String toString() {
    return "SigningKey["
        + certificate.getSubjectX500Principal()
        + ", serial "
        + certificate.getSerialNumber().toString(16)
        + ", until "
        + notAfter()
        + "]";
  }
}
