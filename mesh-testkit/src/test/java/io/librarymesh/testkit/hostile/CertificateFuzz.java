package io.librarymesh.testkit.hostile;

import io.librarymesh.identity.CertificateNames;
import io.librarymesh.identity.Pem;
import io.librarymesh.identity.SvidVerifier;
import io.librarymesh.identity.TrustBundle;
import io.librarymesh.identity.TrustBundles;
import io.librarymesh.identity.TrustDomain;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Certificates, as DER and as PEM: what cannot be read is refused with a type that says so, and
 * nobody is believed but the workload whose certificate the root has signed, as it was signed.
 */
public final class CertificateFuzz {
  private static final Instant NOW = Instant.parse("2030-01-01T12:00:00Z");
  private static final X509Certificate ROOT = seed("root.pem");
  private static final X509Certificate LEAF = seed("leaf.pem");
  private static final SvidVerifier VERIFIER =
      new SvidVerifier(
          TrustBundles.of(TrustBundle.of(new TrustDomain("cluster.local"), List.of(ROOT))),
          InstantSource.fixed(NOW));

  private CertificateFuzz() {}

  private static X509Certificate seed(String name) {
    try (InputStream file = CertificateFuzz.class.getResourceAsStream("/hostile/" + name)) {
      byte[] text = Objects.requireNonNull(file, name).readAllBytes();
      return Pem.certificates(name, new String(text, StandardCharsets.US_ASCII)).get(0);
    } catch (IOException | CertificateException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads one. */
  public static void fuzzerTestOneInput(byte[] input) {
    readPem(new String(input, StandardCharsets.ISO_8859_1));
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      verify((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(input)));
    } catch (CertificateException e) {
      // None, then.
    }
  }

  private static void readPem(String text) {
    try {
      Pem.certificates("text", text).forEach(CertificateFuzz::verify);
    } catch (CertificateException e) {
      // None, then.
    }
    try {
      Pem.revocations("text", text);
    } catch (CertificateException e) {
      // None, then.
    }
    try {
      Pem.privateKey("text", text);
    } catch (CertificateException e) {
      if (text.length() > 60 && String.valueOf(e.getMessage()).contains(text.substring(0, 60))) {
        throw new AssertionError("the message passes on what may be a key", e);
      }
    }
  }

  private static void verify(X509Certificate certificate) {
    try {
      String names = CertificateNames.of(certificate).toString();
      if (names.chars().anyMatch(c -> c < ' ' || c > '~')) {
        throw new AssertionError("names that command a terminal");
      }
    } catch (CertificateException e) {
      // Names that cannot be read are nobody's.
    }
    try {
      String id = VERIFIER.verify(certificate).toString();
      if (!Arrays.equals(certificate.getTBSCertificate(), LEAF.getTBSCertificate())) {
        throw new AssertionError(id + " is believed, and nobody signed it");
      }
    } catch (CertificateException e) {
      // Refused with a reason: SvidRefusedException is one of them.
    }
  }
}
