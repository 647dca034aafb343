package io.librarymesh.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.identity.CertificateSigner.Signed;
import io.librarymesh.random.RandomSource;
import io.librarymesh.time.Scheduler;
import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.junit.jupiter.api.Test;

class RenewedIdentitySourceTest {
  private static final SpiffeId WEB = SpiffeId.parse("spiffe://cluster.local/ns/default/sa/web");
  private static final Duration LIFETIME = Duration.ofHours(1);

  private final TestAuthority root = TestAuthority.root("root");
  private final List<PublicKey> asked = new ArrayList<>();
  private final List<Identity> told = new ArrayList<>();
  private Instant now = TestAuthority.NOW;
  private boolean down;
  private SpiffeId answers = WEB;
  private TestAuthority authority = root;

  private record Task(Instant at, long order, Runnable run) {}

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(
          (a, b) ->
              a.at().equals(b.at())
                  ? Long.compare(a.order(), b.order())
                  : a.at().compareTo(b.at()));
  private long order;

  @Test
  void asksAtOnceWithAKeyOfItsOwn() {
    RenewedIdentitySource source = start();
    assertThat(source.current().orElseThrow().svid().id()).isEqualTo(WEB);
    assertThat(asked).hasSize(1);
    assertThat(told).hasSize(1);
  }

  @Test
  void renewsAtHalfOfTheLifetime() {
    start();
    passUntil(TestAuthority.NOW.plus(Duration.ofSeconds(1763)));
    assertThat(told).as("49 % of an hour").hasSize(1);
    passUntil(TestAuthority.NOW.plus(Duration.ofSeconds(1837)));
    assertThat(told).as("51 % of an hour").hasSize(2);
    assertThat(asked).doesNotHaveDuplicates();
  }

  @Test
  void triesAgainWithGrowingPausesAndKeepsWhatItHas() {
    RenewedIdentitySource source = start();
    down = true;
    passUntil(TestAuthority.NOW.plus(Duration.ofMinutes(32)));
    int tries = asked.size();
    assertThat(tries).isBetween(4, 12);
    assertThat(source.problem()).contains("connection refused");
    assertThat(source.current()).contains(told.get(0));
    down = false;
    passUntil(now.plus(Duration.ofSeconds(61)));
    assertThat(told).hasSize(2);
    assertThat(source.problem()).isEmpty();
  }

  @Test
  void aCertificateOfSomebodyElseIsNotPutInForce() {
    answers = SpiffeId.parse("spiffe://cluster.local/ns/default/sa/other");
    RenewedIdentitySource source = start();
    assertThat(source.current()).isEmpty();
    assertThat(source.problem().orElseThrow())
        .contains("the authority signed for " + answers + " (expected: " + WEB + ")");
  }

  @Test
  void aCertificateThatItsOwnRootsDoNotProveIsNotPutInForce() {
    authority = TestAuthority.root("root");
    RenewedIdentitySource source = start();
    assertThat(source.current()).isEmpty();
    assertThat(source.problem()).isPresent();
  }

  @Test
  void asksNoMoreOnceItIsClosed() {
    RenewedIdentitySource source = start();
    source.close();
    passUntil(TestAuthority.NOW.plus(Duration.ofHours(2)));
    assertThat(asked).hasSize(1);
  }

  private RenewedIdentitySource start() {
    Scheduler scheduler =
        (task, delayNanos) -> {
          Task scheduled = new Task(now.plusNanos(delayNanos), order++, task);
          tasks.add(scheduled);
          return () -> tasks.remove(scheduled);
        };
    RandomSource middle = (bound, draw) -> bound / 2;
    RenewedIdentitySource source =
        new RenewedIdentitySource(
            this::sign,
            Optional.of(WEB),
            LIFETIME,
            new RenewedIdentitySource.Seams(scheduler, () -> now, middle));
    source.subscribe(told::add);
    source.ask();
    return source;
  }

  private void passUntil(Instant end) {
    Task next = tasks.peek();
    while (next != null && !next.at().isAfter(end)) {
      tasks.poll();
      now = next.at();
      next.run().run();
      next = tasks.peek();
    }
    now = end;
  }

  /** Reads the request with a library that has nothing to do with how it was written. */
  private CompletionStage<Signed> sign(String request, Duration lifetime) {
    try (PEMParser parser = new PEMParser(new StringReader(request))) {
      JcaPKCS10CertificationRequest read =
          new JcaPKCS10CertificationRequest(
              ((PKCS10CertificationRequest) parser.readObject()).getEncoded());
      PublicKey key = read.getPublicKey();
      assertThat(read.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key)))
          .isTrue();
      assertThat(names(read).getNames()).singleElement().hasToString("6: " + WEB);
      asked.add(key);
      if (down) {
        return CompletableFuture.failedFuture(new IOException("connection refused"));
      }
      X509Certificate leaf =
          authority
              .leaf(answers.toString())
              .keys(new KeyPair(key, TestAuthority.keys("EC", 256).getPrivate()))
              .from(now.minusSeconds(120))
              .until(now.plus(lifetime))
              .sign();
      return CompletableFuture.completedFuture(
          new Signed(List.of(leaf), List.of(root.certificate())));
    } catch (IOException | GeneralSecurityException | OperatorCreationException | PKCSException e) {
      throw new IllegalStateException(e);
    }
  }

  private static GeneralNames names(JcaPKCS10CertificationRequest request) {
    Extensions extensions =
        Extensions.getInstance(
            request
                .getAttributes(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest)[0]
                .getAttrValues()
                .getObjectAt(0));
    return GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName);
  }
}
