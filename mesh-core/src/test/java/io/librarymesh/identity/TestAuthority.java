package io.librarymesh.identity;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Signs certificates for tests, right ones and wrong ones. */
final class TestAuthority {
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final AtomicLong SERIALS = new AtomicLong(1);

  private final KeyPair keys;
  private final X509Certificate certificate;

  private TestAuthority(KeyPair keys, X509Certificate certificate) {
    this.keys = keys;
    this.certificate = certificate;
  }

  /** A root that signs itself. */
  static TestAuthority root(String name) {
    KeyPair keys = keys("EC", 256);
    X500Name subject = new X500Name("CN=" + name);
    return new TestAuthority(
        keys, sign(subject, keys, signing(subject, keys, subject, NOW.plusSeconds(864_000))));
  }

  /** An authority that this one has signed. */
  TestAuthority intermediate(String name) {
    KeyPair below = keys("EC", 256);
    X500Name subject = new X500Name("CN=" + name);
    return new TestAuthority(
        below, sign(subject, keys, signing(subject, below, issuer(), NOW.plusSeconds(864_000))));
  }

  X509Certificate certificate() {
    return certificate;
  }

  TrustBundle bundle(String trustDomain) {
    return TrustBundle.of(new TrustDomain(trustDomain), List.of(certificate));
  }

  Leaf leaf(String spiffeId) {
    return new Leaf(this).uri(spiffeId);
  }

  Leaf leaf() {
    return new Leaf(this);
  }

  /** A list of certificates that this authority took back. */
  X509CRL revoke(X509Certificate... revoked) {
    try {
      X509v2CRLBuilder builder = new X509v2CRLBuilder(issuer(), Date.from(NOW));
      for (X509Certificate one : revoked) {
        builder.addCRLEntry(one.getSerialNumber(), Date.from(NOW), 0);
      }
      return new JcaX509CRLConverter()
          .getCRL(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    } catch (OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private X500Name issuer() {
    return new X500Name(certificate.getSubjectX500Principal().getName());
  }

  private static JcaX509v3CertificateBuilder signing(
      X500Name subject, KeyPair of, X500Name issuer, Instant until) {
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              issuer,
              BigInteger.valueOf(SERIALS.getAndIncrement()),
              Date.from(NOW.minusSeconds(3600)),
              Date.from(until),
              subject,
              of.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      return builder;
    } catch (CertIOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static X509Certificate sign(
      X500Name subject, KeyPair signer, JcaX509v3CertificateBuilder builder) {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate())));
    } catch (OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException(subject.toString(), e);
    }
  }

  static KeyPair keys(String algorithm, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      if (bits > 0) {
        generator.initialize(bits);
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String pem(X509Certificate certificate) {
    try {
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String pem(Key privateKey) {
    return pem("PRIVATE KEY", privateKey.getEncoded());
  }

  static String pem(String label, byte[] content) {
    StringWriter out = new StringWriter();
    out.write("-----BEGIN " + label + "-----\n");
    out.write(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content));
    out.write("\n-----END " + label + "-----\n");
    return out.toString();
  }

  /** A certificate of a workload, right unless something is said against it. */
  static final class Leaf {
    private final TestAuthority authority;
    private final List<GeneralName> names = new ArrayList<>();
    private KeyPair keys = TestAuthority.keys("EC", 256);
    private boolean ca;
    private int usage = KeyUsage.digitalSignature;
    private boolean usageCritical = true;
    private KeyPurposeId[] purposes = {
      KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
    };
    private Instant from = NOW.minusSeconds(60);
    private Instant until = NOW.plusSeconds(3600);

    private Leaf(TestAuthority authority) {
      this.authority = authority;
    }

    Leaf uri(String uri) {
      return name(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
    }

    Leaf name(GeneralName name) {
      names.add(name);
      return this;
    }

    Leaf keys(KeyPair pair) {
      keys = pair;
      return this;
    }

    Leaf ca() {
      ca = true;
      return this;
    }

    Leaf usage(int bits) {
      usage = bits;
      return this;
    }

    Leaf usageNotCritical() {
      usageCritical = false;
      return this;
    }

    Leaf purposes(KeyPurposeId... ids) {
      purposes = ids;
      return this;
    }

    Leaf from(Instant instant) {
      from = instant;
      return this;
    }

    Leaf until(Instant instant) {
      until = instant;
      return this;
    }

    KeyPair keys() {
      return keys;
    }

    X509Certificate sign() {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              authority.issuer(),
              BigInteger.valueOf(SERIALS.getAndIncrement()),
              Date.from(from),
              Date.from(until),
              new X500Name(names.isEmpty() ? "CN=nobody" : ""),
              keys.getPublic());
      try {
        extend(builder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return TestAuthority.sign(new X500Name(""), authority.keys, builder);
    }

    private void extend(JcaX509v3CertificateBuilder builder) throws IOException {
      if (!names.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            true,
            new GeneralNames(names.toArray(GeneralName[]::new)));
      }
      if (ca) {
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      }
      if (usage != 0) {
        builder.addExtension(Extension.keyUsage, usageCritical, new KeyUsage(usage));
      }
      if (purposes.length > 0) {
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
      }
    }

    X509Svid svid(X509Certificate... intermediates) throws SvidRefusedException {
      List<X509Certificate> chain = new ArrayList<>();
      chain.add(sign());
      chain.addAll(List.of(intermediates));
      return X509Svid.of(chain, keys.getPrivate());
    }
  }
}
