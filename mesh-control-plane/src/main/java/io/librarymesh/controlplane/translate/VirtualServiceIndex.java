package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.VirtualService;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The VirtualServices that clients of the mesh use, by host. Hosts are complete and lower-case.
 * Immutable.
 */
final class VirtualServiceIndex {

  private final HostIndex<VirtualService> index;
  private final String domain;

  VirtualServiceIndex(Collection<Resource> resources, String domain) {
    this.domain = domain;
    index =
        new HostIndex<>(
            resources.stream()
                .filter(VirtualService.class::isInstance)
                .map(VirtualService.class::cast)
                .filter(VirtualService::appliesToMesh),
            VirtualService::hosts,
            VirtualService::exportTo,
            domain);
  }

  /** The hosts of a VirtualService, complete and lower-case. */
  static List<String> hosts(VirtualService vs, String domain) {
    return HostIndex.complete(vs.hosts(), vs, domain);
  }

  /** See {@link HostIndex#withHost}. */
  List<VirtualService> withHost(
      String host, String clientNamespace, Predicate<VirtualService> imported) {
    return index.withHost(host, clientNamespace, imported);
  }

  /** See {@link HostIndex#mostSpecific}. */
  List<VirtualService> mostSpecific(
      String host, String clientNamespace, Predicate<VirtualService> imported) {
    return index.mostSpecific(host, clientNamespace, imported);
  }

  /** Whether clients of a namespace see these rules and an entry of their Sidecar imports them. */
  boolean isImported(VirtualService vs, EgressListener imports, String clientNamespace) {
    return index.isVisible(vs, clientNamespace) && isImported(vs, imports);
  }

  /** Whether an entry of a Sidecar imports these rules. */
  boolean isImported(VirtualService vs, EgressListener imports) {
    return imports.importsRules(vs.metadata().namespace(), hosts(vs, domain), false);
  }

  /** The hosts that some VirtualService attaches to, wildcards included. */
  Set<String> hosts() {
    return index.hosts();
  }

  /** Wildcard hosts, the longest first. */
  List<String> wildcardHosts() {
    return index.wildcardHosts();
  }
}
