package io.librarymesh.controlplane.ca;

import io.librarymesh.identity.SpiffeId;
import io.librarymesh.identity.X509Svid;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The control plane's own certificate, which its authority signs. Replaced when a handshake finds
 * that half of its life is over; until then, and when that fails, the one there is.
 */
final class OwnCertificate extends X509ExtendedKeyManager {
  private static final Logger LOG = System.getLogger(OwnCertificate.class.getName());
  private static final String KIND = "EC";

  private final CertificateAuthority authority;
  private final SpiffeId identity;
  private final List<String> hosts;
  private X509Svid current;
  private X509Svid previous;
  private Instant renewal;

  OwnCertificate(CertificateAuthority authority, SpiffeId identity, List<String> hosts)
      throws CaRefusedException {
    this.authority = authority;
    this.identity = identity;
    this.hosts = List.copyOf(hosts);
    this.current = authority.ownIdentity(identity, this.hosts);
    this.previous = current;
    this.renewal = renewal(current);
  }

  private Instant renewal(X509Svid svid) {
    Instant now = authority.clock().instant();
    return now.plus(Duration.between(now, svid.notAfter()).dividedBy(2));
  }

  private synchronized X509Svid latest() {
    if (!authority.clock().instant().isBefore(renewal)) {
      try {
        X509Svid next = authority.ownIdentity(identity, hosts);
        previous = current;
        current = next;
        renewal = renewal(next);
      } catch (CaRefusedException e) {
        LOG.log(
            Level.ERROR,
            "library-mesh: the control plane''s own certificate cannot be renewed: {0}",
            e.getMessage());
      }
    }
    return current;
  }

  /** A handshake names first what it takes then; a renewal between the two must not mix them. */
  private synchronized @Nullable X509Svid named(String alias) {
    if (alias.equals(alias(current))) {
      return current;
    }
    return alias.equals(alias(previous)) ? previous : null;
  }

  private static String alias(X509Svid svid) {
    return svid.leaf().getSerialNumber().toString(16);
  }

  private @Nullable String choose(String keyType) {
    return keyType.equals(KIND) || keyType.startsWith(KIND + "_") ? alias(latest()) : null;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal[] issuers, SSLEngine engine) {
    return choose(keyType);
  }

  @Override
  public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    return choose(keyType);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal[] issuers) {
    String alias = choose(keyType);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public @Nullable String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
    return null;
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal[] issuers) {
    return null;
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    X509Svid svid = named(alias);
    return svid == null ? null : svid.chain().toArray(X509Certificate[]::new);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    X509Svid svid = named(alias);
    return svid == null ? null : svid.privateKey();
  }
}
