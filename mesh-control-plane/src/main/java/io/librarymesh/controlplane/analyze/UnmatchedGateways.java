package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.Gateway;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Gateways whose selector matches none of the proxies at the edge that are known, in any namespace.
 * The files of an application rarely have them: so where no workload is known that has labels of
 * the same keys and is such a proxy, by Istio's label or since another Gateway selects it, nothing
 * is said.
 */
final class UnmatchedGateways implements Analyzer {
  /** What Istio's own charts label the proxies at the edge with. */
  private static final String EDGE = "istio";

  @Override
  public Code code() {
    return Code.UNMATCHED_SELECTOR;
  }

  @Override
  public void analyze(AnalyzedMesh mesh, Report report) {
    List<Gateway> gateways = mesh.all(Gateway.class);
    List<Map<String, String>> known =
        KnownWorkloads.byNamespace(mesh).values().stream().flatMap(KnownWorkloads::labels).toList();
    List<Map<String, String>> proxies =
        known.stream().filter(labels -> isProxy(labels, gateways)).toList();
    for (Gateway gateway : gateways) {
      Map<String, String> selector = gateway.selector();
      NavigableSet<String> comparable = new TreeSet<>();
      proxies.stream()
          .filter(labels -> labels.keySet().containsAll(selector.keySet()))
          .forEach(labels -> comparable.add(labels.toString()));
      if (!selector.isEmpty()
          && !comparable.isEmpty()
          && known.stream().noneMatch(labels -> mayBe(labels, selector))) {
        report.warn(
            gateway.position(),
            "spec.selector",
            selector
                + ": none of the proxies at the edge that are known has these labels, so nothing"
                + " listens for this Gateway (expected: labels of one of them; known: "
                + comparable
                + ")");
      }
    }
  }

  private static boolean isProxy(Map<String, String> labels, List<Gateway> gateways) {
    return labels.containsKey(EDGE)
        || gateways.stream()
            .map(Gateway::selector)
            .anyMatch(s -> !s.isEmpty() && labels.entrySet().containsAll(s.entrySet()));
  }

  /** Some of the labels are those of the selector, and no other value is known of the rest. */
  private static boolean mayBe(Map<String, String> labels, Map<String, String> selector) {
    return !Labels.contradict(labels, selector)
        && selector.keySet().stream().anyMatch(labels::containsKey);
  }
}
