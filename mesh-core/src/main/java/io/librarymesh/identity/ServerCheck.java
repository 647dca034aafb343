package io.librarymesh.identity;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.function.Predicate;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whom a client believes to be the server it meant. Safe in any thread. */
public interface ServerCheck {
  /**
   * Checks what a handshake presents.
   *
   * @param chain the leaf first
   * @param authType as JSSE tells it
   * @throws CertificateException if this is not the server; the message is fit for logs
   */
  void verify(X509Certificate[] chain, String authType) throws CertificateException;

  /**
   * Checks again who it is, for a session that was resumed and showed no chain.
   *
   * @throws CertificateException if this is not the server; the message is fit for logs
   */
  void verifyAgain(X509Certificate leaf) throws CertificateException;

  /** A workload of the mesh, by its SPIFFE ID. */
  static ServerCheck workload(TrustBundles bundles, PeerPolicy peers, InstantSource clock) {
    return new Workload(new SvidVerifier(bundles, clock), peers, clock);
  }

  /**
   * A server whose certificate an authority has signed, with these names.
   *
   * @param roots none for those that the JDK trusts
   * @param names which names are those of the server
   * @param expected what they are, for messages
   */
  static ServerCheck named(
      List<X509Certificate> roots, Predicate<CertificateNames> names, String expected) {
    return new Named(pkix(roots), names, expected);
  }

  /** Anybody; whoever can take the place of the server is believed to be it. */
  static ServerCheck insecureAnybody() {
    return new Anybody();
  }

  private static X509TrustManager pkix(List<X509Certificate> roots) {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(roots.isEmpty() ? null : store(roots));
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager found) {
          return found;
        }
      }
      throw new IllegalStateException("PKIX is part of every Java platform");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("PKIX is part of every Java platform", e);
    }
  }

  private static @Nullable KeyStore store(List<X509Certificate> roots)
      throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    try {
      store.load(null, null);
    } catch (IOException e) {
      throw new KeyStoreException(e);
    }
    for (int i = 0; i < roots.size(); i++) {
      store.setCertificateEntry("root-" + i, roots.get(i));
    }
    return store;
  }

  /** By SPIFFE ID. */
  record Workload(SvidVerifier verifier, PeerPolicy peers, InstantSource clock)
      implements ServerCheck {
    @Override
    public void verify(X509Certificate[] chain, String authType) throws CertificateException {
      verifier.verify(peers, chain);
    }

    @Override
    public void verifyAgain(X509Certificate leaf) throws CertificateException {
      SpiffeId id = SvidVerifier.named(leaf);
      if (!peers.accepts(id)) {
        throw new SvidRefusedException(
            SvidRefusal.UNEXPECTED_ID,
            "the peer is " + id + " (expected: " + peers.expected() + ")");
      }
      leaf.checkValidity(Date.from(clock.instant()));
    }
  }

  /** By names, below roots. */
  record Named(X509TrustManager roots, Predicate<CertificateNames> names, String expected)
      implements ServerCheck {
    @Override
    public void verify(X509Certificate[] chain, String authType) throws CertificateException {
      roots.checkServerTrusted(chain, authType);
      checkNames(chain[0]);
    }

    @Override
    public void verifyAgain(X509Certificate leaf) throws CertificateException {
      checkNames(leaf);
      leaf.checkValidity();
    }

    private void checkNames(X509Certificate leaf) throws CertificateException {
      CertificateNames found = CertificateNames.of(leaf);
      if (!names.test(found)) {
        throw new CertificateException("the peer is " + found + " (expected: " + expected + ")");
      }
    }
  }

  /** By nothing. */
  record Anybody() implements ServerCheck {
    @Override
    public void verify(X509Certificate[] chain, String authType) {}

    @Override
    public void verifyAgain(X509Certificate leaf) {}
  }
}
