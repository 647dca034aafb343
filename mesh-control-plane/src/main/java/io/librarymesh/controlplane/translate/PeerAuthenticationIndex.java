package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.PeerAuthentication;
import io.librarymesh.controlplane.istio.PeerAuthentication.Mode;
import io.librarymesh.controlplane.istio.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Finds what a port of a workload takes. Of several policies for the same workloads the oldest is
 * in force, and nothing is merged: a policy by labels brings its own ports, wider policies say what
 * it leaves open. Immutable; any thread.
 *
 * <p>A policy of the root namespace that selects by labels is in force nowhere, as in Istio.
 */
final class PeerAuthenticationIndex {
  private static final String KEY = "peers|";

  private final boolean isWholeMeshConcerned;
  private final Mode ofMesh;
  private final Map<String, Mode> ofNamespaces = new HashMap<>();
  private final Map<String, List<PeerAuthentication>> byLabels = new HashMap<>();

  PeerAuthenticationIndex(Collection<Resource> resources, String rootNamespace) {
    List<PeerAuthentication> policies =
        resources.stream()
            .filter(PeerAuthentication.class::isInstance)
            .map(PeerAuthentication.class::cast)
            .sorted(OldestFirst.ORDER)
            .toList();
    Map<String, Optional<Mode>> whole = new HashMap<>();
    for (PeerAuthentication policy : policies) {
      String namespace = policy.metadata().namespace();
      if (policy.selector().isEmpty()) {
        whole.putIfAbsent(namespace, policy.mode());
      } else if (!namespace.equals(rootNamespace)) {
        byLabels.computeIfAbsent(namespace, n -> new ArrayList<>(1)).add(policy);
      }
    }
    isWholeMeshConcerned = whole.containsKey(rootNamespace);
    ofMesh = whole.getOrDefault(rootNamespace, Optional.empty()).orElse(Mode.PERMISSIVE);
    whole.forEach((namespace, mode) -> ofNamespaces.put(namespace, mode.orElse(ofMesh)));
  }

  /**
   * What translations depend on that ask for workloads of a namespace, as on a host that is looked
   * at. No host has a bar in its name.
   */
  static String key(String namespace) {
    return KEY + namespace.toLowerCase(Locale.ROOT);
  }

  /** What workloads of a namespace take that no policy selects. */
  Mode mode(String namespace) {
    return ofNamespaces.getOrDefault(namespace, ofMesh);
  }

  /** Whether some policy is for a workload; otherwise Istio's default holds. */
  boolean concerns(String namespace, Map<String, String> labels) {
    return isWholeMeshConcerned
        || ofNamespaces.containsKey(namespace)
        || selecting(namespace, labels).isPresent();
  }

  private Optional<PeerAuthentication> selecting(String namespace, Map<String, String> labels) {
    return byLabels.getOrDefault(namespace, List.of()).stream()
        .filter(policy -> labels.entrySet().containsAll(policy.selector().entrySet()))
        .findFirst();
  }

  /**
   * What a port takes.
   *
   * @param port that the workload listens on, not that of a service
   */
  Mode mode(String namespace, Map<String, String> labels, int port) {
    return selecting(namespace, labels)
        .flatMap(policy -> policy.modeOf(port).or(policy::mode))
        .orElseGet(() -> mode(namespace));
  }
}
