package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.registry.Service;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The VirtualServices that clients of the mesh use, by host. Hosts are complete and lower-case.
 * Immutable.
 */
final class VirtualServiceIndex {

  private final HostIndex<VirtualService> index;
  private final List<VirtualService> all;
  private final String domain;

  VirtualServiceIndex(Collection<Resource> resources, String domain) {
    this.domain = domain;
    this.all = DestinationIndex.rules(resources).toList();
    index = new HostIndex<>(all.stream(), VirtualService::hosts, VirtualService::exportTo, domain);
  }

  /** The hosts of a VirtualService, complete and lower-case. */
  static List<String> hosts(VirtualService vs, String domain) {
    return HostIndex.complete(vs.hosts(), vs, domain);
  }

  /** All of them. */
  List<VirtualService> all() {
    return all;
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

  /**
   * Those with exactly the host of a service: among the public ones, routes of the Gateway API in
   * the client's namespace first. Such routes in a third namespace are for neither of the two.
   */
  List<VirtualService> ofService(
      Service service, String clientNamespace, Predicate<VirtualService> imported) {
    Predicate<VirtualService> concerned =
        vs -> !vs.isOfGatewayApi() || isIn(vs, clientNamespace) || isIn(vs, service.namespace());
    return index
        .withHost(service.host().toLowerCase(Locale.ROOT), clientNamespace, imported.and(concerned))
        .stream()
        .sorted(Comparator.comparingInt(vs -> rank(vs, clientNamespace)))
        .toList();
  }

  private static int rank(VirtualService vs, String clientNamespace) {
    if (!ExportTo.of(vs.exportTo(), vs.metadata().namespace()).isPublic()) {
      return 0;
    }
    return vs.isOfGatewayApi() && isIn(vs, clientNamespace) ? 1 : 2;
  }

  private static boolean isIn(VirtualService vs, String namespace) {
    return vs.metadata().namespace().equals(namespace);
  }

  /** Whether an entry of a Sidecar imports any of the rules. */
  boolean isAnyImported(EgressListener imports) {
    return all.stream().anyMatch(vs -> isImported(vs, imports));
  }

  /** Whether clients of a namespace see these rules. */
  boolean isVisible(VirtualService vs, String clientNamespace) {
    return index.isVisible(vs, clientNamespace);
  }

  /** Whether clients of a namespace see these rules and an entry of their Sidecar imports them. */
  boolean isImported(VirtualService vs, EgressListener imports, String clientNamespace) {
    return index.isVisible(vs, clientNamespace) && isImported(vs, imports);
  }

  /** Whether an entry of a Sidecar imports these rules. */
  boolean isImported(VirtualService vs, EgressListener imports) {
    return imports.importsRules(vs.metadata().namespace(), hosts(vs, domain), vs.isOfGatewayApi());
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
