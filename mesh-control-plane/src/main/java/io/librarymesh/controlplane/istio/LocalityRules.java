package io.librarymesh.controlplane.istio;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Rules of locality and zone aware load balancing. */
final class LocalityRules {
  private static final Set<String> TOPOLOGY =
      Set.of(
          "topology.kubernetes.io/region",
          "topology.kubernetes.io/zone",
          "topology.istio.io/subzone");

  private LocalityRules() {}

  static void locality(
      LocalityLbSetting setting, boolean outlier, FieldPath path, ValueRules rules) {
    if (!setting.distribute().isEmpty() && !setting.failover().isEmpty()) {
      rules.report().invalid(path, "distribute and failover together (expected: one of them)");
    }
    distribute(setting.distribute(), path.field("distribute"), rules);
    failover(setting.failover(), path.field("failover"), rules);
    priority(setting.failoverPriority(), setting.failover(), path, rules);
    boolean failsOver = !setting.failover().isEmpty() || !setting.failoverPriority().isEmpty();
    if (failsOver && !outlier) {
      rules.report().suspicious(path, "without outlierDetection nothing ever fails over");
    }
  }

  static void zoneAware(ZoneAwareLbSetting setting, FieldPath path, ValueRules rules) {
    failover(setting.failover(), path.field("failover"), rules);
    priority(setting.failoverPriority(), List.of(), path, rules);
    for (int i = 0; i < setting.failoverPriority().size(); i++) {
      String label = setting.failoverPriority().get(i);
      if (isTopology(label)) {
        rules.invalid(
            path.field("failoverPriority").index(i), label, "a label other than the topology's");
      }
    }
    setting
        .minClusterSize()
        .filter(size -> size < 1)
        .ifPresent(size -> rules.invalid(path.field("minClusterSize"), size, "1 or more"));
  }

  private static void distribute(
      List<LocalityLbSetting.Distribute> entries, FieldPath path, ValueRules rules) {
    List<String> sources = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      LocalityLbSetting.Distribute entry = entries.get(i);
      FieldPath at = path.index(i);
      place(entry.from(), sources, at.field("from"), rules);
      long sum = 0;
      List<String> targets = new ArrayList<>();
      for (var share : entry.to().entrySet()) {
        FieldPath target = at.field("to").field(share.getKey());
        place(share.getKey(), targets, target, rules);
        rules.within(target, share.getValue(), 1, 100);
        sum += share.getValue();
      }
      if (sum != 100) {
        rules
            .report()
            .incomplete(at.field("to"), "shares add up to " + sum + " (expected: 100 in sum)");
      }
    }
  }

  private static void place(String place, List<String> others, FieldPath path, ValueRules rules) {
    String[] parts = place.split("/", -1);
    boolean valid = parts.length <= 3;
    for (int i = 0; i < parts.length; i++) {
      boolean wildcard = parts[i].contains("*");
      valid &=
          !parts[i].isEmpty() && (!wildcard || (parts[i].equals("*") && i == parts.length - 1));
    }
    if (!valid) {
      rules.invalid(path, place, "region, region/zone or region/zone/subzone; '*' only at the end");
    }
    for (String other : others) {
      if (overlap(place, other)) {
        rules.invalid(path, place, "no overlap with " + other);
      }
    }
    others.add(place);
  }

  /** A place that ends early covers everything in it, with or without a wildcard. */
  private static boolean overlap(String a, String b) {
    String[] left = a.split("/", -1);
    String[] right = b.split("/", -1);
    for (int i = 0; i < Math.min(left.length, right.length); i++) {
      if (left[i].equals("*") || right[i].equals("*")) {
        return true;
      }
      if (!left[i].equals(right[i])) {
        return false;
      }
    }
    return true;
  }

  private static void failover(
      List<LocalityLbSetting.Failover> entries, FieldPath path, ValueRules rules) {
    for (int i = 0; i < entries.size(); i++) {
      LocalityLbSetting.Failover entry = entries.get(i);
      FieldPath at = path.index(i);
      region(entry.from(), at.field("from"), rules);
      region(entry.to(), at.field("to"), rules);
      if (entry.from().equals(entry.to())) {
        rules.invalid(at.field("to"), entry.to(), "another region than 'from'");
      }
    }
  }

  private static void region(String region, FieldPath path, ValueRules rules) {
    if (region.isEmpty() || region.contains("/") || region.contains("*")) {
      rules.invalid(path, region.isEmpty() ? "missing" : region, "a region");
    }
  }

  private static void priority(
      List<String> labels,
      List<LocalityLbSetting.Failover> failover,
      FieldPath path,
      ValueRules rules) {
    for (int i = 0; i < labels.size(); i++) {
      FieldPath at = path.field("failoverPriority").index(i);
      String label = labels.get(i);
      if (label.isEmpty()) {
        rules.missing(at, "a label");
      } else if (!failover.isEmpty() && isTopology(label)) {
        rules.invalid(at, label, "no topology label beside failover");
      }
    }
  }

  private static boolean isTopology(String label) {
    int equals = label.indexOf('=');
    return TOPOLOGY.contains(equals < 0 ? label : label.substring(0, equals));
  }
}
