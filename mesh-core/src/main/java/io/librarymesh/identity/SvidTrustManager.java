package io.librarymesh.identity;

import java.net.Socket;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts peers by their SPIFFE ID. Extended, because JSSE would add checks of its own around a
 * plain one, of host names among them.
 */
final class SvidTrustManager extends X509ExtendedTrustManager {
  private static final X509Certificate[] NONE = {};

  private final SvidVerifier verifier;
  private final PeerPolicy peers;

  SvidTrustManager(SvidVerifier verifier, PeerPolicy peers) {
    this.verifier = verifier;
    this.peers = peers;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws SvidRefusedException {
    verifier.verify(peers, chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws SvidRefusedException {
    verifier.verify(peers, chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws SvidRefusedException {
    verifier.verify(peers, chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws SvidRefusedException {
    verifier.verify(peers, chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws SvidRefusedException {
    verifier.verify(peers, chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws SvidRefusedException {
    verifier.verify(peers, chain);
  }

  /** Peers have one certificate to choose from; the names of roots would tell them nothing. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return NONE;
  }
}
