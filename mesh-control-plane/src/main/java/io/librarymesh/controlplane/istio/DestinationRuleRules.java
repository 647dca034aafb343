package io.librarymesh.controlplane.istio;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Rules of a DestinationRule as a whole. */
final class DestinationRuleRules {
  private DestinationRuleRules() {}

  static void check(DestinationRule rule, FieldPath spec, ValueRules rules) {
    if (!Names.isIp(rule.host())) {
      rules.wildcardHost(spec.field("host"), rule.host());
    }
    visibility(rule, spec, rules);
    TrafficPolicyRules policies = new TrafficPolicyRules(rules, rule.metadata().namespace());
    rule.trafficPolicy().ifPresent(policy -> policies.check(policy, spec.field("trafficPolicy")));
    Set<String> names = new HashSet<>();
    for (int i = 0; i < rule.subsets().size(); i++) {
      Subset subset = rule.subsets().get(i);
      FieldPath at = spec.field("subsets").index(i);
      name(subset.name(), names, at.field("name"), rules);
      rules.labels(at.field("labels"), subset.labels());
      subset.trafficPolicy().ifPresent(policy -> policies.check(policy, at.field("trafficPolicy")));
    }
  }

  private static void name(String name, Set<String> taken, FieldPath path, ValueRules rules) {
    if (name.isEmpty()) {
      rules.missing(path, "a name, by which routes choose the subset");
    } else if (!Names.isDnsLabel(name)) {
      rules.invalid(path, name, "a DNS label: letters, digits and '-'");
    } else if (!taken.add(name)) {
      rules.invalid(path, name, "every subset name once");
    }
  }

  private static void visibility(DestinationRule rule, FieldPath spec, ValueRules rules) {
    String namespace = rule.metadata().namespace();
    rules.exportTo(spec.field("exportTo"), rule.exportTo(), namespace, false);
    rule.workloadSelector()
        .ifPresent(
            labels -> rules.selector(spec.fields("workloadSelector", "matchLabels"), labels));
    boolean foreign =
        rule.exportTo().stream().anyMatch(to -> !List.of(".", namespace).contains(to));
    if (rule.workloadSelector().isPresent() && foreign) {
      rules
          .report()
          .invalid(
              spec.field("exportTo"),
              "another namespace beside a workloadSelector (expected: '.' or nothing)");
    }
  }
}
