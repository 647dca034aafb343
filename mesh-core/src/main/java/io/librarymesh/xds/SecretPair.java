package io.librarymesh.xds;

import io.librarymesh.identity.Identity;
import io.librarymesh.identity.Pem;
import io.librarymesh.identity.SvidRefusedException;
import io.librarymesh.identity.SvidVerifier;
import io.librarymesh.identity.TrustBundle;
import io.librarymesh.identity.TrustBundles;
import io.librarymesh.identity.X509Svid;
import io.librarymesh.proto.envoy.config.core.v3.DataSource;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The two secrets that make an identity, which come one by one. Prints none of them. Confined to
 * its source's lock.
 */
final class SecretPair {
  /** Of the workload's key and certificate, as Istio and SPIRE call it. */
  static final String KEY = "default";

  /** Of the roots of its trust domain. */
  static final String ROOTS = "ROOTCA";

  private final InstantSource clock;
  private @Nullable X509Svid svid;
  private List<X509Certificate> roots = List.of();

  SecretPair(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Takes a secret in; others than the two are passed over.
   *
   * @throws CertificateException if it is none of a certificate with its key, or of roots; what was
   *     there before stays
   */
  void accept(Secret secret) throws CertificateException {
    switch (secret.getName()) {
      case KEY ->
          svid =
              X509Svid.of(
                  Pem.certificates(
                      KEY + ", certificate_chain",
                      text("certificate_chain", secret.getTlsCertificate().getCertificateChain())),
                  Pem.privateKey(
                      KEY + ", private_key",
                      text("private_key", secret.getTlsCertificate().getPrivateKey())));
      case ROOTS ->
          roots =
              Pem.certificates(
                  ROOTS + ", trusted_ca",
                  text("trusted_ca", secret.getValidationContext().getTrustedCa()));
      default -> {}
    }
  }

  /** Files are not read for a server: it may not choose what of this machine is looked at. */
  private static String text(String field, DataSource source) throws CertificateException {
    return switch (source.getSpecifierCase()) {
      case INLINE_BYTES -> source.getInlineBytes().toString(StandardCharsets.UTF_8);
      case INLINE_STRING -> source.getInlineString();
      default ->
          throw new CertificateException(
              field
                  + ": "
                  + source.getSpecifierCase()
                  + " (expected: inline_bytes, inline_string)");
    };
  }

  /**
   * The identity of both; empty while one is missing.
   *
   * @throws SvidRefusedException if the certificate does not lead to the roots: one of the two is
   *     about to be replaced
   */
  Optional<Identity> identity() throws SvidRefusedException {
    X509Svid known = svid;
    if (known == null || roots.isEmpty()) {
      return Optional.empty();
    }
    TrustBundles bundles = TrustBundles.of(TrustBundle.of(known.id().trustDomain(), roots));
    new SvidVerifier(bundles, clock).verify(known.chain().toArray(X509Certificate[]::new));
    return Optional.of(new Identity(known, bundles));
  }
}
