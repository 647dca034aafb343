package io.librarymesh.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.librarymesh.identity.TestAuthority.Leaf;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** X509-SVID, sections 2 to 5. */
class SvidVerifierTest {
  private static final String WEB = "spiffe://cluster.local/ns/default/sa/web";

  private final TestAuthority root = TestAuthority.root("root");
  private final TrustBundles bundles = TrustBundles.of(root.bundle("cluster.local"));

  @Test
  void acceptsTheCertificateOfAWorkload() throws Exception {
    assertThat(verifier().verify(root.leaf(WEB).sign())).hasToString(WEB);
  }

  @Test
  void acceptsOtherKindsOfNamesBesideTheUri() throws Exception {
    Leaf leaf = root.leaf(WEB).name(new GeneralName(GeneralName.dNSName, "web.example.org"));
    assertThat(verifier().verify(leaf.sign())).hasToString(WEB);
  }

  @Test
  void acceptsACertificateWithoutExtendedUsage() throws Exception {
    assertThat(verifier().verify(root.leaf(WEB).purposes().sign())).hasToString(WEB);
  }

  @Test
  void acceptsRsaAndEdwardsKeys() throws Exception {
    assertThat(verifier().verify(root.leaf(WEB).keys(TestAuthority.keys("RSA", 2048)).sign()))
        .hasToString(WEB);
    assertThat(verifier().verify(root.leaf(WEB).keys(TestAuthority.keys("Ed25519", 0)).sign()))
        .hasToString(WEB);
  }

  @Test
  void followsIntermediatesAsTheyWereSent() throws Exception {
    TestAuthority below = root.intermediate("below");
    TestAuthority lowest = below.intermediate("lowest");
    X509Certificate leaf = lowest.leaf(WEB).sign();

    assertThat(verifier().verify(leaf, lowest.certificate(), below.certificate())).hasToString(WEB);
    assertThat(
            verifier().verify(leaf, lowest.certificate(), below.certificate(), root.certificate()))
        .as("with the root")
        .hasToString(WEB);
    assertThat(refusal(leaf, below.certificate())).isEqualTo(SvidRefusal.UNTRUSTED);
    assertThat(refusal(leaf)).isEqualTo(SvidRefusal.UNTRUSTED);
  }

  @Test
  void refusesARootThatOnlyThePeerKnows() {
    TestAuthority foreign = TestAuthority.root("root");
    assertThat(refusal(foreign.leaf(WEB).sign(), foreign.certificate()))
        .isEqualTo(SvidRefusal.UNTRUSTED);
  }

  @Test
  void refusesALeafThatActsAsAnIssuer() throws Exception {
    // A stolen workload key must not make identities.
    X509Certificate web = root.leaf(WEB).sign();
    TestAuthority other = TestAuthority.root("other");
    assertThat(refusal(other.leaf(WEB).sign(), web)).isEqualTo(SvidRefusal.UNTRUSTED);
  }

  @Test
  void theRootsOfOneDomainDoNotCountForAnother() throws Exception {
    TestAuthority partner = TestAuthority.root("partner");
    TrustBundles both =
        TrustBundles.of(root.bundle("cluster.local"), partner.bundle("partner.example"));
    SvidVerifier verifier = new SvidVerifier(both, InstantSource.fixed(TestAuthority.NOW));
    String theirs = "spiffe://partner.example/billing";

    assertThat(verifier.verify(partner.leaf(theirs).sign())).hasToString(theirs);
    assertThat(refusal(verifier, partner.leaf(WEB).sign())).isEqualTo(SvidRefusal.UNTRUSTED);
    assertThat(refusal(verifier, root.leaf(theirs).sign())).isEqualTo(SvidRefusal.UNTRUSTED);
  }

  @Test
  void refusesATrustDomainWithoutRoots() {
    assertThat(refusal(root.leaf("spiffe://evil/ns/default/sa/web").sign()))
        .isEqualTo(SvidRefusal.UNKNOWN_TRUST_DOMAIN);
    TrustBundles empty =
        TrustBundles.of(TrustBundle.of(new TrustDomain("cluster.local"), List.of()));
    SvidVerifier verifier = new SvidVerifier(empty, InstantSource.fixed(TestAuthority.NOW));
    assertThat(refusal(verifier, root.leaf(WEB).sign())).isEqualTo(SvidRefusal.UNTRUSTED);
  }

  @Test
  void refusesWhatNamesNoWorkload() {
    assertThat(refusal(root.leaf().sign())).isEqualTo(SvidRefusal.NO_URI);
    assertThat(refusal(root.leaf().name(new GeneralName(GeneralName.dNSName, "web.local")).sign()))
        .isEqualTo(SvidRefusal.NO_URI);
    assertThat(refusal(root.leaf(WEB).uri(WEB).sign())).isEqualTo(SvidRefusal.SEVERAL_URIS);
    assertThat(refusal(root.leaf("https://cluster.local/ns/default/sa/web").sign()))
        .isEqualTo(SvidRefusal.NO_SPIFFE_ID);
    assertThat(refusal(root.leaf("spiffe://cluster.local/a//b").sign()))
        .isEqualTo(SvidRefusal.NO_SPIFFE_ID);
    assertThat(refusal(root.leaf("spiffe://cluster.local").sign()))
        .isEqualTo(SvidRefusal.NO_WORKLOAD);
  }

  /** CVE-2022-21656, CVE-2026-47778: what reads like a URI is one by its kind alone, as a whole. */
  @Test
  void refusesNamesThatOnlyLookLikeIt() {
    for (String uri :
        List.of(
            WEB + "\u0000.evil.example", WEB + "\u0000", " " + WEB, WEB + "/", WEB + "%00", "")) {
      assertThat(refusalOrUnreadable(uri)).as(uri).isEqualTo(SvidRefusal.NO_SPIFFE_ID);
    }
    for (int kind : new int[] {GeneralName.dNSName, GeneralName.rfc822Name}) {
      assertThat(refusal(root.leaf().name(new GeneralName(kind, new DERIA5String(WEB))).sign()))
          .isEqualTo(SvidRefusal.NO_URI);
    }
    ASN1Encodable other =
        new DERSequence(
            new ASN1Encodable[] {
              new ASN1ObjectIdentifier("1.2.3.4"),
              new DERTaggedObject(true, 0, new DERUTF8String(WEB))
            });
    assertThat(refusal(root.leaf().name(new GeneralName(GeneralName.otherName, other)).sign()))
        .isEqualTo(SvidRefusal.NO_URI);
    assertThat(refusal(root.leaf(WEB).uri("urn:x").sign())).isEqualTo(SvidRefusal.SEVERAL_URIS);
  }

  @Test
  void refusesCertificatesThatSign() {
    assertThat(refusal(root.leaf(WEB).ca().sign())).isEqualTo(SvidRefusal.SIGNING_CERTIFICATE);
    assertThat(
            refusal(root.leaf(WEB).usage(KeyUsage.digitalSignature | KeyUsage.keyCertSign).sign()))
        .isEqualTo(SvidRefusal.SIGNING_CERTIFICATE);
    assertThat(refusal(root.leaf(WEB).usage(KeyUsage.digitalSignature | KeyUsage.cRLSign).sign()))
        .isEqualTo(SvidRefusal.SIGNING_CERTIFICATE);
    assertThat(refusal(root.certificate())).isEqualTo(SvidRefusal.NO_URI);
  }

  @Test
  void refusesOtherUses() {
    assertThat(refusal(root.leaf(WEB).usage(KeyUsage.keyEncipherment).sign()))
        .isEqualTo(SvidRefusal.KEY_USAGE);
    assertThat(refusal(root.leaf(WEB).usage(0).sign())).isEqualTo(SvidRefusal.KEY_USAGE);
    assertThat(refusal(root.leaf(WEB).usageNotCritical().sign())).isEqualTo(SvidRefusal.KEY_USAGE);
    assertThat(refusal(root.leaf(WEB).purposes(KeyPurposeId.id_kp_serverAuth).sign()))
        .isEqualTo(SvidRefusal.EXTENDED_KEY_USAGE);
    assertThat(refusal(root.leaf(WEB).purposes(KeyPurposeId.id_kp_clientAuth).sign()))
        .isEqualTo(SvidRefusal.EXTENDED_KEY_USAGE);
  }

  @Test
  void refusesWeakKeys() {
    assertThat(refusal(root.leaf(WEB).keys(TestAuthority.keys("RSA", 1024)).sign()))
        .isEqualTo(SvidRefusal.WEAK_KEY);
  }

  @Test
  void refusesOutsideOfItsTime() {
    assertThat(refusal(root.leaf(WEB).until(TestAuthority.NOW.minusSeconds(1)).sign()))
        .isEqualTo(SvidRefusal.EXPIRED);
    assertThat(refusal(root.leaf(WEB).from(TestAuthority.NOW.plusSeconds(1)).sign()))
        .isEqualTo(SvidRefusal.NOT_YET_VALID);
  }

  @Test
  void refusesWhatItsIssuerTookBack() {
    X509Certificate revoked = root.leaf(WEB).sign();
    TrustBundles known =
        TrustBundles.of(
            root.bundle("cluster.local").withRevocations(List.of(root.revoke(revoked))));
    SvidVerifier verifier = new SvidVerifier(known, InstantSource.fixed(TestAuthority.NOW));

    assertThat(refusal(verifier, revoked)).isEqualTo(SvidRefusal.REVOKED);
    assertThat(refusal(verifier, root.leaf(WEB).sign())).isNull();
  }

  @Test
  void refusesChainsWithoutEnd() {
    X509Certificate leaf = root.leaf(WEB).sign();
    X509Certificate[] chain = new X509Certificate[11];
    Arrays.fill(chain, leaf);
    assertThat(refusal(chain)).isEqualTo(SvidRefusal.CHAIN_TOO_LONG);
    assertThat(refusal()).isEqualTo(SvidRefusal.NO_CERTIFICATE);
  }

  @Test
  void refusesAnotherWorkloadThanTheOneAskedFor() throws Exception {
    X509Certificate leaf = root.leaf(WEB).sign();
    PeerPolicy api = PeerPolicy.oneOf(Set.of(SpiffeId.parse(WEB.replace("web", "api"))));
    SvidRefusedException refused =
        catchThrowableOfType(SvidRefusedException.class, () -> verifier().verify(api, leaf));

    assertThat(refused.reason()).isEqualTo(SvidRefusal.UNEXPECTED_ID);
    assertThat(refused)
        .hasMessage("the peer is " + WEB + " (expected: spiffe://cluster.local/ns/default/sa/api)");
    assertThat(verifier().verify(PeerPolicy.oneOf(Set.of(SpiffeId.parse(WEB))), leaf))
        .hasToString(WEB);
  }

  @Test
  void whereNobodyIsKnownNobodyIsAccepted() {
    X509Certificate leaf = root.leaf(WEB).sign();
    SvidRefusedException refused =
        catchThrowableOfType(
            SvidRefusedException.class, () -> verifier().verify(PeerPolicy.oneOf(Set.of()), leaf));
    assertThat(refused.reason()).isEqualTo(SvidRefusal.UNEXPECTED_ID);
  }

  /** Some names the JDK does not even read. */
  private @Nullable SvidRefusal refusalOrUnreadable(String uri) {
    X509Certificate leaf;
    try {
      leaf = root.leaf(uri).sign();
    } catch (IllegalStateException e) {
      assertThat(e).hasCauseInstanceOf(CertificateException.class);
      return SvidRefusal.NO_SPIFFE_ID;
    }
    return refusal(leaf);
  }

  private SvidVerifier verifier() {
    return new SvidVerifier(bundles, InstantSource.fixed(TestAuthority.NOW));
  }

  private @Nullable SvidRefusal refusal(X509Certificate... chain) {
    return refusal(verifier(), chain);
  }

  private static @Nullable SvidRefusal refusal(SvidVerifier verifier, X509Certificate... chain) {
    try {
      verifier.verify(chain);
      return null;
    } catch (SvidRefusedException e) {
      return e.reason();
    }
  }
}
