package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.HttpMatchRequest;
import io.librarymesh.controlplane.istio.HttpRoute;
import io.librarymesh.controlplane.istio.KubernetesService;
import io.librarymesh.controlplane.istio.Sidecar;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.translate.HostNames;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who calls whom, as far as it is written: rules for callers with certain labels, and Sidecars that
 * name the hosts that workloads call. Workloads stand for the services that select them.
 */
final class CallGraph {

  /** No way is followed further. */
  static final int LONGEST = 8;

  private final Map<String, Set<String>> callers = new HashMap<>();
  private final AnalyzedMesh mesh;

  private CallGraph(AnalyzedMesh mesh) {
    this.mesh = mesh;
  }

  static CallGraph of(AnalyzedMesh mesh) {
    CallGraph graph = new CallGraph(mesh);
    mesh.meshRules().forEach(graph::add);
    mesh.all(Sidecar.class).forEach(graph::add);
    return graph;
  }

  /** The hosts of services whose workloads call a host; complete and lower-case, sorted. */
  Set<String> callersOf(String host) {
    return callers.getOrDefault(host, Set.of());
  }

  private void add(VirtualService rules) {
    for (HttpRoute rule : rules.http()) {
      for (HttpMatchRequest match : rule.match()) {
        if (!match.scope().sourceLabels().isEmpty()) {
          String namespace = match.scope().sourceNamespace().orElse(rules.metadata().namespace());
          Set<String> from = servedBy(Optional.of(match.scope().sourceLabels()), namespace);
          rules.hosts().forEach(host -> add(from, mesh.resolve(host, rules)));
        }
      }
    }
  }

  private void add(Sidecar sidecar) {
    Set<String> from = servedBy(sidecar.workloadSelector(), sidecar.metadata().namespace());
    for (Sidecar.Egress egress : sidecar.egress()) {
      for (String entry : egress.hosts()) {
        String host = entry.substring(entry.indexOf('/') + 1);
        if (!HostNames.isWildcard(host)) {
          add(from, host);
        }
      }
    }
  }

  private void add(Set<String> from, String host) {
    mesh.servicesOf(host)
        .map(service -> service.service().host().toLowerCase(Locale.ROOT))
        .forEach(to -> callers.computeIfAbsent(to, t -> new TreeSet<>()).addAll(from));
  }

  /** The hosts of the services that workloads with these labels serve; absence means all. */
  private Set<String> servedBy(Optional<Map<String, String>> labels, String namespace) {
    Set<String> hosts = new TreeSet<>();
    List<KubernetesService> services = mesh.all(KubernetesService.class);
    for (KubernetesService service : services) {
      boolean selects =
          !service.selector().isEmpty()
              && labels
                  .map(l -> l.entrySet().containsAll(service.selector().entrySet()))
                  .orElse(true);
      if (selects && service.metadata().namespace().equals(namespace)) {
        String domain = mesh.context().meshConfig().domain();
        hosts.add(service.metadata().name() + "." + namespace + ".svc." + domain);
      }
    }
    return hosts;
  }
}
