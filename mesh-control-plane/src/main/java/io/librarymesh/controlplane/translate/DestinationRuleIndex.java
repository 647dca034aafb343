package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.DestinationRule;
import io.librarymesh.controlplane.istio.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the DestinationRule that is in force for a client and a service.
 *
 * <p>Three pools are searched, and the first with a match ends the search: the rules of the
 * client's namespace, those that the service's namespace exports, those that the root namespace
 * exports. In a pool only the most specific host counts. Immutable.
 */
final class DestinationRuleIndex {

  private static final Comparator<DestinationRule> SELECTORS_FIRST =
      Comparator.comparing((DestinationRule r) -> r.workloadSelector().isPresent() ? 0 : 1)
          .thenComparing(OldestFirst.ORDER);

  private final String rootNamespace;
  private final Map<String, Pool> local = new HashMap<>();
  private final Map<String, Pool> exported = new HashMap<>();
  private final Pool rootPrivate = new Pool();

  DestinationRuleIndex(Collection<Resource> resources, MeshConfig config) {
    this.rootNamespace = config.rootNamespace();
    resources.stream()
        .filter(DestinationRule.class::isInstance)
        .map(DestinationRule.class::cast)
        .sorted(SELECTORS_FIRST)
        .forEach(rule -> add(rule, host(rule, config.domain())));
    local.values().forEach(Pool::sort);
    exported.values().forEach(Pool::sort);
    rootPrivate.sort();
  }

  /** The host of a rule, complete. */
  static String host(DestinationRule rule, String domain) {
    return HostNames.resolve(rule.host(), rule.metadata().namespace(), domain);
  }

  private void add(DestinationRule rule, String host) {
    String namespace = rule.metadata().namespace();
    // A rule with a selector is never exported, whatever it says.
    ExportTo exportTo =
        rule.workloadSelector().isPresent()
            ? ExportTo.ownNamespace()
            : ExportTo.of(rule.exportTo(), namespace);
    if (exportTo.includesOwnNamespace()) {
      local.computeIfAbsent(namespace, n -> new Pool()).add(host, rule, exportTo);
    }
    if (!exportTo.isPrivate()) {
      exported.computeIfAbsent(namespace, n -> new Pool()).add(host, rule, exportTo);
    } else if (namespace.equals(rootNamespace)) {
      rootPrivate.add(host, rule, exportTo);
    }
  }

  /** The rule in force for clients of this view that call the host. */
  Optional<MergedDestinationRule> inForce(String host, String serviceNamespace, ClientView view) {
    String client = view.namespace();
    Pool own = client.equals(rootNamespace) ? rootPrivate : pool(local, client);
    List<MergedDestinationRule> found = own.mostSpecific(host);
    if (!found.isEmpty()) {
      return select(found, view);
    }
    return fromExported(serviceNamespace, host, client)
        .or(() -> fromExported(rootNamespace, host, client));
  }

  private Optional<MergedDestinationRule> fromExported(
      String namespace, String host, String client) {
    return last(
        pool(exported, namespace).mostSpecific(host).stream()
            .filter(rule -> rule.exportTo().includes(client))
            .toList());
  }

  /** A matching selector wins; else the newest rule without one; else there is none at all. */
  private static Optional<MergedDestinationRule> select(
      List<MergedDestinationRule> rules, ClientView view) {
    return rules.stream()
        .filter(r -> r.workloadSelector().isPresent())
        .filter(r -> view.hasLabels(r.workloadSelector().orElseThrow()))
        .findFirst()
        .or(() -> last(rules.stream().filter(r -> r.workloadSelector().isEmpty()).toList()));
  }

  private static Optional<MergedDestinationRule> last(List<MergedDestinationRule> rules) {
    return rules.isEmpty() ? Optional.empty() : Optional.of(rules.get(rules.size() - 1));
  }

  private static Pool pool(Map<String, Pool> pools, String namespace) {
    return pools.getOrDefault(namespace, EMPTY);
  }

  private static final Pool EMPTY = new Pool();

  /** Rules of one namespace by host. */
  private static final class Pool {

    private final Map<String, List<MergedDestinationRule>> byHost = new HashMap<>();
    private List<String> wildcards = List.of();

    void add(String host, DestinationRule rule, ExportTo exportTo) {
      List<MergedDestinationRule> rules = byHost.computeIfAbsent(host, h -> new ArrayList<>(1));
      boolean merged = false;
      for (int i = 0; i < rules.size(); i++) {
        if (rules.get(i).accepts(rule, exportTo)) {
          rules.set(i, rules.get(i).with(rule));
          merged = true;
        }
      }
      if (!merged) {
        rules.add(MergedDestinationRule.of(rule, exportTo));
      }
    }

    void sort() {
      wildcards =
          byHost.keySet().stream()
              .filter(HostNames::isWildcard)
              .sorted(HostNames.MOST_SPECIFIC_FIRST)
              .toList();
    }

    List<MergedDestinationRule> mostSpecific(String host) {
      List<MergedDestinationRule> exact = byHost.get(host);
      if (exact != null) {
        return exact;
      }
      return wildcards.stream()
          .filter(wildcard -> HostNames.covers(wildcard, host))
          .findFirst()
          .map(wildcard -> byHost.getOrDefault(wildcard, List.of()))
          .orElse(List.of());
    }
  }
}
