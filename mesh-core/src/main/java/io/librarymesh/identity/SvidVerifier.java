package io.librarymesh.identity;

import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides whether a chain of certificates proves a SPIFFE ID: the leaf keeps to the profile, a path
 * leads from it to a root of its own trust domain, and nothing on the way is expired or revoked
 * (X509-SVID, section 5). Safe in any thread.
 */
public final class SvidVerifier {
  private static final int MAX_CHAIN = 10;

  private final TrustBundles bundles;
  private final InstantSource clock;

  /** Verifies against these roots; the clock says what has expired. */
  public SvidVerifier(TrustBundles bundles, InstantSource clock) {
    this.bundles = bundles;
    this.clock = clock;
  }

  /**
   * Whom a certificate names, when it keeps to the profile of a workload's; proves nothing by
   * itself.
   */
  public static SpiffeId named(X509Certificate leaf) throws SvidRefusedException {
    return SvidProfile.check(leaf);
  }

  /**
   * The identity that a chain proves.
   *
   * @param chain the leaf first, each certificate before its issuer; roots may be left out
   */
  public SpiffeId verify(X509Certificate... chain) throws SvidRefusedException {
    if (chain.length == 0) {
      throw new SvidRefusedException(
          SvidRefusal.NO_CERTIFICATE, "no certificate was presented (expected: one of the mesh)");
    }
    if (chain.length > MAX_CHAIN) {
      throw new SvidRefusedException(
          SvidRefusal.CHAIN_TOO_LONG,
          chain.length + " certificates in a chain (expected: at most " + MAX_CHAIN + ")");
    }
    SpiffeId id = SvidProfile.check(chain[0]);
    TrustBundle bundle =
        bundles
            .of(id.trustDomain())
            .orElseThrow(
                () ->
                    new SvidRefusedException(
                        SvidRefusal.UNKNOWN_TRUST_DOMAIN,
                        id + ": no roots are known of its trust domain (known: " + known() + ")"));
    Instant now = clock.instant();
    checkTime(id, chain[0], now);
    List<X509Certificate> path = belowRoots(chain, bundle);
    validate(id, path, bundle, now);
    checkRevoked(id, path, bundle);
    return id;
  }

  /**
   * The identity that a chain proves, when it is one that the policy accepts.
   *
   * @param chain as in {@link #verify(X509Certificate...)}
   */
  public SpiffeId verify(PeerPolicy policy, X509Certificate... chain) throws SvidRefusedException {
    SpiffeId id = verify(chain);
    if (!policy.accepts(id)) {
      throw new SvidRefusedException(
          SvidRefusal.UNEXPECTED_ID,
          "the peer is " + id + " (expected: " + policy.expected() + ")");
    }
    return id;
  }

  private String known() {
    return bundles.byDomain().keySet().stream()
        .sorted()
        .map(TrustDomain::name)
        .collect(Collectors.joining(", "));
  }

  private static void checkTime(SpiffeId id, X509Certificate leaf, Instant now)
      throws SvidRefusedException {
    if (now.isAfter(leaf.getNotAfter().toInstant())) {
      throw new SvidRefusedException(
          SvidRefusal.EXPIRED, id + ": expired at " + leaf.getNotAfter().toInstant());
    }
    if (now.isBefore(leaf.getNotBefore().toInstant())) {
      throw new SvidRefusedException(
          SvidRefusal.NOT_YET_VALID,
          id + ": valid from " + leaf.getNotBefore().toInstant() + " on; are the clocks in step?");
    }
  }

  /** Peers may send their root, too; as sent it proves nothing, the bundle's copy counts. */
  private static List<X509Certificate> belowRoots(X509Certificate[] chain, TrustBundle bundle) {
    List<X509Certificate> path = new ArrayList<>();
    for (X509Certificate certificate : chain) {
      if (!path.isEmpty() && bundle.authorities().contains(certificate)) {
        break;
      }
      path.add(certificate);
    }
    return path;
  }

  private static void validate(
      SpiffeId id, List<X509Certificate> chain, TrustBundle bundle, Instant now)
      throws SvidRefusedException {
    if (bundle.authorities().isEmpty()) {
      throw new SvidRefusedException(SvidRefusal.UNTRUSTED, id + ": its trust domain has no roots");
    }
    Set<TrustAnchor> anchors =
        bundle.authorities().stream()
            .map(root -> new TrustAnchor(root, null))
            .collect(Collectors.toSet());
    try {
      CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(chain);
      PKIXParameters parameters = new PKIXParameters(anchors);
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      CertPathValidator.getInstance("PKIX").validate(path, parameters);
    } catch (CertPathValidatorException e) {
      throw new SvidRefusedException(
          reason(e), id + ": " + Printable.of(String.valueOf(e.getMessage())), e);
    } catch (GeneralSecurityException e) {
      throw new SvidRefusedException(SvidRefusal.MALFORMED, id + ": the chain cannot be read", e);
    }
  }

  private static SvidRefusal reason(CertPathValidatorException e) {
    if (e.getReason() == CertPathValidatorException.BasicReason.EXPIRED) {
      return SvidRefusal.EXPIRED;
    }
    return e.getReason() == CertPathValidatorException.BasicReason.NOT_YET_VALID
        ? SvidRefusal.NOT_YET_VALID
        : SvidRefusal.UNTRUSTED;
  }

  /**
   * Each list counts for what its issuer signed. That the list itself is signed was checked when it
   * was read.
   */
  private static void checkRevoked(SpiffeId id, List<X509Certificate> path, TrustBundle bundle)
      throws SvidRefusedException {
    for (X509Certificate certificate : path) {
      for (X509CRL list : bundle.revocations()) {
        if (list.getIssuerX500Principal().equals(certificate.getIssuerX500Principal())
            && list.isRevoked(certificate)) {
          throw new SvidRefusedException(
              SvidRefusal.REVOKED,
              id + ": certificate " + certificate.getSerialNumber().toString(16) + " was revoked");
        }
      }
    }
  }
}
