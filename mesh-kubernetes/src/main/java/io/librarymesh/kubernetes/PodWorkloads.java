package io.librarymesh.kubernetes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.librarymesh.controlplane.registry.EndpointSource.WorkloadName;
import io.librarymesh.controlplane.registry.PlatformWorkload;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pods of a cluster as ServiceEntries select them: those that have an address and have not run
 * to their end. Confined to one thread.
 */
final class PodWorkloads {
  private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

  private final NodeTopology topology;
  private final Map<WorkloadName, Known> pods = new HashMap<>();
  private final Map<String, Set<WorkloadName>> tenants = new HashMap<>();

  private record Known(
      String address,
      Map<String, Integer> ports,
      Map<String, String> labels,
      String node,
      boolean ready,
      String serviceAccount) {}

  PodWorkloads(NodeTopology topology) {
    this.topology = topology;
  }

  /** Takes a pod as it is now. Returns its name when it is another workload than before. */
  Set<WorkloadName> put(Pod pod) {
    WorkloadName name = name(pod);
    Known now = known(pod);
    Known before = now == null ? pods.remove(name) : pods.put(name, now);
    if (before != null && (now == null || !now.node.equals(before.node))) {
      leave(before.node, name);
    }
    if (now != null) {
      tenants.computeIfAbsent(now.node, n -> new HashSet<>()).add(name);
    }
    return now == null ? ifAny(before, name) : now.equals(before) ? Set.of() : Set.of(name);
  }

  /** Forgets a pod. Returns its name when it was a workload. */
  Set<WorkloadName> remove(Pod pod) {
    WorkloadName name = name(pod);
    Known before = pods.remove(name);
    if (before != null) {
      leave(before.node, name);
    }
    return ifAny(before, name);
  }

  /** The workloads of a node. */
  Set<WorkloadName> on(Node node) {
    return Set.copyOf(tenants.getOrDefault(node.getMetadata().getName(), Set.of()));
  }

  /** All workloads. */
  Set<WorkloadName> names() {
    return Set.copyOf(pods.keySet());
  }

  /** What is known of one now; absent when it is gone. */
  Optional<PlatformWorkload> of(WorkloadName name) {
    return Optional.ofNullable(pods.get(name))
        .map(
            pod ->
                new PlatformWorkload(
                    pod.address,
                    pod.ports,
                    pod.labels,
                    topology.locality(pod.labels, pod.node.isEmpty() ? null : pod.node, null),
                    pod.ready,
                    pod.serviceAccount));
  }

  private void leave(String node, WorkloadName name) {
    tenants.computeIfPresent(
        node,
        (n, names) -> {
          names.remove(name);
          return names.isEmpty() ? null : names;
        });
  }

  private static Set<WorkloadName> ifAny(@Nullable Known before, WorkloadName name) {
    return before == null ? Set.of() : Set.of(name);
  }

  private static WorkloadName name(Pod pod) {
    return new WorkloadName(pod.getMetadata().getNamespace(), pod.getMetadata().getName());
  }

  private static @Nullable Known known(Pod pod) {
    if (pod.getStatus() == null
        || pod.getStatus().getPodIP() == null
        || pod.getStatus().getPodIP().isEmpty()
        || ENDED.contains(String.valueOf(pod.getStatus().getPhase()))) {
      return null;
    }
    Map<String, String> labels = pod.getMetadata().getLabels();
    String node = pod.getSpec() == null ? null : pod.getSpec().getNodeName();
    return new Known(
        pod.getStatus().getPodIP(),
        ports(pod),
        labels == null ? Map.of() : labels,
        node == null ? "" : node,
        isReady(pod),
        serviceAccount(pod));
  }

  /** The account whose identity a pod has; empty when that is not known. */
  static String serviceAccount(Pod pod) {
    String name = pod.getSpec() == null ? null : pod.getSpec().getServiceAccountName();
    return name == null ? "" : name;
  }

  /** Of containers that name a port alike the first counts, as where Kubernetes looks it up. */
  private static Map<String, Integer> ports(Pod pod) {
    Map<String, Integer> ports = new HashMap<>();
    if (pod.getSpec() != null) {
      for (Container container : pod.getSpec().getContainers()) {
        for (ContainerPort port : container.getPorts()) {
          boolean tcp = port.getProtocol() == null || "TCP".equals(port.getProtocol());
          if (tcp && port.getName() != null && !port.getName().isEmpty()) {
            ports.putIfAbsent(port.getName(), port.getContainerPort());
          }
        }
      }
    }
    return ports;
  }

  /** A pod that is being deleted takes no new requests, whatever its condition still says. */
  private static boolean isReady(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() == null
        && pod.getStatus().getConditions().stream()
            .filter(condition -> "Ready".equals(condition.getType()))
            .map(PodCondition::getStatus)
            .anyMatch("True"::equals);
  }
}
