package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Resource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Rules that attach to hosts, by host: which of them a namespace sees and in which order they win.
 * Hosts are complete and lower-case. Immutable.
 *
 * @param <R> the kind of the rules
 */
final class HostIndex<R extends Resource> {
  private final Map<String, List<R>> byHost = new HashMap<>();
  private final Function<R, List<String>> exportTo;
  private final List<String> wildcards;

  /**
   * @param hosts the hosts that a rule attaches to, as written
   * @param exportTo the namespaces that see a rule, as written
   */
  HostIndex(
      Stream<R> rules,
      Function<R, List<String>> hosts,
      Function<R, List<String>> exportTo,
      String domain) {
    this.exportTo = exportTo;
    rules
        .sorted(OldestFirst.ORDER)
        .forEach(
            rule ->
                complete(hosts.apply(rule), rule, domain)
                    .forEach(h -> byHost.computeIfAbsent(h, k -> new ArrayList<>(1)).add(rule)));
    wildcards =
        byHost.keySet().stream()
            .filter(HostNames::isWildcard)
            .sorted(HostNames.MOST_SPECIFIC_FIRST)
            .toList();
  }

  /** Written hosts of a rule, complete and lower-case. */
  static List<String> complete(List<String> hosts, Resource rule, String domain) {
    return hosts.stream()
        .map(h -> HostNames.resolve(h, rule.metadata().namespace(), domain))
        .map(h -> h.toLowerCase(Locale.ROOT))
        .distinct()
        .toList();
  }

  /**
   * The rules with exactly this host that a namespace sees, the one that wins first: the client's
   * private ones, then those exported to it by name, then the public; the oldest first among each.
   */
  List<R> withHost(String host, String clientNamespace) {
    return withHost(host, clientNamespace, rule -> true);
  }

  /**
   * The same without those that the client does not import.
   *
   * @param imported asked only about rules that the namespace sees
   */
  List<R> withHost(String host, String clientNamespace, Predicate<R> imported) {
    return byHost.getOrDefault(host, List.of()).stream()
        .filter(rule -> isVisible(rule, clientNamespace))
        .filter(imported)
        .sorted(Comparator.comparing(rule -> rank(rule, clientNamespace)))
        .toList();
  }

  /** Those of the most specific host that covers the given one; empty when there is none. */
  List<R> mostSpecific(String host, String clientNamespace) {
    return mostSpecific(host, clientNamespace, rule -> true);
  }

  /** The same among those that the client imports; see {@link #withHost}. */
  List<R> mostSpecific(String host, String clientNamespace, Predicate<R> imported) {
    List<R> exact = withHost(host, clientNamespace, imported);
    if (!exact.isEmpty()) {
      return exact;
    }
    for (String wildcard : wildcards) {
      if (HostNames.covers(wildcard, host)) {
        List<R> found = withHost(wildcard, clientNamespace, imported);
        if (!found.isEmpty()) {
          return found;
        }
      }
    }
    return List.of();
  }

  /** The hosts that some rule attaches to, wildcards included. */
  Set<String> hosts() {
    return byHost.keySet();
  }

  /** Wildcard hosts, the longest first. */
  List<String> wildcardHosts() {
    return wildcards;
  }

  /** Whether a namespace sees a rule. */
  boolean isVisible(R rule, String clientNamespace) {
    return rank(rule, clientNamespace) < ExportTo.HIDDEN;
  }

  private int rank(R rule, String clientNamespace) {
    return ExportTo.rank(exportTo.apply(rule), rule, clientNamespace);
  }
}
