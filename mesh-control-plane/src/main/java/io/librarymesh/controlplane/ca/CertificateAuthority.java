package io.librarymesh.controlplane.ca;

import io.librarymesh.identity.SpiffeId;
import io.librarymesh.identity.SvidRefusedException;
import io.librarymesh.identity.TrustBundle;
import io.librarymesh.identity.TrustBundles;
import io.librarymesh.identity.TrustDomain;
import io.librarymesh.identity.X509Svid;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.x509.GeneralName;

/**
 * Signs certificates of workloads for one trust domain. Who asks has been authenticated by somebody
 * else; of what he sends only the public key counts. Any thread.
 *
 * <p>Follows its folder: a root that was announced there reaches workloads with their next
 * certificate. A folder that cannot be used leaves in force what was.
 */
public final class CertificateAuthority {
  private static final Logger LOG = System.getLogger(CertificateAuthority.class.getName());

  /** For clocks that are behind. */
  private static final Duration BACKDATE = Duration.ofMinutes(2);

  /** A certificate that ends sooner would be renewed without pause. */
  private static final Duration SHORTEST = Duration.ofMinutes(1);

  private final AuthorityDirectory directory;
  private final TrustDomain trustDomain;
  private final Lifetimes lifetimes;
  private final InstantSource clock;
  private final CertificateWriter writer;
  private SigningKey current;
  private List<Object> stamp;

  /**
   * How long certificates count.
   *
   * @param usual for who does not say
   * @param longest for who asks for more; at least the usual one
   */
  public record Lifetimes(Duration usual, Duration longest) {
    /** A day, and no more. */
    public static final Lifetimes DEFAULT =
        new Lifetimes(Duration.ofHours(24), Duration.ofHours(24));

    /** Refuses what cannot be kept. */
    public Lifetimes {
      if (usual.compareTo(SHORTEST) < 0 || longest.compareTo(usual) < 0) {
        throw new IllegalArgumentException(
            "lifetimes: " + usual + ", " + longest + " (expected: 1 min <= usual <= longest)");
      }
    }
  }

  /**
   * A certificate that was signed.
   *
   * @param chain the workload's own, then its issuers below the root
   * @param roots of the trust domain
   */
  public record Issued(List<X509Certificate> chain, List<X509Certificate> roots) {
    /** Copies the lists. */
    public Issued {
      chain = List.copyOf(chain);
      roots = List.copyOf(roots);
    }

    X509Certificate leaf() {
      return chain.get(0);
    }
  }

  private CertificateAuthority(
      AuthorityDirectory directory,
      TrustDomain trustDomain,
      Lifetimes lifetimes,
      InstantSource clock,
      SecureRandom random)
      throws IOException {
    this.directory = directory;
    this.trustDomain = trustDomain;
    this.lifetimes = lifetimes;
    this.clock = clock;
    this.writer = new CertificateWriter(random);
    this.stamp = directory.stamp();
    this.current = directory.read();
  }

  /**
   * Opens the authority of a folder.
   *
   * @throws IOException if there is none, or it cannot be used
   */
  public static CertificateAuthority open(
      AuthorityDirectory directory, TrustDomain trustDomain, Lifetimes lifetimes)
      throws IOException {
    return open(directory, trustDomain, lifetimes, InstantSource.system());
  }

  /** The same with a clock of one's own. */
  public static CertificateAuthority open(
      AuthorityDirectory directory,
      TrustDomain trustDomain,
      Lifetimes lifetimes,
      InstantSource clock)
      throws IOException {
    return new CertificateAuthority(directory, trustDomain, lifetimes, clock, new SecureRandom());
  }

  /** Whose identities it signs. */
  public TrustDomain trustDomain() {
    return trustDomain;
  }

  /** What workloads trust now. */
  public TrustBundles bundles() {
    return TrustBundles.of(TrustBundle.of(trustDomain, signing().roots()));
  }

  InstantSource clock() {
    return clock;
  }

  private synchronized SigningKey signing() {
    try {
      List<Object> now = directory.stamp();
      if (!now.equals(stamp)) {
        stamp = now;
        current = directory.read();
        LOG.log(Level.INFO, "library-mesh: certificate authority {0}", current);
      }
    } catch (IOException e) {
      LOG.log(
          Level.ERROR,
          "library-mesh: the certificate authority stays as it was: {0}",
          e.getMessage());
    }
    return current;
  }

  /**
   * Signs for a caller who was authenticated.
   *
   * @param csr PKCS#10 in PEM; all of it but the key is ignored
   * @param identity who he is
   * @param wanted how long; zero or less for the usual time, more than the longest gets that
   */
  Issued sign(SubmittedRequest csr, SpiffeId identity, Duration wanted) throws CaRefusedException {
    csr.checkAsksFor(identity);
    return sign(csr.key(), identity, List.of(), wanted);
  }

  private Issued sign(PublicKey key, SpiffeId identity, List<GeneralName> names, Duration wanted)
      throws CaRefusedException {
    if (!identity.trustDomain().equals(trustDomain) || !identity.namesWorkload()) {
      throw new CaRefusedException(
          CaRefusal.FOREIGN_IDENTITY,
          identity + ": not of this authority (expected: a workload of " + trustDomain + ")");
    }
    SigningKey signer = signing();
    if (isOwnKey(signer, key)) {
      throw new CaRefusedException(
          CaRefusal.KEY, "csr: key: that of an authority (expected: one of the workload's own)");
    }
    Instant now = clock.instant();
    Instant until = earlier(now.plus(lifetime(wanted)), signer.notAfter());
    if (until.isBefore(now.plus(SHORTEST))) {
      throw new CaRefusedException(
          CaRefusal.AUTHORITY_EXPIRED, "the authority's certificate ends at " + signer.notAfter());
    }
    List<X509Certificate> chain = new ArrayList<>();
    try {
      chain.add(
          writer.workload(
              signer,
              key,
              identity,
              names,
              new CertificateWriter.Validity(now.minus(BACKDATE), until)));
    } catch (GeneralSecurityException e) {
      throw new CaRefusedException(CaRefusal.KEY, "csr: key: cannot be signed");
    }
    chain.addAll(signer.intermediates());
    Issued issued = new Issued(chain, signer.roots());
    LOG.log(
        Level.INFO,
        "library-mesh: certificate of {0}, serial {1}, key {2}, until {3}",
        identity,
        issued.leaf().getSerialNumber().toString(16),
        hash(key),
        until);
    return issued;
  }

  private Duration lifetime(Duration wanted) {
    if (wanted.isZero() || wanted.isNegative()) {
      return lifetimes.usual();
    }
    if (wanted.compareTo(SHORTEST) < 0) {
      return SHORTEST;
    }
    return wanted.compareTo(lifetimes.longest()) > 0 ? lifetimes.longest() : wanted;
  }

  private static boolean isOwnKey(SigningKey signer, PublicKey key) {
    String own = hash(key);
    return own.equals(hash(signer.certificate().getPublicKey()))
        || signer.roots().stream().anyMatch(root -> own.equals(hash(root.getPublicKey())))
        || signer.intermediates().stream()
            .anyMatch(above -> own.equals(hash(above.getPublicKey())));
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  /**
   * An identity of this process: the only one whose certificate names hosts, by which clients tell
   * the control plane from a workload.
   *
   * @param hosts DNS names and IP addresses that clients reach it by
   */
  X509Svid ownIdentity(SpiffeId identity, List<String> hosts) throws CaRefusedException {
    List<GeneralName> names = hosts.stream().map(CertificateAuthority::name).toList();
    KeyPair keys = writer.newKey();
    Issued issued = sign(keys.getPublic(), identity, names, lifetimes.usual());
    try {
      return X509Svid.of(issued.chain(), keys.getPrivate());
    } catch (SvidRefusedException e) {
      throw new IllegalStateException("what this authority signs keeps to the profile", e);
    }
  }

  private static GeneralName name(String host) {
    boolean address = host.indexOf(':') >= 0 || host.matches("[0-9.]+");
    return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host);
  }

  /** For comparison and for records. */
  private static String hash(PublicKey key) {
    return HexFormat.of().formatHex(Hashes.sha256(key.getEncoded()));
  }
}
