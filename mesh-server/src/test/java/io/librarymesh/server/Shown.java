package io.librarymesh.server;

import io.librarymesh.identity.Identity;
import io.librarymesh.identity.MutualTls;
import io.librarymesh.identity.PeerPolicy;
import io.librarymesh.identity.TrustDomain;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Shows a certificate whatever it says, and to whoever asks for one. */
final class Shown extends X509ExtendedKeyManager {
  private static final String ALIAS = "shown";

  private final KeyPair keys;
  private final X509Certificate[] chain;

  private Shown(KeyPair keys, X509Certificate... chain) {
    this.keys = keys;
    this.chain = chain;
  }

  /** TLS of a caller that trusts whom somebody trusts. */
  static SSLContext context(Identity trusting, KeyPair keys, X509Certificate... chain) {
    PeerPolicy mesh = PeerPolicy.ofTrustDomains(Set.of(new TrustDomain("cluster.local")));
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {new Shown(keys, chain)},
          new TrustManager[] {MutualTls.of(trusting, mesh).trustManager()},
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String[] getClientAliases(String keyType, Principal[] issuers) {
    return new String[] {ALIAS};
  }

  @Override
  public @Nullable String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
    return Arrays.asList(keyTypes).contains("EC") ? ALIAS : null;
  }

  @Override
  public String[] getServerAliases(String keyType, Principal[] issuers) {
    return new String[0];
  }

  @Override
  public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    return null;
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return chain.clone();
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return keys.getPrivate();
  }
}
