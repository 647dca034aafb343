package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.DestinationRule;
import io.librarymesh.controlplane.istio.Subset;
import io.librarymesh.controlplane.translate.ExportTo;
import io.librarymesh.controlplane.translate.OldestFirst;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Several DestinationRules of one namespace for one host. They are merged, the oldest first: of two
 * subsets of a name the first counts, of two traffic policies the first as a whole. Where a later
 * one is exported less far, the two stand beside each other, and the newest counts alone.
 */
final class SeveralDestinationRules implements Analyzer {

  @Override
  public Code code() {
    return Code.SEVERAL_DESTINATION_RULES;
  }

  @Override
  public void analyze(AnalyzedMesh mesh, Report report) {
    Map<List<String>, List<DestinationRule>> byHost = new LinkedHashMap<>();
    mesh.all(DestinationRule.class).stream()
        .filter(rule -> rule.workloadSelector().isEmpty())
        .sorted(OldestFirst.ORDER)
        .forEach(
            rule ->
                byHost
                    .computeIfAbsent(
                        List.of(
                            rule.metadata().namespace(),
                            mesh.resolve(rule.host(), rule).toLowerCase(Locale.ROOT)),
                        key -> new ArrayList<>(1))
                    .add(rule));
    for (List<DestinationRule> rules : byHost.values()) {
      for (int i = 1; i < rules.size(); i++) {
        check(rules.subList(0, i), rules.get(i), report);
      }
    }
  }

  private static void check(List<DestinationRule> before, DestinationRule rule, Report report) {
    DestinationRule first = before.get(0);
    String of = first.id() + " at " + first.position();
    if (!exportTo(rule).isSupersetOf(exportTo(first))) {
      report.warn(
          rule.position(),
          "spec.exportTo",
          "not merged with "
              + of
              + ", which is exported to others: whoever sees both has this one alone in force"
              + " (expected: one rule, or the same exportTo)");
      return;
    }
    boolean lost = false;
    for (int i = 0; i < rule.subsets().size(); i++) {
      String name = rule.subsets().get(i).name();
      if (before.stream().flatMap(r -> r.subsets().stream()).anyMatch(s -> s.name().equals(name))) {
        lost = true;
        report.warn(rule.subsets().get(i).position(), "spec.subsets[" + i + "]", again(name, of));
      }
    }
    if (rule.trafficPolicy().isPresent()
        && before.stream().anyMatch(r -> r.trafficPolicy().isPresent())) {
      lost = true;
      report.warn(
          rule.position(),
          "spec.trafficPolicy",
          "not in force: the policy of "
              + of
              + " for the same host counts, as a whole (expected: one DestinationRule for the"
              + " host)");
    }
    if (!lost) {
      report.inform(rule.position(), "spec.host", merged(rule, of));
    }
  }

  private static String again(String name, String of) {
    return name
        + ": not in force, a subset of this name stands in "
        + of
        + " or behind it for the same host already (expected: another name, or one"
        + " DestinationRule for the host)";
  }

  private static String merged(DestinationRule rule, String of) {
    String subsets = String.join(", ", rule.subsets().stream().map(Subset::name).toList());
    return "merged with "
        + of
        + (subsets.isEmpty() ? "" : ", which gets the subsets " + subsets)
        + " (expected: one DestinationRule for the host, so that nothing gets lost one day)";
  }

  private static ExportTo exportTo(DestinationRule rule) {
    return ExportTo.of(rule.exportTo(), rule.metadata().namespace());
  }
}
