package io.librarymesh.identity;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over loopback sockets, both sides with the JDK's own TLS. */
class MutualTlsTest {
  private static final String WEB = "spiffe://cluster.local/ns/default/sa/web";
  private static final String API = "spiffe://cluster.local/ns/default/sa/api";
  private static final PeerPolicy EVERYBODY =
      PeerPolicy.ofTrustDomains(Set.of(new TrustDomain("cluster.local")));

  private final TestAuthority root = TestAuthority.root("root");

  /** What each side learned of the other. */
  private record Met(SpiffeId server, SpiffeId client) {}

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void bothSidesLearnWhoTheOtherIs(String protocol) throws Exception {
    Met met = meet(tls(API, EVERYBODY), tls(WEB, only(API)), protocol);
    assertThat(met).isEqualTo(new Met(SpiffeId.parse(API), SpiffeId.parse(WEB)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void keysOfEveryKindServe(String protocol) throws Exception {
    MutualTls server = tls(root.leaf(API).keys(TestAuthority.keys("RSA", 2048)), EVERYBODY);
    MutualTls client = tls(root.leaf(WEB).keys(TestAuthority.keys("EC", 384)), only(API));
    assertThat(meet(server, client, protocol).client()).hasToString(WEB);
  }

  @Test
  void intermediatesAreSent() throws Exception {
    TestAuthority below = root.intermediate("below");
    Identity identity =
        new Identity(
            below.leaf(API).svid(below.certificate()),
            TrustBundles.of(root.bundle("cluster.local")));
    MutualTls server = MutualTls.of(identity, EVERYBODY, InstantSource.fixed(TestAuthority.NOW));
    assertThat(meet(server, tls(WEB, only(API)), "TLSv1.3").server()).hasToString(API);
  }

  @Test
  void aClientDoesNotTalkToAnotherService() {
    assertThatThrownBy(() -> meet(tls(API, EVERYBODY), tls(WEB, only(WEB)), "TLSv1.3"))
        .isInstanceOf(SSLHandshakeException.class)
        .hasRootCauseInstanceOf(SvidRefusedException.class)
        .rootCause()
        .hasMessageContaining("the peer is " + API);
  }

  @Test
  void aServerDoesNotTalkToAForeignRoot() throws Exception {
    TestAuthority foreign = TestAuthority.root("root");
    Identity identity =
        new Identity(foreign.leaf(WEB).svid(), TrustBundles.of(root.bundle("cluster.local")));
    MutualTls client = MutualTls.of(identity, only(API), InstantSource.fixed(TestAuthority.NOW));
    assertThatThrownBy(() -> meet(tls(API, EVERYBODY), client, "TLSv1.2"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void anExpiredClientIsRefused() throws Exception {
    MutualTls client = tls(root.leaf(WEB).until(TestAuthority.NOW.minusSeconds(1)), only(API));
    assertThatThrownBy(() -> meet(tls(API, EVERYBODY), client, "TLSv1.2"))
        .isInstanceOf(IOException.class);
  }

  private static PeerPolicy only(String id) {
    return PeerPolicy.oneOf(Set.of(SpiffeId.parse(id)));
  }

  private MutualTls tls(String id, PeerPolicy peers) throws SvidRefusedException {
    return tls(root.leaf(id), peers);
  }

  private MutualTls tls(TestAuthority.Leaf leaf, PeerPolicy peers) throws SvidRefusedException {
    Identity identity = new Identity(leaf.svid(), TrustBundles.of(root.bundle("cluster.local")));
    return MutualTls.of(identity, peers, InstantSource.fixed(TestAuthority.NOW));
  }

  /** One byte each way, so that TLS 1.3 has told the client whether it was accepted. */
  private static Met meet(MutualTls server, MutualTls client, String protocol) throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (SSLServerSocket listening =
        (SSLServerSocket)
            server.context().getServerSocketFactory().createServerSocket(0, 1, loopback)) {
      listening.setNeedClientAuth(true);
      listening.setSoTimeout(10_000);
      CompletableFuture<SpiffeId> seen = CompletableFuture.supplyAsync(() -> serve(listening));
      SpiffeId met;
      try (SSLSocket socket =
          (SSLSocket)
              client
                  .context()
                  .getSocketFactory()
                  .createSocket(loopback, listening.getLocalPort())) {
        socket.setSoTimeout(10_000);
        socket.setEnabledProtocols(new String[] {protocol});
        socket.startHandshake();
        socket.getOutputStream().write(1);
        if (socket.getInputStream().read() != 2) {
          throw new IOException("the server closed the connection");
        }
        met = peer(socket);
      }
      try {
        return new Met(met, seen.get(10, TimeUnit.SECONDS));
      } catch (ExecutionException e) {
        throw new IOException(e.getCause());
      }
    }
  }

  private static SpiffeId serve(SSLServerSocket listening) {
    try (SSLSocket socket = (SSLSocket) listening.accept()) {
      socket.setSoTimeout(10_000);
      @Nullable SpiffeId peer = null;
      if (socket.getInputStream().read() == 1) {
        peer = peer(socket);
        socket.getOutputStream().write(2);
      }
      return requireNonNull(peer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SpiffeId peer(SSLSocket socket) throws SSLPeerUnverifiedException {
    try {
      return SvidProfile.check((X509Certificate) socket.getSession().getPeerCertificates()[0]);
    } catch (SvidRefusedException e) {
      throw new IllegalStateException(e);
    }
  }
}
