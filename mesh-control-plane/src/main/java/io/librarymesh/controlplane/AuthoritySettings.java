package io.librarymesh.controlplane;

import io.librarymesh.controlplane.ca.Authenticator;
import io.librarymesh.controlplane.ca.AuthorityDirectory;
import io.librarymesh.controlplane.ca.AuthorityEndpoint;
import io.librarymesh.controlplane.ca.CertificateAuthority;
import io.librarymesh.controlplane.ca.CertificateAuthority.Lifetimes;
import io.librarymesh.controlplane.ca.JoinTokens;
import io.librarymesh.controlplane.metrics.Metrics;
import io.librarymesh.identity.SpiffeId;
import io.librarymesh.identity.TrustDomain;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The certificate authority of a control plane. Immutable.
 *
 * @param folder the authority's files; an own root is made when there are none
 * @param address where it is asked, and where xDS is served over mutual TLS; port 0 takes any free
 *     port
 * @param trustDomain whose identities it signs
 * @param hosts DNS names and IP addresses that clients reach it by, besides those of this machine
 *     and of istiod
 * @param lifetimes of certificates
 * @param authenticators that say who sent a token, besides that of join tokens
 * @param clock by which certificates expire
 */
public record AuthoritySettings(
    Path folder,
    InetSocketAddress address,
    TrustDomain trustDomain,
    List<String> hosts,
    Lifetimes lifetimes,
    List<Authenticator> authenticators,
    InstantSource clock) {

  private static final String NAMESPACE = "istio-system";
  private static final String ACCOUNT = "istiod";
  private static final List<String> USUAL_HOSTS =
      List.of(
          "localhost",
          "127.0.0.1",
          "::1",
          "istiod." + NAMESPACE + ".svc",
          "istiod." + NAMESPACE + ".svc.cluster.local",
          "istiod." + NAMESPACE);

  /** Copies the lists; refuses an address that is not known. */
  public AuthoritySettings {
    hosts = List.copyOf(hosts);
    authenticators = List.copyOf(authenticators);
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("authority: " + address + " (expected: a known host)");
    }
  }

  /**
   * An authority for {@code cluster.local} on a local port, which join tokens bring workloads to.
   */
  public static AuthoritySettings of(Path folder) {
    return new AuthoritySettings(
        folder,
        ControlPlane.DEFAULT_SECURE_XDS,
        new TrustDomain("cluster.local"),
        List.of(),
        Lifetimes.DEFAULT,
        List.of(),
        InstantSource.system());
  }

  /** The same on another address. */
  public AuthoritySettings withAddress(InetSocketAddress value) {
    return new AuthoritySettings(
        folder, value, trustDomain, hosts, lifetimes, authenticators, clock);
  }

  /** The same for another trust domain. */
  public AuthoritySettings withTrustDomain(TrustDomain value) {
    return new AuthoritySettings(folder, address, value, hosts, lifetimes, authenticators, clock);
  }

  /** The same by other names. */
  public AuthoritySettings withHosts(List<String> values) {
    return new AuthoritySettings(
        folder, address, trustDomain, values, lifetimes, authenticators, clock);
  }

  /** The same with other lifetimes. */
  public AuthoritySettings withLifetimes(Lifetimes value) {
    return new AuthoritySettings(folder, address, trustDomain, hosts, value, authenticators, clock);
  }

  /** The same with one more. */
  public AuthoritySettings withAuthenticator(Authenticator one) {
    List<Authenticator> all = new ArrayList<>(authenticators);
    all.add(one);
    return new AuthoritySettings(folder, address, trustDomain, hosts, lifetimes, all, clock);
  }

  /** The same by another clock. */
  public AuthoritySettings withClock(InstantSource value) {
    return new AuthoritySettings(
        folder, address, trustDomain, hosts, lifetimes, authenticators, value);
  }

  AuthorityEndpoint open(Metrics metrics) throws IOException {
    AuthorityDirectory directory = new AuthorityDirectory(folder, clock);
    directory.create(trustDomain);
    CertificateAuthority authority =
        CertificateAuthority.open(directory, trustDomain, lifetimes, clock);
    List<Authenticator> all = new ArrayList<>();
    all.add(new JoinTokens(directory, clock));
    all.addAll(authenticators);
    Set<String> names = new LinkedHashSet<>(USUAL_HOSTS);
    names.addAll(hosts);
    return AuthorityEndpoint.of(
        authority,
        all,
        SpiffeId.ofServiceAccount(trustDomain, NAMESPACE, ACCOUNT),
        List.copyOf(names),
        metrics);
  }
}
