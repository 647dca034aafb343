package io.librarymesh.controlplane.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.librarymesh.identity.Pem;
import io.librarymesh.identity.SpiffeId;
import io.librarymesh.identity.SvidVerifier;
import io.librarymesh.identity.TrustDomain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is signed, whatever a caller asks for. */
final class CertificateAuthorityTest {
  private static final TrustDomain DOMAIN = new TrustDomain("cluster.local");
  private static final SpiffeId BAR = SpiffeId.parse("spiffe://cluster.local/ns/foo/sa/bar");
  private static final KeyPair KEYS = Requests.ec("secp256r1");

  @TempDir Path folder;

  private Instant now = Instant.parse("2030-01-01T00:00:00Z");
  private AuthorityDirectory directory;
  private CertificateAuthority authority;

  @BeforeEach
  void create() throws Exception {
    directory = new AuthorityDirectory(folder.resolve("ca"), () -> now, new SecureRandom());
    assertThat(directory.create(DOMAIN)).isTrue();
    authority =
        CertificateAuthority.open(
            directory,
            DOMAIN,
            new CertificateAuthority.Lifetimes(Duration.ofHours(24), Duration.ofHours(48)),
            () -> now);
  }

  private X509Certificate signed(String csr, Duration lifetime) throws CaRefusedException {
    return authority.sign(SubmittedRequest.read(csr), BAR, lifetime).leaf();
  }

  private X509Certificate signed() throws CaRefusedException {
    return signed(Requests.of(KEYS), Duration.ZERO);
  }

  @Test
  void certificateKeepsToTheProfileAndProvesTheIdentity() throws Exception {
    X509Certificate leaf = signed();

    assertThat(new SvidVerifier(authority.bundles(), () -> now).verify(leaf)).isEqualTo(BAR);
    assertThat(leaf.getSubjectX500Principal().getName()).isEmpty();
    assertThat(leaf.getCriticalExtensionOIDs()).contains("2.5.29.17", "2.5.29.15", "2.5.29.19");
    assertThat(leaf.getSubjectAlternativeNames()).containsExactly(List.of(6, BAR.toString()));
    assertThat(leaf.getKeyUsage())
        .containsExactly(true, false, true, false, false, false, false, false, false);
    assertThat(leaf.getExtendedKeyUsage())
        .containsExactlyInAnyOrder("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    assertThat(leaf.getPublicKey()).isEqualTo(KEYS.getPublic());
  }

  @Test
  void whatARequestWantsToBeIsIgnored() throws Exception {
    X509Certificate leaf = signed(Requests.ofAnAuthority(KEYS), Duration.ZERO);

    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    assertThat(leaf.getKeyUsage()[5]).isFalse();
    assertThat(leaf.getSubjectX500Principal().getName()).isEmpty();
  }

  @Test
  void lifetimeIsTheUsualOneUnlessAskedForAndNeverLongerThanTheLongest() throws Exception {
    assertThat(lifetime(Duration.ZERO)).isEqualTo(Duration.ofHours(24));
    assertThat(lifetime(Duration.ofSeconds(-1))).isEqualTo(Duration.ofHours(24));
    assertThat(lifetime(Duration.ofHours(1))).isEqualTo(Duration.ofHours(1));
    assertThat(lifetime(Duration.ofDays(10_000))).isEqualTo(Duration.ofDays(2));
    assertThat(lifetime(Duration.ofMillis(1))).isEqualTo(Duration.ofMinutes(1));
    assertThat(signed().getNotBefore().toInstant()).isEqualTo(now.minusSeconds(120));
  }

  private Duration lifetime(Duration asked) throws CaRefusedException {
    return Duration.between(now, signed(Requests.of(KEYS), asked).getNotAfter().toInstant());
  }

  @Test
  void nothingCountsLongerThanTheAuthority() throws Exception {
    Instant end = Instant.parse("2030-01-01T00:00:00Z").plus(AuthorityDirectory.ROOT_LIFETIME);
    now = end.minus(Duration.ofHours(1));
    assertThat(signed().getNotAfter().toInstant()).isEqualTo(end);

    now = end.minusSeconds(30);
    assertThat(catchThrowableOfType(CaRefusedException.class, this::signed).reason())
        .isEqualTo(CaRefusal.AUTHORITY_EXPIRED);
  }

  @Test
  void serialsAreLargeAndNeverTheSame() throws Exception {
    Set<Object> serials = new HashSet<>();
    int longest = 0;
    for (int i = 0; i < 100; i++) {
      X509Certificate leaf = signed();
      serials.add(leaf.getSerialNumber());
      longest = Math.max(longest, leaf.getSerialNumber().bitLength());
      assertThat(leaf.getSerialNumber().signum()).isPositive();
    }
    assertThat(serials).hasSize(100);
    assertThat(longest).isGreaterThan(120).isLessThanOrEqualTo(128);
  }

  @Test
  void keyOfTheAuthorityItselfIsRefused() throws Exception {
    String key = Files.readString(directory.folder().resolve("ca-key.pem"));
    KeyPair own =
        new KeyPair(
            authority
                .bundles()
                .of(DOMAIN)
                .orElseThrow()
                .authorities()
                .iterator()
                .next()
                .getPublicKey(),
            Pem.privateKey("ca-key.pem", key));

    assertThat(
            catchThrowableOfType(
                    CaRefusedException.class, () -> signed(Requests.of(own), Duration.ZERO))
                .reason())
        .isEqualTo(CaRefusal.KEY);
  }

  @Test
  void identityOfAnotherDomainIsRefused() throws Exception {
    SubmittedRequest request = SubmittedRequest.read(Requests.of(KEYS));
    for (String other : List.of("spiffe://other/ns/foo/sa/bar", "spiffe://cluster.local")) {
      assertThat(
              catchThrowableOfType(
                      CaRefusedException.class,
                      () -> authority.sign(request, SpiffeId.parse(other), Duration.ZERO))
                  .reason())
          .isEqualTo(CaRefusal.FOREIGN_IDENTITY);
    }
  }

  @Test
  void rootsAreReplacedWithoutADayOnWhichSomebodyIsRefused() throws Exception {
    X509Certificate first = signed();
    directory.announce(DOMAIN);
    X509Certificate second = signed();
    assertThat(second.getIssuerX500Principal()).isEqualTo(first.getIssuerX500Principal());
    var both = authority.bundles();
    assertThat(both.of(DOMAIN).orElseThrow().authorities()).hasSize(2);

    directory.promote();
    X509Certificate third = signed();
    assertThat(third.getIssuerX500Principal()).isNotEqualTo(first.getIssuerX500Principal());
    // Who has the bundle of the first step accepts all three.
    for (X509Certificate leaf : List.of(first, second, third)) {
      assertThat(new SvidVerifier(both, () -> now).verify(leaf)).isEqualTo(BAR);
    }
  }

  @Test
  void folderThatBreaksLeavesInForceWhatWas() throws Exception {
    Files.writeString(directory.folder().resolve("ca-cert.pem"), "no certificate");

    assertThat(new SvidVerifier(authority.bundles(), () -> now).verify(signed())).isEqualTo(BAR);
  }

  @Test
  void textFormsShowNoKey() throws Exception {
    String text = directory.read().toString();

    assertThat(text).contains("until").doesNotContain("PRIVATE");
    assertThat(text)
        .doesNotContain(
            Files.readString(directory.folder().resolve("ca-key.pem")).lines().toList().get(1));
  }
}
