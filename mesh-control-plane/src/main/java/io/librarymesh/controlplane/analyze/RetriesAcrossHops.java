package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.HttpRetry;
import io.librarymesh.controlplane.istio.HttpRoute;
import io.librarymesh.controlplane.istio.VirtualService;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Retries of failing answers at several hops of one path of calls: the service at its end is asked
 * as often as the product of all tries, just when it fails. What calls what is known as far as
 * rules and Sidecars tell.
 */
final class RetriesAcrossHops implements Analyzer {

  /** Conditions under which an answer that says 5xx, or a stream that breaks, is tried again. */
  private static final List<String> OF_ANSWERS =
      List.of(
          "5xx",
          "gateway-error",
          "reset",
          "internal",
          "unavailable",
          "deadline-exceeded",
          "resource-exhausted",
          "cancelled");

  @Override
  public Code code() {
    return Code.RETRIES_MULTIPLY;
  }

  /** The rule that tries most often to get an answer of a host. */
  private record Retrying(String host, HttpRoute rule, int tries) {}

  /** A way from a caller to a host; the host last. */
  private record Path(List<String> hosts, long tries) {}

  @Override
  public void analyze(AnalyzedMesh mesh, Report report) {
    Map<String, Retrying> retrying = retrying(mesh);
    CallGraph graph = CallGraph.of(mesh);
    RulePaths paths = RulePaths.of(mesh);
    boolean found = false;
    for (Retrying last : retrying.values()) {
      Path worst = worst(List.of(last.host()), last.tries(), graph, retrying);
      if (worst.tries() > last.tries()) {
        found = true;
        String at = paths.at(last.rule().position()) + ".retries";
        report.warn(last.rule().position(), at, message(worst, retrying));
      }
    }
    if (!found && retrying.size() > 1) {
      inform(retrying, paths, report);
    }
  }

  private static Map<String, Retrying> retrying(AnalyzedMesh mesh) {
    Map<String, Retrying> all = new LinkedHashMap<>();
    for (VirtualService rules : mesh.context().effectiveRules()) {
      for (HttpRoute rule : rules.http()) {
        int tries =
            1 + rule.retries().filter(r -> retriesAnswers(r)).map(r -> r.attempts()).orElse(0);
        rules.hosts().stream()
            .filter(host -> tries > 1)
            .map(host -> mesh.resolve(host, rules))
            .flatMap(mesh::servicesOf)
            .map(service -> service.service().host().toLowerCase(Locale.ROOT))
            .forEach(
                host ->
                    all.merge(
                        host,
                        new Retrying(host, rule, tries),
                        (a, b) -> a.tries() >= b.tries() ? a : b));
      }
    }
    return all;
  }

  private static boolean retriesAnswers(HttpRetry retries) {
    return retries.retryOn().stream()
        .anyMatch(condition -> OF_ANSWERS.contains(condition) || condition.startsWith("5"));
  }

  /** The way to a host on which it is asked most often, without going round in circles. */
  private static Path worst(
      List<String> hosts, long tries, CallGraph graph, Map<String, Retrying> retrying) {
    Path worst = new Path(hosts, tries);
    if (hosts.size() > CallGraph.LONGEST) {
      return worst;
    }
    for (String caller : graph.callersOf(hosts.get(0))) {
      if (!hosts.contains(caller)) {
        Retrying above = retrying.get(caller);
        List<String> longer = new ArrayList<>(hosts);
        longer.add(0, caller);
        Path path = worst(longer, tries * (above == null ? 1 : above.tries()), graph, retrying);
        worst = path.tries() > worst.tries() ? path : worst;
      }
    }
    return worst;
  }

  private static String message(Path path, Map<String, Retrying> retrying) {
    String hops =
        path.hosts().stream()
            .map(retrying::get)
            .filter(hop -> hop != null)
            .map(hop -> hop.tries() + " of " + hop.host() + " (" + hop.rule().position() + ")")
            .collect(Collectors.joining(" x "));
    return "one call by way of "
        + String.join(" -> ", path.hosts())
        + " becomes up to "
        + path.tries()
        + " requests to the last when it fails: "
        + hops
        + "; only the budget of retries, which --istio-exact switches off, is between (expected:"
        + " retries of answers at one hop of a path)";
  }

  private static void inform(Map<String, Retrying> retrying, RulePaths paths, Report report) {
    List<Retrying> most =
        retrying.values().stream()
            .sorted(
                Comparator.comparingInt((Retrying hop) -> -hop.tries())
                    .thenComparing(Retrying::host))
            .toList();
    Retrying first = most.get(0);
    Retrying second = most.get(1);
    if (first.rule().equals(second.rule())) {
      return; // One rule for several hosts: nobody says that they call each other.
    }
    report.inform(
        first.rule().position(),
        paths.at(first.rule().position()) + ".retries",
        "failing answers are retried for "
            + most.size()
            + " hosts: a call that passes through "
            + first.host()
            + " and "
            + second.host()
            + " ("
            + second.rule().position()
            + ") may become "
            + (long) first.tries() * second.tries()
            + " requests (expected: retries of answers at one hop of a path; sourceLabels or a"
            + " Sidecar's egress.hosts tell who calls whom)");
  }
}
