package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.DestinationRule;
import io.librarymesh.controlplane.istio.HttpMatchRequest;
import io.librarymesh.controlplane.istio.KubernetesService;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.ServiceEntry;
import io.librarymesh.controlplane.istio.Sidecar;
import io.librarymesh.controlplane.istio.SourcePosition;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.istio.WorkloadEntry;
import io.librarymesh.controlplane.istio.WorkloadGroup;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.ServiceEndpoint;
import io.librarymesh.controlplane.registry.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Selectors of workloads that match nothing known in their namespace: no workload that is written
 * or registered has the labels, and none that a Service selects can have them. Where nothing is
 * known of the namespace's workloads nothing is said.
 */
final class UnmatchedSelectors implements Analyzer {

  @Override
  public Code code() {
    return Code.UNMATCHED_SELECTOR;
  }

  /**
   * What is known of the workloads of a namespace.
   *
   * @param workloads all labels of each
   * @param templates labels that some workloads have, beside others
   */
  private record Known(Set<Map<String, String>> workloads, Set<Map<String, String>> templates) {

    static Known nothing() {
      return new Known(new LinkedHashSet<>(), new LinkedHashSet<>());
    }

    boolean mayMatch(Map<String, String> selector) {
      return (workloads.isEmpty() && templates.isEmpty())
          || workloads.stream().anyMatch(w -> w.entrySet().containsAll(selector.entrySet()))
          || templates.stream().anyMatch(t -> !Labels.contradict(t, selector));
    }

    Set<String> of(Set<String> keys) {
      Set<String> labels = new LinkedHashSet<>();
      for (Set<Map<String, String>> all : List.of(workloads, templates)) {
        for (Map<String, String> each : all) {
          Map<String, String> relevant = new TreeMap<>(each);
          relevant.keySet().retainAll(keys);
          relevant.forEach((key, value) -> labels.add(key + "=" + value));
        }
      }
      return labels;
    }
  }

  /** A selector where it is written. */
  private record Selector(
      Resource in, SourcePosition position, String path, Map<String, String> labels, String who) {}

  @Override
  public void analyze(AnalyzedMesh mesh, Report report) {
    Map<String, Known> known = known(mesh);
    for (Selector selector : selectors(mesh)) {
      String namespace = selector.in().metadata().namespace();
      Known here = known.getOrDefault(namespace, Known.nothing());
      if (!selector.labels().isEmpty() && !here.mayMatch(selector.labels())) {
        report.warn(
            selector.position(),
            selector.path(),
            selector.labels()
                + ": nothing that is known in "
                + namespace
                + " can have these labels, so this is for nobody (expected: labels of "
                + selector.who()
                + "; known: "
                + here.of(selector.labels().keySet())
                + ")");
      }
    }
  }

  private static Map<String, Known> known(AnalyzedMesh mesh) {
    Map<String, Known> known = new HashMap<>();
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

  private static void add(Map<String, Known> known, ServiceEndpoint endpoint) {
    in(known, endpoint.namespace()).workloads().add(endpoint.labels());
  }

  private static Known in(Map<String, Known> known, String namespace) {
    return known.computeIfAbsent(namespace, n -> Known.nothing());
  }

  private static List<Selector> selectors(AnalyzedMesh mesh) {
    List<Selector> all = new ArrayList<>();
    String clients = "clients of this namespace";
    for (DestinationRule rule : mesh.all(DestinationRule.class)) {
      add(all, rule, "spec.workloadSelector.matchLabels", rule.workloadSelector(), clients);
    }
    for (Sidecar sidecar : mesh.all(Sidecar.class)) {
      add(all, sidecar, "spec.workloadSelector.labels", sidecar.workloadSelector(), clients);
    }
    for (ServiceEntry entry : mesh.all(ServiceEntry.class)) {
      String who = "a WorkloadEntry of this namespace, or of workloads that register";
      add(all, entry, "spec.workloadSelector.labels", entry.workloadSelector(), who);
    }
    for (VirtualService rules : mesh.meshRules()) {
      for (int i = 0; i < rules.http().size(); i++) {
        List<HttpMatchRequest> matches = rules.http().get(i).match();
        for (int j = 0; j < matches.size(); j++) {
          String path = "spec.http[" + i + "].match[" + j + "].sourceLabels";
          addSource(all, rules, matches.get(j), path);
        }
      }
    }
    return all;
  }

  private static void add(
      List<Selector> all,
      Resource in,
      String path,
      Optional<Map<String, String>> labels,
      String who) {
    labels.ifPresent(l -> all.add(new Selector(in, in.position(), path, l, who)));
  }

  /** Of rules for everybody the clients may be in any namespace, unless the match names it. */
  private static void addSource(
      List<Selector> all, VirtualService rules, HttpMatchRequest match, String path) {
    boolean here =
        match.scope().sourceNamespace().filter(rules.metadata().namespace()::equals).isPresent()
            || rules.exportTo().equals(List.of("."));
    if (here && match.scope().gateways().isEmpty()) {
      String who = "clients of this namespace";
      all.add(new Selector(rules, match.position(), path, match.scope().sourceLabels(), who));
    }
  }
}
