package io.librarymesh.identity;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The roots of every trust domain whose workloads are known: the own one, and those that it is
 * federated with. A domain's roots count for that domain alone. Immutable.
 */
public record TrustBundles(Map<TrustDomain, TrustBundle> byDomain) {
  /** Trusts nobody. */
  public static final TrustBundles NONE = new TrustBundles(Map.of());

  /** Copies the map. */
  public TrustBundles {
    byDomain = Map.copyOf(byDomain);
  }

  /** These bundles; of several of one domain the last. */
  public static TrustBundles of(TrustBundle... bundles) {
    Map<TrustDomain, TrustBundle> map = new LinkedHashMap<>();
    for (TrustBundle bundle : bundles) {
      map.put(bundle.trustDomain(), bundle);
    }
    return new TrustBundles(map);
  }

  /** The bundle of a domain, where there is one. */
  public Optional<TrustBundle> of(TrustDomain trustDomain) {
    return Optional.ofNullable(byDomain.get(trustDomain));
  }
}
