package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.DestinationRule;
import io.librarymesh.controlplane.istio.LoadBalancerSettings;
import io.librarymesh.controlplane.istio.LocalityLbSetting;
import io.librarymesh.controlplane.istio.Spelling;
import io.librarymesh.controlplane.istio.TrafficPolicy;
import io.librarymesh.controlplane.istio.WorkloadEntry;
import io.librarymesh.controlplane.istio.WorkloadGroup;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Shares and failover of clients in regions in which nothing is known to be. Clients need not be
 * endpoints of anything, so it is an information; where no locality is known nothing is said.
 */
final class UnknownLocalities implements Analyzer {

  @Override
  public Code code() {
    return Code.UNKNOWN_LOCALITY;
  }

  @Override
  public void analyze(AnalyzedMesh mesh, Report report) {
    NavigableSet<String> regions = regions(mesh);
    if (regions.isEmpty()) {
      return;
    }
    for (DestinationRule rule : mesh.all(DestinationRule.class)) {
      rule.trafficPolicy()
          .ifPresent(policy -> check(rule, policy, "spec.trafficPolicy", regions, report));
      for (int i = 0; i < rule.subsets().size(); i++) {
        String path = "spec.subsets[" + i + "].trafficPolicy";
        rule.subsets()
            .get(i)
            .trafficPolicy()
            .ifPresent(policy -> check(rule, policy, path, regions, report));
      }
    }
  }

  private static NavigableSet<String> regions(AnalyzedMesh mesh) {
    NavigableSet<String> regions = new TreeSet<>();
    mesh.services().stream()
        .flatMap(service -> service.endpoints().values().stream().flatMap(List::stream))
        .forEach(endpoint -> regions.add(region(endpoint.locality())));
    mesh.all(WorkloadEntry.class).forEach(e -> regions.add(region(e.spec().locality())));
    mesh.all(WorkloadGroup.class).forEach(g -> regions.add(region(g.template().locality())));
    regions.remove("");
    return regions;
  }

  private static String region(String locality) {
    int end = locality.indexOf('/');
    return end < 0 ? locality : locality.substring(0, end);
  }

  private static void check(
      DestinationRule rule,
      TrafficPolicy policy,
      String path,
      NavigableSet<String> regions,
      Report report) {
    check(rule, policy.loadBalancer(), path, regions, report);
    for (int i = 0; i < policy.portLevelSettings().size(); i++) {
      String port = path + ".portLevelSettings[" + i + "]";
      check(rule, policy.portLevelSettings().get(i).loadBalancer(), port, regions, report);
    }
  }

  private static void check(
      DestinationRule rule,
      Optional<LoadBalancerSettings> balancer,
      String path,
      NavigableSet<String> regions,
      Report report) {
    Optional<LocalityLbSetting> setting = balancer.flatMap(b -> b.localityLbSetting());
    if (setting.isEmpty()) {
      return;
    }
    String at = path + ".loadBalancer.localityLbSetting.";
    List<LocalityLbSetting.Distribute> shares = setting.get().distribute();
    for (int i = 0; i < shares.size(); i++) {
      check(rule, shares.get(i).from(), at + "distribute[" + i + "].from", regions, report);
    }
    List<LocalityLbSetting.Failover> failover = setting.get().failover();
    for (int i = 0; i < failover.size(); i++) {
      check(rule, failover.get(i).from(), at + "failover[" + i + "].from", regions, report);
    }
  }

  private static void check(
      DestinationRule rule, String from, String path, NavigableSet<String> regions, Report report) {
    String region = region(from);
    if (!region.isEmpty() && !region.equals("*") && !regions.contains(region)) {
      report.inform(
          rule.position(),
          path,
          from
              + ": nothing that is known is in the region "
              + region
              + Spelling.hint(region, regions)
              + " (expected: where clients are; known: "
              + regions
              + ")");
    }
  }
}
