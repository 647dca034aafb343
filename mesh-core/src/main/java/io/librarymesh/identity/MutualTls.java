package io.librarymesh.identity;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.time.InstantSource;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * TLS in which both sides prove a SPIFFE ID. Each is of one identity and one policy: a session that
 * is resumed is not asked for its certificate again, so that sessions must not be shared by peers
 * that are held to different policies, nor outlive a rotation. Immutable; safe in any thread.
 */
public final class MutualTls {
  private final Identity identity;
  private final PeerPolicy peers;
  private final X509TrustManager trustManager;
  private final SSLContext context;

  private MutualTls(
      Identity identity, PeerPolicy peers, InstantSource clock, Optional<Provider> provider) {
    this.identity = identity;
    this.peers = peers;
    this.trustManager = new SvidTrustManager(new SvidVerifier(identity.bundles(), clock), peers);
    this.context = context(identity.svid(), trustManager, provider);
  }

  /** TLS of this identity with peers that the policy accepts. */
  public static MutualTls of(Identity identity, PeerPolicy peers) {
    return of(identity, peers, InstantSource.system());
  }

  /** The same with a clock of one's own, by which certificates expire. */
  public static MutualTls of(Identity identity, PeerPolicy peers, InstantSource clock) {
    return new MutualTls(identity, peers, clock, Optional.empty());
  }

  /** The same by another implementation of TLS than the first of the JVM. */
  public static MutualTls of(
      Identity identity, PeerPolicy peers, InstantSource clock, Provider provider) {
    return new MutualTls(identity, peers, clock, Optional.of(provider));
  }

  private static SSLContext context(
      X509Svid svid, X509TrustManager trustManager, Optional<Provider> provider) {
    try {
      SSLContext context =
          provider.isPresent()
              ? SSLContext.getInstance("TLS", provider.get())
              : SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {new SvidKeyManager(svid)}, new TrustManager[] {trustManager}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("TLS is part of every Java platform", e);
    }
  }

  /** The side that is this workload. */
  public Identity identity() {
    return identity;
  }

  /** Whom the other side may be. */
  public PeerPolicy peers() {
    return peers;
  }

  /** For clients that want it beside the {@link #context}. */
  public X509TrustManager trustManager() {
    return trustManager;
  }

  /**
   * Makes sockets and engines of either side. A server asks its clients for a certificate only with
   * {@code setNeedClientAuth}.
   */
  public SSLContext context() {
    return context;
  }
}
