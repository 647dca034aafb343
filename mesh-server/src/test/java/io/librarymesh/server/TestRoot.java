package io.librarymesh.server;

import io.librarymesh.identity.Identity;
import io.librarymesh.identity.IdentitySource;
import io.librarymesh.identity.SpiffeId;
import io.librarymesh.identity.TrustBundle;
import io.librarymesh.identity.TrustBundles;
import io.librarymesh.identity.TrustDomain;
import io.librarymesh.identity.X509Svid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** The authority of a mesh, which gives its workloads identities of an hour. */
final class TestRoot {
  private static final AtomicLong SERIALS = new AtomicLong(1);
  private static final X500Name NAME = new X500Name("CN=root");

  private final KeyPair keys;
  private final X509Certificate certificate;

  TestRoot() {
    this(newKeys());
  }

  TestRoot(KeyPair keys) {
    this.keys = keys;
    this.certificate = sign(keys, Instant.now().plus(Duration.ofDays(1)), true, Optional.empty());
  }

  X509Certificate certificate() {
    return certificate;
  }

  /** The identity of a service account of the namespace {@code default}. */
  Identity identity(String account) {
    return identity(account, Duration.ofHours(1));
  }

  Identity identity(String account, Duration left) {
    return identity(account, left, this);
  }

  /** An identity of this authority that trusts the workloads of another one. */
  Identity identity(String account, Duration left, TestRoot trusted) {
    return identity(SpiffeId.parse(id(account)), left, trusted);
  }

  /** An identity of any trust domain. */
  Identity identity(SpiffeId id, Duration left, TestRoot trusted) {
    KeyPair own = newKeys();
    GeneralName name = new GeneralName(GeneralName.uniformResourceIdentifier, id.toString());
    try {
      X509Svid svid = X509Svid.of(List.of(leaf(own, name, left)), own.getPrivate());
      TrustDomain domain = new TrustDomain("cluster.local");
      return new Identity(
          svid, TrustBundles.of(TrustBundle.of(domain, List.of(trusted.certificate))));
    } catch (CertificateException e) {
      throw new IllegalStateException(e);
    }
  }

  static String id(String account) {
    return "spiffe://cluster.local/ns/default/sa/" + account;
  }

  X509Certificate leaf(KeyPair own, GeneralName name, Duration left) {
    return sign(own, Instant.now().plus(left), false, Optional.of(name));
  }

  static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private X509Certificate sign(
      KeyPair of, Instant until, boolean authority, Optional<GeneralName> name) {
    return sign(
        of,
        Instant.now().minus(Duration.ofHours(1)),
        until,
        authority ? NAME : new X500Name("CN=workload"),
        authority,
        name.stream().toArray(GeneralName[]::new));
  }

  /** Signs anything. */
  X509Certificate sign(
      KeyPair of,
      Instant from,
      Instant until,
      X500Name subject,
      boolean authority,
      GeneralName... names) {
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              NAME,
              BigInteger.valueOf(SERIALS.getAndIncrement()),
              Date.from(from),
              Date.from(until),
              subject,
              of.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(KeyUsage.digitalSignature | (authority ? KeyUsage.keyCertSign : 0)));
      if (names.length > 0) {
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    } catch (OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Has the identity that it was given last. */
  static final class Source implements IdentitySource {
    private volatile Optional<Identity> current;

    Source(Identity first) {
      current = Optional.of(first);
    }

    Source() {
      current = Optional.empty();
    }

    void rotateTo(Identity next) {
      current = Optional.of(next);
    }

    @Override
    public Optional<Identity> current() {
      return current;
    }

    @Override
    public Optional<String> problem() {
      return Optional.of("nobody signs");
    }

    @Override
    public AutoCloseable subscribe(Consumer<Identity> listener) {
      throw new UnsupportedOperationException("the mesh asks when it needs to know");
    }

    @Override
    public void close() {}
  }
}
