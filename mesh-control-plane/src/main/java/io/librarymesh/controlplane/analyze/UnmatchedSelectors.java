package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.DestinationRule;
import io.librarymesh.controlplane.istio.HttpMatchRequest;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.ServiceEntry;
import io.librarymesh.controlplane.istio.Sidecar;
import io.librarymesh.controlplane.istio.SourcePosition;
import io.librarymesh.controlplane.istio.VirtualService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

  /** A selector where it is written. */
  private record Selector(
      Resource in, SourcePosition position, String path, Map<String, String> labels, String who) {}

  @Override
  public void analyze(AnalyzedMesh mesh, Report report) {
    Map<String, KnownWorkloads> known = KnownWorkloads.byNamespace(mesh);
    for (Selector selector : selectors(mesh)) {
      String namespace = selector.in().metadata().namespace();
      KnownWorkloads here = known.getOrDefault(namespace, KnownWorkloads.nothing());
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
