package io.librarymesh.identity;

import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The roots of one trust domain. Immutable.
 *
 * @param authorities whose signatures count; empty trusts nobody
 * @param revocations lists of certificates that were taken back, each counting for what its issuer
 *     signed; empty asks nobody
 */
public record TrustBundle(
    TrustDomain trustDomain, Set<X509Certificate> authorities, List<X509CRL> revocations) {

  /** Copies the collections. */
  public TrustBundle {
    authorities = Set.copyOf(authorities);
    revocations = List.copyOf(revocations);
  }

  /** A bundle that asks no list of revocations. */
  public static TrustBundle of(TrustDomain trustDomain, Iterable<X509Certificate> authorities) {
    Set<X509Certificate> set = new LinkedHashSet<>();
    authorities.forEach(set::add);
    return new TrustBundle(trustDomain, set, List.of());
  }

  /** The same roots with these lists. */
  public TrustBundle withRevocations(List<X509CRL> lists) {
    return new TrustBundle(trustDomain, authorities, lists);
  }
}
