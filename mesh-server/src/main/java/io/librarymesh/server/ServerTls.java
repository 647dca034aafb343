package io.librarymesh.server;

import io.librarymesh.identity.Identity;
import io.librarymesh.identity.IdentitySource;
import io.librarymesh.identity.MutualTls;
import io.librarymesh.identity.PeerPolicy;
import io.librarymesh.identity.SpiffeId;
import io.librarymesh.identity.SvidRefusedException;
import io.librarymesh.identity.SvidVerifier;
import java.io.IOException;
import java.net.Socket;
import java.security.Provider;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Mutual TLS of a server with the identity of now: each new connection uses the newest one, those
 * that are open stay as they are. Callers of every trust domain whose roots are known may come; who
 * of them may do what is said by policies. TLS 1.2 and 1.3 (Istio's ciphers). Any thread.
 */
public final class ServerTls {
  private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};
  private static final Set<String> CIPHERS =
      Set.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_RSA_WITH_AES_128_GCM_SHA256");

  private final IdentitySource identities;
  private final List<String> protocols;
  private final Optional<Provider> provider;
  private final SSLContext context = RotatingContext.of(this);
  private volatile @Nullable MutualTls latest;

  private ServerTls(
      IdentitySource identities, List<String> protocols, Optional<Provider> provider) {
    this.identities = identities;
    this.protocols = List.copyOf(protocols);
    this.provider = provider;
  }

  /**
   * TLS with Conscrypt where it is there, with the JDK's otherwise.
   *
   * @param protocols what the server speaks, the most welcome first, such as {@code h2} and {@code
   *     http/1.1}; a caller that offers none of them gets in without one
   */
  public static ServerTls of(IdentitySource identities, String... protocols) {
    return new ServerTls(identities, List.of(protocols), TlsProvider.best());
  }

  /** TLS by this implementation. */
  public static ServerTls of(IdentitySource identities, Provider provider, String... protocols) {
    return new ServerTls(identities, List.of(protocols), Optional.of(provider));
  }

  /**
   * Makes engines and sockets of servers that ask for certificates, each with the identity of then;
   * for servers that end TLS themselves.
   */
  public SSLContext context() {
    return context;
  }

  /** Empty before there is an identity. */
  Optional<MutualTls> current() {
    return identities.current().map(this::of);
  }

  MutualTls required() throws SSLException {
    return current()
        .orElseThrow(
            () ->
                new SSLException(
                    "no identity yet" + identities.problem().map(why -> ": " + why).orElse("")));
  }

  private MutualTls of(Identity identity) {
    MutualTls known = latest;
    return known != null && isOf(known, identity) ? known : renewed(identity);
  }

  /** Each rotation makes a new one; comparing what is in them would cost every connection. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean isOf(MutualTls tls, Identity identity) {
    return tls.identity() == identity;
  }

  private synchronized MutualTls renewed(Identity identity) {
    MutualTls known = latest;
    if (known != null && isOf(known, identity)) {
      return known;
    }
    PeerPolicy peers = PeerPolicy.ofTrustDomains(identity.bundles().byDomain().keySet());
    InstantSource clock = InstantSource.system();
    MutualTls made =
        provider.isPresent()
            ? MutualTls.of(identity, peers, clock, provider.get())
            : MutualTls.of(identity, peers, clock);
    latest = made;
    return made;
  }

  /**
   * Speaks TLS over a connection of which nothing is read yet; the handshake is still to be made.
   */
  SSLSocket over(Socket accepted, MutualTls tls) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            tls.context()
                .getSocketFactory()
                .createSocket(
                    accepted,
                    accepted.getInetAddress().getHostAddress(),
                    accepted.getPort(),
                    provider.isEmpty() || isJdk(provider.get()));
    socket.setUseClientMode(false);
    SSLParameters parameters = socket.getSSLParameters();
    harden(parameters);
    socket.setSSLParameters(parameters);
    socket.setHandshakeApplicationProtocolSelector((ignored, offered) -> select(offered));
    return socket;
  }

  private static boolean isJdk(Provider given) {
    return given.getName().equals("SunJSSE");
  }

  /** Whether a socket can say that it ends and still listen: those of the JDK can. */
  static boolean endsByHalves(Socket tls) {
    return tls.getClass().getName().startsWith("sun.");
  }

  SSLEngine configure(SSLEngine engine) {
    engine.setUseClientMode(false);
    SSLParameters parameters = engine.getSSLParameters();
    harden(parameters);
    engine.setSSLParameters(parameters);
    engine.setHandshakeApplicationProtocolSelector((ignored, offered) -> select(offered));
    return engine;
  }

  void harden(SSLParameters parameters) {
    parameters.setNeedClientAuth(true);
    parameters.setProtocols(VERSIONS);
    parameters.setCipherSuites(
        Arrays.stream(parameters.getCipherSuites())
            .filter(CIPHERS::contains)
            .toArray(String[]::new));
  }

  /** A fixed list would end the handshake when a caller offers Istio's protocols alone. */
  private String select(List<String> offered) {
    for (String protocol : protocols) {
      if (offered.contains(protocol)) {
        return protocol;
      }
    }
    return "";
  }

  /**
   * Who has shown these certificates. Looked at again after a handshake, because a session that is
   * resumed has not been shown one, which may have expired since.
   *
   * @throws SvidRefusedException if they prove nobody
   */
  static SpiffeId verified(MutualTls tls, List<X509Certificate> chain) throws SvidRefusedException {
    return new SvidVerifier(tls.identity().bundles(), InstantSource.system())
        .verify(tls.peers(), chain.toArray(X509Certificate[]::new));
  }

  /** The certificates of the other side; empty when it showed none. */
  static List<X509Certificate> presented(SSLSession session) {
    try {
      Certificate[] chain = session.getPeerCertificates();
      return Arrays.stream(chain).map(X509Certificate.class::cast).toList();
    } catch (SSLPeerUnverifiedException e) {
      return List.of();
    }
  }
}
