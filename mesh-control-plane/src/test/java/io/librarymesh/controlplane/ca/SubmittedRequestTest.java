package io.librarymesh.controlplane.ca;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.identity.SpiffeId;
import io.librarymesh.testkit.Mutations;
import java.security.KeyPair;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests of hostile peers end in a refusal with a reason, never in another exception. */
final class SubmittedRequestTest {
  private static final KeyPair KEYS = Requests.ec("secp256r1");

  private static CaRefusal refusal(String csr) {
    try {
      SubmittedRequest.read(csr);
    } catch (CaRefusedException e) {
      assertThat(e.getStackTrace()).isEmpty();
      assertThat(e.getMessage()).startsWith("csr: ").contains("expected: ");
      return e.reason();
    }
    throw new AssertionError("accepted");
  }

  @Test
  void keyIsTakenOfTheKindsThatAreStrongEnough() throws Exception {
    assertThat(SubmittedRequest.read(Requests.of(KEYS)).key()).isEqualTo(KEYS.getPublic());
    KeyPair p384 = Requests.ec("secp384r1");
    assertThat(SubmittedRequest.read(Requests.of(p384)).key()).isEqualTo(p384.getPublic());
    KeyPair rsa = Requests.rsa(2048, 65_537);
    assertThat(SubmittedRequest.read(Requests.of(rsa)).key()).isEqualTo(rsa.getPublic());
  }

  @Test
  void weakAndUnknownKeysAreRefused() {
    assertThat(refusal(Requests.of(Requests.rsa(1024, 65_537)))).isEqualTo(CaRefusal.KEY);
    assertThat(refusal(Requests.of(Requests.rsa(2048, 3)))).isEqualTo(CaRefusal.KEY);
    assertThat(refusal(Requests.of(Requests.ec("secp521r1")))).isEqualTo(CaRefusal.KEY);
    assertThat(refusal(Requests.of(Requests.ed25519()))).isEqualTo(CaRefusal.KEY);
  }

  @Test
  void keyThatItsAuthorDoesNotHoldIsRefused() {
    assertThat(refusal(Requests.stolen(KEYS, Requests.ec("secp256r1"))))
        .isEqualTo(CaRefusal.NO_PROOF_OF_POSSESSION);
  }

  @Test
  void everythingThatIsNoSingleRequestIsRefused() {
    String good = Requests.of(KEYS);
    assertThat(refusal("")).isEqualTo(CaRefusal.MALFORMED_REQUEST);
    assertThat(refusal("hello")).isEqualTo(CaRefusal.MALFORMED_REQUEST);
    assertThat(refusal(good + good)).isEqualTo(CaRefusal.MALFORMED_REQUEST);
    assertThat(refusal(good.replace("CERTIFICATE REQUEST", "CERTIFICATE")))
        .isEqualTo(CaRefusal.MALFORMED_REQUEST);
    assertThat(refusal(Requests.pem(new byte[0]))).isEqualTo(CaRefusal.MALFORMED_REQUEST);
    assertThat(refusal(Requests.pem(new byte[] {0x30, (byte) 0x84, 0x7f, -1, -1, -1})))
        .isEqualTo(CaRefusal.MALFORMED_REQUEST);
  }

  @Test
  void longRequestIsRefusedBeforeItIsRead() {
    assertThat(refusal("x".repeat(SubmittedRequest.MAX_BYTES + 1)))
        .isEqualTo(CaRefusal.REQUEST_TOO_LARGE);
  }

  @Test
  void oneBitChangedAnywhereIsNeverAcceptedForAnotherKey() throws Exception {
    byte[] der = der(Requests.of(KEYS));
    for (int bit = 0; bit < der.length * 8; bit++) {
      byte[] changed = der.clone();
      changed[bit / 8] ^= (byte) (1 << (bit % 8));
      try {
        assertThat(SubmittedRequest.read(Requests.pem(changed)).key()).isEqualTo(KEYS.getPublic());
      } catch (CaRefusedException e) {
        assertThat(e.getStackTrace()).isEmpty();
      }
    }
  }

  @Test
  void changedRequestsNeverThrowAnythingElse() {
    List<byte[]> corpus = Mutations.corpus(SubmittedRequestTest.class, "fuzz/requests");
    corpus.forEach(SubmittedRequestFuzz::fuzzerTestOneInput);
    Mutations mutations = Mutations.of(corpus, 27);
    for (int i = 0; i < 10_000; i++) {
      SubmittedRequestFuzz.fuzzerTestOneInput(mutations.next());
    }
  }

  @Test
  void requestForSomebodyElseIsRefused() throws Exception {
    SpiffeId own = SpiffeId.parse("spiffe://cluster.local/ns/foo/sa/bar");
    SubmittedRequest.read(Requests.of(KEYS)).checkAsksFor(own);
    SubmittedRequest.read(Requests.of(KEYS, own.toString())).checkAsksFor(own);

    for (String other :
        new String[] {
          "spiffe://cluster.local/ns/foo/sa/admin",
          "spiffe://cluster.local/ns/foo/sa/bar\u0000",
          "spiffe://other/ns/foo/sa/bar",
          "x"
        }) {
      SubmittedRequest request = SubmittedRequest.read(Requests.of(KEYS, own.toString(), other));
      assertThat(
              org.assertj.core.api.Assertions.catchThrowableOfType(
                      CaRefusedException.class, () -> request.checkAsksFor(own))
                  .reason())
          .isEqualTo(CaRefusal.FOREIGN_IDENTITY);
    }
  }

  private static byte[] der(String pem) {
    return Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
  }
}
