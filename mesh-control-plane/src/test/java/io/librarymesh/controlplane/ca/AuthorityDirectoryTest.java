package io.librarymesh.controlplane.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.controlplane.ca.AuthorityDirectory.Phase;
import io.librarymesh.identity.SpiffeId;
import io.librarymesh.identity.SvidVerifier;
import io.librarymesh.identity.TrustDomain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder: made once, kept secret, refused when something is wrong with it. */
final class AuthorityDirectoryTest {
  private static final TrustDomain DOMAIN = new TrustDomain("cluster.local");

  @TempDir Path temporary;

  private Instant now = Instant.now();

  private AuthorityDirectory directory() {
    return new AuthorityDirectory(temporary.resolve("ca"), () -> now, new SecureRandom());
  }

  private Path file(String name) {
    return temporary.resolve("ca").resolve(name);
  }

  @Test
  void rootIsMadeOnceAndItsKeyIsItsOwnersAlone() throws Exception {
    assertThat(directory().create(DOMAIN)).isTrue();
    String key = Files.readString(file("ca-key.pem"));
    assertThat(directory().create(DOMAIN)).isFalse();

    assertThat(Files.readString(file("ca-key.pem"))).isEqualTo(key);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file("ca-key.pem"))))
        .isEqualTo("rw-------");
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(temporary.resolve("ca"))))
        .isEqualTo("rwx------");
    X509Certificate root = directory().read().certificate();
    assertThat(root.getBasicConstraints()).isZero();
    assertThat(root.getKeyUsage()[5]).isTrue();
    assertThat(root.getSubjectX500Principal().getName()).contains("cluster.local");
    assertThat(root.getNotAfter().toInstant())
        .isAfter(now.plus(Duration.ofDays(3649)))
        .isBefore(now.plus(Duration.ofDays(3651)));
  }

  @Test
  void keyThatOthersMayReadIsRefused() throws Exception {
    directory().create(DOMAIN);
    for (String mode : List.of("rw-r-----", "rw----r--", "rw--w----", "rw-----w-")) {
      Files.setPosixFilePermissions(file("ca-key.pem"), PosixFilePermissions.fromString(mode));
      assertThatThrownBy(() -> directory().read())
          .as(mode)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("expected: mode 0600");
    }
  }

  @Test
  void halfAnAuthorityIsNeitherUsedNorOverwritten() throws Exception {
    for (String part : List.of("ca-key.pem", "ca-cert.pem", "root-cert.pem")) {
      directory().create(DOMAIN);
      Files.delete(file(part));
      assertThatThrownBy(() -> directory().read()).hasMessageContaining(": only ");
      assertThatThrownBy(() -> directory().create(DOMAIN)).hasMessageContaining(": only ");
      for (String rest : List.of("ca-key.pem", "ca-cert.pem", "root-cert.pem")) {
        Files.deleteIfExists(file(rest));
      }
    }
  }

  @Test
  void partsThatDoNotBelongTogetherAreRefused() throws Exception {
    directory().create(DOMAIN);
    AuthorityDirectory other = new AuthorityDirectory(temporary.resolve("other"));
    other.create(DOMAIN);
    Files.copy(
        other.folder().resolve("ca-cert.pem"),
        file("ca-cert.pem"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    assertThatThrownBy(() -> directory().read())
        .hasMessageContaining("ca-key.pem is not the key of ca-cert.pem");
  }

  @Test
  void replacementOfRootsGoesInOrder() throws Exception {
    directory().create(DOMAIN);
    assertThat(directory().phase()).isEqualTo(Phase.SETTLED);
    assertThatThrownBy(() -> directory().promote()).hasMessageContaining("is SETTLED");
    X509Certificate old = directory().read().certificate();

    directory().announce(DOMAIN);
    assertThat(directory().phase()).isEqualTo(Phase.ANNOUNCED);
    assertThat(directory().read().certificate()).isEqualTo(old);
    assertThatThrownBy(() -> directory().announce(DOMAIN)).hasMessageContaining("is ANNOUNCED");

    directory().promote();
    assertThat(directory().phase()).isEqualTo(Phase.SWITCHED);
    assertThat(directory().read().roots()).contains(old).hasSize(2);
    assertThatThrownBy(() -> directory().settle(Duration.ofHours(24)))
        .hasMessageContaining("certificates of the old root count until");

    now = now.plus(Duration.ofHours(25));
    directory().settle(Duration.ofHours(24));
    assertThat(directory().phase()).isEqualTo(Phase.SETTLED);
    assertThat(directory().read().roots()).hasSize(1).doesNotContain(old);
    assertThat(Files.exists(file("next-key.pem"))).isFalse();
  }

  @Test
  void intermediateOfOnesOwnSignsBelowItsRoot() throws Exception {
    KeyPair root = Requests.rsa(2048, 65_537);
    KeyPair middle = Requests.ec("secp256r1");
    X509Certificate rootCertificate = signing("CN=r", root, "CN=r", root);
    X509Certificate middleCertificate = signing("CN=m", middle, "CN=r", root);
    PrivateFiles.createFolder(temporary.resolve("ca"));
    PrivateFiles.write(file("ca-key.pem"), PemText.of(middle.getPrivate()));
    PrivateFiles.write(file("ca-cert.pem"), PemText.of(middleCertificate));
    PrivateFiles.write(file("root-cert.pem"), PemText.of(rootCertificate));
    PrivateFiles.write(
        file("cert-chain.pem"), PemText.of(List.of(middleCertificate, rootCertificate)));

    CertificateAuthority authority =
        CertificateAuthority.open(
            directory(), DOMAIN, CertificateAuthority.Lifetimes.DEFAULT, () -> now);
    SpiffeId id = SpiffeId.parse("spiffe://cluster.local/ns/a/sa/b");
    var issued =
        authority.sign(
            SubmittedRequest.read(Requests.of(Requests.ec("secp256r1"))), id, Duration.ZERO);

    assertThat(issued.chain()).hasSize(2).endsWith(middleCertificate);
    assertThat(issued.roots()).containsExactly(rootCertificate);
    assertThat(
            new SvidVerifier(authority.bundles(), () -> now)
                .verify(issued.chain().toArray(X509Certificate[]::new)))
        .isEqualTo(id);
    assertThatThrownBy(() -> directory().announce(DOMAIN))
        .hasMessageContaining("an intermediate signs here");
  }

  @Test
  void certificateThatLeadsToNoRootIsRefused() throws Exception {
    directory().create(DOMAIN);
    KeyPair other = Requests.ec("secp256r1");
    PrivateFiles.write(file("root-cert.pem"), PemText.of(signing("CN=o", other, "CN=o", other)));

    assertThatThrownBy(() -> directory().read()).hasMessageContaining("no path leads");
  }

  private X509Certificate signing(String name, KeyPair of, String issuer, KeyPair signer)
      throws Exception {
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            new X500Name(issuer),
            java.math.BigInteger.valueOf(name.hashCode() & 0xffff),
            Date.from(now.minusSeconds(60)),
            Date.from(now.plus(Duration.ofDays(100))),
            new X500Name(name),
            of.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
    String algorithm =
        signer.getPrivate().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder(algorithm).build(signer.getPrivate())));
  }
}
