package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.DestinationRule;
import io.librarymesh.controlplane.istio.Subset;
import io.librarymesh.controlplane.istio.TrafficPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One or more DestinationRules of a namespace for one host, as one.
 *
 * @param rules what was merged, the first one first
 * @param exportTo who sees it: that of the first rule
 * @param workloadSelector which clients it is for; absent means all
 * @param trafficPolicy the first one that any of the rules has, whole
 * @param subsets all of them; of two with one name the first
 */
record MergedDestinationRule(
    List<DestinationRule> rules,
    ExportTo exportTo,
    Optional<Map<String, String>> workloadSelector,
    Optional<TrafficPolicy> trafficPolicy,
    List<Subset> subsets) {

  static MergedDestinationRule of(DestinationRule rule, ExportTo exportTo) {
    return new MergedDestinationRule(
        List.of(rule), exportTo, rule.workloadSelector(), rule.trafficPolicy(), rule.subsets());
  }

  /** Whether a later rule may be folded into this one. */
  boolean accepts(DestinationRule rule, ExportTo ruleExportTo) {
    boolean bothSelect = workloadSelector.isPresent() && rule.workloadSelector().isPresent();
    return (!bothSelect || workloadSelector.equals(rule.workloadSelector()))
        && ruleExportTo.isSupersetOf(exportTo);
  }

  MergedDestinationRule with(DestinationRule rule) {
    List<DestinationRule> all = new ArrayList<>(rules);
    all.add(rule);
    List<Subset> union = new ArrayList<>(subsets);
    rule.subsets().stream().filter(s -> subset(s.name()).isEmpty()).forEach(union::add);
    return new MergedDestinationRule(
        List.copyOf(all),
        exportTo,
        workloadSelector,
        trafficPolicy.or(rule::trafficPolicy),
        List.copyOf(union));
  }

  Optional<Subset> subset(String name) {
    return subsets.stream().filter(s -> s.name().equals(name)).findFirst();
  }
}
