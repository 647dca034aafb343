package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.DestinationRule;
import io.librarymesh.controlplane.istio.KubernetesService;
import io.librarymesh.controlplane.istio.Subset;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import io.librarymesh.controlplane.registry.ServiceEndpoint;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Subsets that no endpoint belongs to: none of those that are known, or none that there can be,
 * since the service selects workloads with other labels.
 */
final class EmptySubsets implements Analyzer {

  @Override
  public Code code() {
    return Code.EMPTY_SUBSET;
  }

  @Override
  public void analyze(AnalyzedMesh mesh, Report report) {
    for (DestinationRule rule : mesh.all(DestinationRule.class)) {
      List<RegisteredService> services = mesh.servicesOf(mesh.resolve(rule.host(), rule)).toList();
      for (int i = 0; i < rule.subsets().size() && !services.isEmpty(); i++) {
        Subset subset = rule.subsets().get(i);
        List<Optional<String>> reasons =
            services.stream().map(service -> emptiness(mesh, service, subset)).toList();
        if (!subset.labels().isEmpty() && reasons.stream().allMatch(Optional::isPresent)) {
          report.warn(
              subset.position(),
              "spec.subsets[" + i + "].labels",
              subset.name()
                  + ": "
                  + reasons.get(0).orElse("")
                  + ", so calls to it fail with 503 (expected: labels of workloads that serve "
                  + rule.host()
                  + ")");
        }
      }
    }
  }

  /** Why a subset has no endpoint; empty when it may have some. */
  private static Optional<String> emptiness(
      AnalyzedMesh mesh, RegisteredService registered, Subset subset) {
    Service service = registered.service();
    List<ServiceEndpoint> endpoints =
        registered.endpoints().values().stream().flatMap(List::stream).toList();
    if (endpoints.stream().anyMatch(e -> has(e.labels(), subset.labels()))) {
      return Optional.empty();
    }
    if (!endpoints.isEmpty()) {
      NavigableSet<String> known = new TreeSet<>();
      endpoints.forEach(endpoint -> known.add(relevant(endpoint.labels(), subset).toString()));
      return Optional.of(
          "no endpoint of "
              + service.host()
              + " has the labels "
              + subset.labels()
              + ", they have "
              + known);
    }
    return mesh.all(KubernetesService.class).stream()
        .filter(declared -> declared.position().equals(service.declaredBy().position()))
        .findFirst()
        .map(KubernetesService::selector)
        .filter(selector -> Labels.contradict(selector, subset.labels()))
        .map(
            selector ->
                service.host()
                    + " selects workloads with "
                    + selector
                    + ", none of which can have "
                    + subset.labels());
  }

  private static boolean has(Map<String, String> labels, Map<String, String> wanted) {
    return labels.entrySet().containsAll(wanted.entrySet());
  }

  private static Map<String, String> relevant(Map<String, String> labels, Subset subset) {
    Map<String, String> relevant = new TreeMap<>(labels);
    relevant.keySet().retainAll(subset.labels().keySet());
    return relevant;
  }
}
