package io.librarymesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.InboundListener.Mode;
import io.librarymesh.identity.Identity;
import io.librarymesh.identity.SvidRefusal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.conscrypt.Conscrypt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who does not get in at a STRICT port, why, and that the application hears nothing of it. */
final class RefusedCallersTest {
  private static final X500Name WORKLOAD = new X500Name("CN=workload");
  private static final X500Name ROOT = new X500Name("CN=root");

  private final TestRoot root = new TestRoot();
  private final Identity web = root.identity("web");

  /** What a caller shows. */
  enum Caller {
    WITHOUT_CERTIFICATE,
    OF_A_FOREIGN_ROOT(SvidRefusal.UNTRUSTED),
    OF_A_FOREIGN_ROOT_THAT_IT_SHOWS(SvidRefusal.UNTRUSTED),
    SELF_SIGNED(SvidRefusal.UNTRUSTED),
    EXPIRED(SvidRefusal.EXPIRED),
    NOT_YET_VALID(SvidRefusal.NOT_YET_VALID),
    OF_TWO_IDENTITIES(SvidRefusal.SEVERAL_URIS),
    OF_A_HOST(SvidRefusal.NO_URI),
    OF_NOTHING(SvidRefusal.NO_URI),
    OF_NO_SPIFFE_ID(SvidRefusal.NO_SPIFFE_ID),
    OF_A_WHOLE_TRUST_DOMAIN(SvidRefusal.NO_WORKLOAD),
    OF_ANOTHER_TRUST_DOMAIN(SvidRefusal.UNKNOWN_TRUST_DOMAIN),
    AN_AUTHORITY_OF_THE_MESH(SvidRefusal.SIGNING_CERTIFICATE);

    private final Optional<SvidRefusal> refusal;

    Caller(SvidRefusal refusal) {
      this.refusal = Optional.of(refusal);
    }

    Caller() {
      this.refusal = Optional.empty();
    }
  }

  record Attempt(Caller caller, String version, Provider provider) {
    @Override
    public String toString() {
      return caller + " in " + version + " to " + provider.getName();
    }
  }

  static Stream<Attempt> attempts() throws Exception {
    List<Provider> providers =
        List.of(Conscrypt.newProvider(), SSLContext.getDefault().getProvider());
    return Arrays.stream(Caller.values())
        .flatMap(
            caller ->
                Stream.of("TLSv1.2", "TLSv1.3")
                    .flatMap(
                        version ->
                            providers.stream()
                                .map(provider -> new Attempt(caller, version, provider))));
  }

  private SSLContext context(Caller caller) throws Exception {
    KeyPair keys = TestRoot.newKeys();
    String id = TestRoot.id("web");
    return switch (caller) {
      case WITHOUT_CERTIFICATE -> TestClient.withoutCertificate(web);
      case OF_A_FOREIGN_ROOT -> shown(keys, signed(new TestRoot(), keys, uri(id)));
      case OF_A_FOREIGN_ROOT_THAT_IT_SHOWS -> {
        TestRoot foreign = new TestRoot();
        yield shown(keys, signed(foreign, keys, uri(id)), foreign.certificate());
      }
      case SELF_SIGNED ->
          shown(keys, new TestRoot(keys).sign(keys, hours(-1), hours(1), ROOT, false, uri(id)));
      case EXPIRED -> shown(keys, root.sign(keys, hours(-2), hours(-1), WORKLOAD, false, uri(id)));
      case NOT_YET_VALID ->
          shown(keys, root.sign(keys, hours(1), hours(2), WORKLOAD, false, uri(id)));
      case OF_TWO_IDENTITIES -> shown(keys, signed(root, keys, uri(id), uri(TestRoot.id("other"))));
      case OF_A_HOST ->
          shown(keys, signed(root, keys, new GeneralName(GeneralName.dNSName, "web.default.svc")));
      case OF_NOTHING -> shown(keys, signed(root, keys));
      case OF_NO_SPIFFE_ID -> shown(keys, signed(root, keys, uri("https://cluster.local/web")));
      case OF_A_WHOLE_TRUST_DOMAIN ->
          shown(keys, signed(root, keys, uri("spiffe://cluster.local")));
      case OF_ANOTHER_TRUST_DOMAIN ->
          shown(keys, signed(root, keys, uri("spiffe://other.org/ns/default/sa/web")));
      case AN_AUTHORITY_OF_THE_MESH ->
          shown(keys, root.sign(keys, hours(-1), hours(1), WORKLOAD, true, uri(id)));
    };
  }

  private static X509Certificate signed(TestRoot by, KeyPair keys, GeneralName... names) {
    return by.sign(keys, hours(-1), hours(1), WORKLOAD, false, names);
  }

  private static Instant hours(int fromNow) {
    return Instant.now().plus(Duration.ofHours(fromNow));
  }

  private static GeneralName uri(String text) {
    return new GeneralName(GeneralName.uniformResourceIdentifier, text);
  }

  private SSLContext shown(KeyPair keys, X509Certificate... chain) {
    return Shown.context(web, keys, chain);
  }

  /** Whether anybody answers a request, or the handshake itself. */
  private static boolean isAnswered(InboundListener listener, SSLContext context, String version)
      throws IOException {
    SSLSocket socket = TestClient.tls(listener.port(), context, "");
    socket.setEnabledProtocols(new String[] {version});
    try (TestClient client = new TestClient(socket)) {
      return !client.get("/a").isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  @ParameterizedTest
  @MethodSource("attempts")
  void areCountedByWhyAndTheApplicationHearsNothing(Attempt attempt) throws Exception {
    ServerTls tls =
        ServerTls.of(new TestRoot.Source(root.identity("greeter")), attempt.provider(), "http/1.1");
    try (ServerSocket application = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        InboundListener listener =
            InboundListener.builder(
                    InboundPolicyView.of(TestRules.open(Mode.STRICT)),
                    (InetSocketAddress) application.getLocalSocketAddress())
                .tls(tls)
                .start(Greeter.loopback())) {
      InboundCounts counts = listener.counts();

      assertThat(isAnswered(listener, context(attempt.caller()), attempt.version())).isFalse();

      Greeter.await("a count", () -> counts.refused(InboundRefusal.TLS) == 1);
      for (SvidRefusal why : SvidRefusal.values()) {
        boolean expected = attempt.caller().refusal.equals(Optional.of(why));
        assertThat(counts.refused(why)).as(why.name()).isEqualTo(expected ? 1 : 0);
      }
      assertThat(counts.mutualTlsConnections()).isZero();
      assertThat(counts.plaintextConnections()).isZero();
      assertThat(connected(application, listener)).containsExactly("good");
    }
  }

  /** Who has reached the application, after one more caller who may; in order. */
  private List<String> connected(ServerSocket application, InboundListener listener)
      throws Exception {
    List<String> said = new ArrayList<>();
    try (TestClient good = TestClient.mutual(listener.port(), web)) {
      good.send("good");
      while (!said.contains("good")) {
        try (Socket accepted = application.accept()) {
          said.add(new String(accepted.getInputStream().readNBytes(4), StandardCharsets.US_ASCII));
        }
      }
    }
    return said;
  }
}
