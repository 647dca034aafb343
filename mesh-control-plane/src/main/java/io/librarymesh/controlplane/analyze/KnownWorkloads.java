package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.KubernetesService;
import io.librarymesh.controlplane.istio.WorkloadEntry;
import io.librarymesh.controlplane.istio.WorkloadGroup;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.ServiceEndpoint;
import io.librarymesh.controlplane.registry.Workload;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What is known of the workloads of a namespace.
 *
 * @param workloads all labels of each
 * @param templates labels that some workloads have, beside others
 */
record KnownWorkloads(Set<Map<String, String>> workloads, Set<Map<String, String>> templates) {

  static KnownWorkloads nothing() {
    return new KnownWorkloads(new LinkedHashSet<>(), new LinkedHashSet<>());
  }

  static Map<String, KnownWorkloads> byNamespace(AnalyzedMesh mesh) {
    Map<String, KnownWorkloads> known = new HashMap<>();
    for (WorkloadEntry entry : mesh.all(WorkloadEntry.class)) {
      Map<String, String> labels = new TreeMap<>(entry.spec().labels());
      labels.putAll(entry.metadata().labels());
      in(known, entry.metadata().namespace()).workloads().add(labels);
    }
    for (WorkloadGroup group : mesh.all(WorkloadGroup.class)) {
      in(known, group.metadata().namespace()).templates().add(Workload.labels(group, Map.of()));
    }
    for (RegisteredService service : mesh.services()) {
      service.endpoints().values().stream()
          .flatMap(List::stream)
          .filter(endpoint -> !endpoint.workload().isEmpty())
          .forEach(endpoint -> add(known, endpoint));
    }
    for (KubernetesService service : mesh.all(KubernetesService.class)) {
      if (!service.selector().isEmpty()) {
        in(known, service.metadata().namespace()).templates().add(service.selector());
      }
    }
    return known;
  }

  private static void add(Map<String, KnownWorkloads> known, ServiceEndpoint endpoint) {
    in(known, endpoint.namespace()).workloads().add(endpoint.labels());
  }

  private static KnownWorkloads in(Map<String, KnownWorkloads> known, String namespace) {
    return known.computeIfAbsent(namespace, n -> nothing());
  }

  /** Whether there may be one with these labels; also where nothing is known. */
  boolean mayMatch(Map<String, String> selector) {
    return (workloads.isEmpty() && templates.isEmpty())
        || workloads.stream().anyMatch(w -> w.entrySet().containsAll(selector.entrySet()))
        || templates.stream().anyMatch(t -> !Labels.contradict(t, selector));
  }

  /** The labels of each workload, known in full or in part. */
  Stream<Map<String, String>> labels() {
    return Stream.concat(workloads.stream(), templates.stream());
  }

  /** Labels of some keys that there are, as {@code key=value}. */
  Set<String> of(Set<String> keys) {
    Set<String> labels = new LinkedHashSet<>();
    labels()
        .forEach(
            each -> {
              Map<String, String> relevant = new TreeMap<>(each);
              relevant.keySet().retainAll(keys);
              relevant.forEach((key, value) -> labels.add(key + "=" + value));
            });
    return labels;
  }
}
