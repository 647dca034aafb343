package io.librarymesh.controlplane.translate;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The trust domains of the mesh, whose identities are the same under each name. Source: Istio
 * {@code pilot/pkg/security/trustdomain/bundle.go}.
 */
final class TrustDomains {
  private static final String DEFAULT = "cluster.local";
  private static final int PARTS = 5;

  private final Set<String> names = new LinkedHashSet<>();

  TrustDomains(MeshConfig meshConfig) {
    names.add(meshConfig.trustDomain());
    names.addAll(meshConfig.peerTls().trustDomainAliases());
  }

  /** A principal of a policy, under each name of its trust domain. */
  List<String> principals(String principal) {
    if (!hasTrustDomain(principal)) {
      return List.of(principal);
    }
    int slash = principal.indexOf('/');
    String rest = principal.substring(slash);
    return domains(principal.substring(0, slash)).stream().map(name -> name + rest).toList();
  }

  /** The names of a trust domain of a policy, which may have a star at one of its ends. */
  List<String> domains(String domain) {
    if (domain.equals("*") || !isKnown(domain)) {
      return List.of(domain);
    }
    Set<String> all = new LinkedHashSet<>();
    names.forEach(name -> all.add(isSuffixOf(domain, name) ? domain : name));
    return List.copyOf(all);
  }

  /** Whether a principal names a trust domain that is none of the mesh. */
  boolean isForeign(String principal) {
    return hasTrustDomain(principal) && !isKnown(principal.substring(0, principal.indexOf('/')));
  }

  /** The names, for people. */
  @Override
  public String toString() {
    return String.join(" or ", names);
  }

  private static boolean hasTrustDomain(String principal) {
    return principal.split("/", -1).length == PARTS && !principal.startsWith("*/");
  }

  private boolean isKnown(String domain) {
    return domain.equals(DEFAULT)
        || names.stream().anyMatch(name -> isSuffixOf(domain, name) || isPrefixOf(domain, name))
        || names.contains(domain);
  }

  private static boolean isSuffixOf(String pattern, String name) {
    return pattern.startsWith("*") && name.endsWith(pattern.substring(1));
  }

  private static boolean isPrefixOf(String pattern, String name) {
    return pattern.endsWith("*") && name.startsWith(pattern.substring(0, pattern.length() - 1));
  }
}
