package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.Sidecar;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the Sidecar that is in force for a client: the oldest of its namespace that selects it,
 * else the oldest of its namespace without a selector, else that of the root namespace, else none.
 * Any thread.
 */
final class SidecarIndex {

  private final Map<String, List<EgressScope>> byNamespace = new HashMap<>();
  private final Optional<Sidecar> ofRoot;
  private final Map<String, EgressScope> rootScopes = new ConcurrentHashMap<>();

  SidecarIndex(Collection<Resource> resources, String rootNamespace) {
    List<Sidecar> sidecars =
        resources.stream()
            .filter(Sidecar.class::isInstance)
            .map(Sidecar.class::cast)
            .sorted(OldestFirst.ORDER)
            .toList();
    for (Sidecar sidecar : sidecars) {
      String namespace = sidecar.metadata().namespace();
      byNamespace
          .computeIfAbsent(namespace, n -> new ArrayList<>(1))
          .add(EgressScope.of(sidecar, namespace));
    }
    ofRoot =
        sidecars.stream()
            .filter(s -> s.metadata().namespace().equals(rootNamespace))
            .filter(s -> s.workloadSelector().isEmpty())
            .findFirst();
  }

  /** Whether all clients see everything. */
  boolean isEmpty() {
    return byNamespace.isEmpty();
  }

  /** What a client sees. */
  EgressScope scope(ClientView client) {
    List<EgressScope> own = byNamespace.getOrDefault(client.namespace(), List.of());
    return own.stream()
        .filter(scope -> selector(scope).filter(client::hasLabels).isPresent())
        .findFirst()
        .or(() -> own.stream().filter(scope -> selector(scope).isEmpty()).findFirst())
        .orElseGet(() -> ofRoot(client.namespace()));
  }

  private EgressScope ofRoot(String namespace) {
    return ofRoot
        .map(sidecar -> rootScopes.computeIfAbsent(namespace, n -> EgressScope.of(sidecar, n)))
        .orElse(EgressScope.EVERYTHING);
  }

  private static Optional<Map<String, String>> selector(EgressScope scope) {
    return scope.sidecar().flatMap(Sidecar::workloadSelector);
  }
}
