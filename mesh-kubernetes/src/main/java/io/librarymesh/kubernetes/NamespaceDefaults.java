package io.librarymesh.kubernetes;

import io.fabric8.kubernetes.api.model.Namespace;
import io.librarymesh.controlplane.istio.KubernetesService;
import io.librarymesh.controlplane.istio.Resource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What namespaces say for their Services that say nothing themselves; Istio's annotation {@code
 * networking.istio.io/traffic-distribution}. Confined to one thread.
 */
final class NamespaceDefaults {
  private final Map<String, String> distributions = new HashMap<>();

  /** Takes a namespace as it is now. Returns whether it says something else than before. */
  boolean put(Namespace namespace) {
    String name = namespace.getMetadata().getName();
    Optional<String> said = said(namespace);
    return said.map(value -> !value.equals(distributions.put(name, value)))
        .orElseGet(() -> distributions.remove(name) != null);
  }

  /** Forgets a namespace. Returns whether it said anything. */
  boolean remove(Namespace namespace) {
    return distributions.remove(namespace.getMetadata().getName()) != null;
  }

  /** A resource with what its namespace says for it. */
  Resource complete(Resource resource) {
    if (resource instanceof KubernetesService service) {
      String said = distributions.get(service.metadata().namespace());
      return said == null ? service : service.orTrafficDistribution(said);
    }
    return resource;
  }

  private static Optional<String> said(Namespace namespace) {
    Map<String, String> annotations = namespace.getMetadata().getAnnotations();
    return annotations == null
        ? Optional.empty()
        : Optional.ofNullable(annotations.get(KubernetesService.TRAFFIC_DISTRIBUTION))
            .filter(KubernetesService::isTrafficDistribution);
  }
}
