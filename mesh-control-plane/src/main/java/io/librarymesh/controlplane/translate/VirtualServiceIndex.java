package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.VirtualService;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The VirtualServices that clients of the mesh use, by host. Hosts are complete and lower-case.
 * Immutable.
 */
final class VirtualServiceIndex {

  private final Map<String, List<VirtualService>> byHost = new HashMap<>();
  private final List<String> wildcards;

  VirtualServiceIndex(Collection<Resource> resources, String domain) {
    resources.stream()
        .sorted(OldestFirst.ORDER)
        .filter(VirtualService.class::isInstance)
        .map(VirtualService.class::cast)
        .filter(VirtualService::appliesToMesh)
        .forEach(
            vs ->
                hosts(vs, domain)
                    .forEach(h -> byHost.computeIfAbsent(h, k -> new ArrayList<>(1)).add(vs)));
    wildcards =
        byHost.keySet().stream()
            .filter(HostNames::isWildcard)
            .sorted(HostNames.MOST_SPECIFIC_FIRST)
            .toList();
  }

  /** The hosts of a VirtualService, complete and lower-case. */
  static List<String> hosts(VirtualService vs, String domain) {
    return vs.hosts().stream()
        .map(h -> HostNames.resolve(h, vs.metadata().namespace(), domain))
        .map(h -> h.toLowerCase(Locale.ROOT))
        .distinct()
        .toList();
  }

  /**
   * The VirtualServices with exactly this host that a namespace sees, the one that wins first: the
   * client's private ones, then those exported to it by name, then the public; the oldest first
   * among each.
   */
  List<VirtualService> withHost(String host, String clientNamespace) {
    return byHost.getOrDefault(host, List.of()).stream()
        .filter(vs -> rank(vs, clientNamespace) < HIDDEN)
        .sorted(Comparator.comparing(vs -> rank(vs, clientNamespace)))
        .toList();
  }

  /** Those of the most specific host that covers the given one; empty when there is none. */
  List<VirtualService> mostSpecific(String host, String clientNamespace) {
    List<VirtualService> exact = withHost(host, clientNamespace);
    if (!exact.isEmpty()) {
      return exact;
    }
    for (String wildcard : wildcards) {
      if (HostNames.covers(wildcard, host)) {
        List<VirtualService> found = withHost(wildcard, clientNamespace);
        if (!found.isEmpty()) {
          return found;
        }
      }
    }
    return List.of();
  }

  /** Wildcard hosts, the longest first. */
  List<String> wildcardHosts() {
    return wildcards;
  }

  private static final int HIDDEN = 3;

  private static int rank(VirtualService vs, String clientNamespace) {
    String namespace = vs.metadata().namespace();
    ExportTo exportTo = ExportTo.of(vs.exportTo(), namespace);
    if (exportTo.isPublic()) {
      return 2;
    }
    if (namespace.equals(clientNamespace)) {
      return exportTo.includesOwnNamespace() ? 0 : HIDDEN;
    }
    return exportTo.includes(clientNamespace) ? 1 : HIDDEN;
  }
}
