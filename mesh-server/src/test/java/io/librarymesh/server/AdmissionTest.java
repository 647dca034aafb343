package io.librarymesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.InboundListener.Mode;
import io.librarymesh.config.RbacCondition;
import io.librarymesh.identity.Identity;
import io.librarymesh.identity.MutualTls;
import io.librarymesh.identity.PeerPolicy;
import io.librarymesh.identity.SpiffeId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which connections outlive a change, and which do not. */
final class AdmissionTest {
  private final Instant now = Instant.now();
  private final TestRoot root = new TestRoot();
  private final Identity web = root.identity("web");
  private final List<X509Certificate> chain = web.svid().chain();
  private final MutualTls greeter = tls(root.identity("greeter"));

  private static MutualTls tls(Identity identity) {
    return MutualTls.of(
        identity, PeerPolicy.ofTrustDomains(identity.bundles().byDomain().keySet()));
  }

  private static InboundPeer peer(boolean overTls) {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    Optional<SpiffeId> id =
        overTls ? Optional.of(SpiffeId.parse(TestRoot.id("web"))) : Optional.empty();
    return new InboundPeer(id, overTls, address, address, "");
  }

  private static Optional<InboundRules> open(Mode mode) {
    return Optional.of(TestRules.open(mode));
  }

  private Admission admitted(Mode mode, boolean overTls, boolean opaque) {
    InboundRules rules = TestRules.open(mode);
    return overTls
        ? new Admission(rules, greeter, peer(true), chain, opaque)
        : new Admission(rules, null, peer(false), List.of(), opaque);
  }

  @ParameterizedTest
  @CsvSource({
    "DISABLE, false, DISABLE, true",
    "DISABLE, false, PERMISSIVE, false",
    "DISABLE, false, STRICT, false",
    "PERMISSIVE, false, DISABLE, true",
    "PERMISSIVE, false, PERMISSIVE, true",
    "PERMISSIVE, false, STRICT, false",
    "PERMISSIVE, true, DISABLE, false",
    "PERMISSIVE, true, STRICT, true",
    "STRICT, true, DISABLE, false",
    "STRICT, true, PERMISSIVE, true"
  })
  void aChangeOfTheMode(Mode from, boolean overTls, Mode to, boolean stands) {
    Admission one = admitted(from, overTls, false);
    assertThat(one.stands(open(to), Optional.of(greeter), now)).isEqualTo(stands);
    assertThat(one.stands(open(from), Optional.of(greeter), now))
        .as("what has ended does not come back")
        .isEqualTo(stands);
  }

  @Test
  void withoutRulesRequestsAreAnsweredAndConnectionsEnd() {
    assertThat(admitted(Mode.STRICT, true, false).stands(Optional.empty(), Optional.empty(), now))
        .isTrue();
    assertThat(admitted(Mode.STRICT, true, true).stands(Optional.empty(), Optional.empty(), now))
        .isFalse();
  }

  @Test
  void aPolicyThatDeniesEndsConnectionsOfWhichTheRequestsAreNotKnown() {
    Optional<InboundRules> denied =
        Optional.of(
            new InboundRules(
                Mode.STRICT,
                TestRules.engine(
                    TestRules.rules(
                        io.librarymesh.config.RbacRules.Action.DENY,
                        RbacCondition.ALWAYS,
                        TestRules.peer("web")))));
    Optional<MutualTls> tls = Optional.of(greeter);
    assertThat(admitted(Mode.STRICT, true, true).stands(denied, tls, now)).isFalse();
    assertThat(admitted(Mode.STRICT, true, false).stands(denied, tls, now))
        .as("there each request is judged")
        .isTrue();
  }

  @Test
  void aConnectionEndsWithTheCertificateOfItsCaller() {
    Instant end = chain.get(0).getNotAfter().toInstant();
    Admission one = admitted(Mode.STRICT, true, false);
    assertThat(one.stands(open(Mode.STRICT), Optional.of(greeter), end)).isTrue();
    assertThat(one.stands(open(Mode.STRICT), Optional.of(greeter), end.plusMillis(1))).isFalse();
  }

  @Test
  void aConnectionEndsWhenItsRootIsNoLongerTrusted() {
    Admission one = admitted(Mode.STRICT, true, false);
    MutualTls renewed = tls(root.identity("greeter"));
    MutualTls elsewhere = tls(root.identity("greeter", Duration.ofHours(1), new TestRoot()));
    assertThat(one.stands(open(Mode.STRICT), Optional.of(renewed), now)).isTrue();
    assertThat(one.stands(open(Mode.STRICT), Optional.empty(), now)).isTrue();
    assertThat(one.stands(open(Mode.STRICT), Optional.of(elsewhere), now)).isFalse();
  }
}
