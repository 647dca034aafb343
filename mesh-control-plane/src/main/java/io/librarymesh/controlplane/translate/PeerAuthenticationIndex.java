package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.PeerAuthentication;
import io.librarymesh.controlplane.istio.PeerAuthentication.Mode;
import io.librarymesh.controlplane.istio.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
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
    ofMesh = whole.getOrDefault(rootNamespace, Optional.empty()).orElse(Mode.PERMISSIVE);
    whole.forEach((namespace, mode) -> ofNamespaces.put(namespace, mode.orElse(ofMesh)));
  }

  /**
   * What a port takes.
   *
   * @param port that the workload listens on, not that of a service
   */
  Mode mode(String namespace, Map<String, String> labels, int port) {
    Mode wider = ofNamespaces.getOrDefault(namespace, ofMesh);
    for (PeerAuthentication policy : byLabels.getOrDefault(namespace, List.of())) {
      if (labels.entrySet().containsAll(policy.selector().entrySet())) {
        return policy.modeOf(port).or(policy::mode).orElse(wider);
      }
    }
    return wider;
  }
}
