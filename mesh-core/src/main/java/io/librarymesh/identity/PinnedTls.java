package io.librarymesh.identity;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * How a client speaks to a control plane over TLS: by roots that it was given before, never by
 * those of the machine; to a server whose certificate names the host that was called, which
 * certificates of workloads do not; and, where it has an identity, as who it is. There is no way to
 * leave out one of these. Immutable; any thread.
 */
public final class PinnedTls {
  private final List<X509Certificate> roots;
  private final Optional<IdentitySource> identity;
  private final Optional<String> serverName;
  private final InstantSource clock;

  private PinnedTls(
      List<X509Certificate> roots,
      Optional<IdentitySource> identity,
      Optional<String> serverName,
      InstantSource clock) {
    if (roots.isEmpty()) {
      throw new IllegalArgumentException("roots: none (expected: at least one)");
    }
    this.roots = List.copyOf(roots);
    this.identity = identity;
    this.serverName = serverName;
    this.clock = clock;
  }

  /** Trusts servers by these roots, and presents nothing. */
  public static PinnedTls of(List<X509Certificate> roots) {
    return new PinnedTls(roots, Optional.empty(), Optional.empty(), InstantSource.system());
  }

  /**
   * Presents what the source has when a connection is made, and trusts the roots that came with it,
   * too: so that a control plane can replace its root.
   */
  public PinnedTls presenting(IdentitySource source) {
    return new PinnedTls(roots, Optional.of(source), serverName, clock);
  }

  /** Expects the server's certificate to name this host, whatever name it is called by. */
  public PinnedTls serverName(String name) {
    return new PinnedTls(roots, identity, Optional.of(name), clock);
  }

  /** Certificates expire by this clock. */
  public PinnedTls clock(InstantSource source) {
    return new PinnedTls(roots, identity, serverName, source);
  }

  /** The name that the server's certificate must have; absent for that of the address. */
  public Optional<String> serverName() {
    return serverName;
  }

  /** Whether there is a certificate to present that counts now. */
  public boolean hasIdentity() {
    return svid().isPresent();
  }

  private Optional<X509Svid> svid() {
    return identity
        .flatMap(IdentitySource::current)
        .map(Identity::svid)
        .filter(svid -> clock.instant().isBefore(svid.notAfter()));
  }

  /** Present the certificate in force now; none where there is none. */
  public KeyManager[] keyManagers() {
    return svid()
        .map(svid -> new KeyManager[] {new SvidKeyManager(svid)})
        .orElse(new KeyManager[0]);
  }

  /**
   * Hold the server to the roots and to its name.
   *
   * @param host that is called: a DNS name, or an IP address, which may be in brackets
   */
  public TrustManager[] trustManagers(String host) {
    Set<X509Certificate> trusted = new LinkedHashSet<>(roots);
    identity
        .flatMap(IdentitySource::current)
        .flatMap(known -> known.bundles().of(known.svid().id().trustDomain()))
        .ifPresent(bundle -> trusted.addAll(bundle.authorities()));
    return new TrustManager[] {new Server(trusted, serverName.orElse(host), clock)};
  }

  /** What it trusts is no secret, but long. */
  @Override
  public String toString() {
    return "PinnedTls["
        + roots.size()
        + " roots"
        + serverName.map(name -> ", server " + name).orElse("")
        + (identity.isPresent() ? ", with an identity" : "")
        + "]";
  }

  private static final class Server extends X509ExtendedTrustManager {
    private static final int MAX_CHAIN = 10;
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private static final X509Certificate[] NONE = {};

    private final Set<X509Certificate> roots;
    private final HostName host;
    private final InstantSource clock;

    Server(Set<X509Certificate> roots, String host, InstantSource clock) {
      this.roots = roots;
      this.host = HostName.of(host);
      this.clock = clock;
    }

    private void verify(X509Certificate[] chain) throws CertificateException {
      if (chain.length == 0 || chain.length > MAX_CHAIN) {
        throw new CertificateException(
            "the control plane sent " + chain.length + " certificates (expected: 1 to 10)");
      }
      validate(chain);
      List<String> usages = chain[0].getExtendedKeyUsage();
      if (usages != null && !usages.contains(SERVER_AUTH)) {
        throw new CertificateException("the control plane's certificate is none of a server");
      }
      if (!namesHost(chain[0])) {
        throw new CertificateException(
            "the control plane's certificate does not name " + host + " (expected: that it does)");
      }
    }

    private void validate(X509Certificate... chain) throws CertificateException {
      // The roots that count are ours; the leaf stays whatever it is.
      List<X509Certificate> path = new ArrayList<>(List.of(chain[0]));
      Arrays.stream(chain).skip(1).filter(above -> !roots.contains(above)).forEach(path::add);
      try {
        PKIXParameters parameters =
            new PKIXParameters(
                roots.stream()
                    .map(root -> new TrustAnchor(root, null))
                    .collect(Collectors.toSet()));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(clock.instant()));
        CertPathValidator.getInstance("PKIX")
            .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
      } catch (GeneralSecurityException e) {
        throw new CertificateException(
            "the control plane's certificate does not lead to a root that was given: "
                + Printable.of(String.valueOf(e.getMessage())),
            e);
      }
    }

    private boolean namesHost(X509Certificate leaf) throws CertificateException {
      Collection<List<?>> names = leaf.getSubjectAlternativeNames();
      if (names == null) {
        return false;
      }
      for (List<?> name : names) {
        if (name.get(0) instanceof Integer type
            && name.get(1) instanceof String text
            && (type == DNS_NAME
                ? host.isName(text)
                : type == IP_ADDRESS && host.isAddress(text))) {
          return true;
        }
      }
      return false;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      verify(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      verify(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      verify(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      throw new CertificateException("this side is the client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      throw new CertificateException("this side is the client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      throw new CertificateException("this side is the client");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return NONE;
    }
  }
}
