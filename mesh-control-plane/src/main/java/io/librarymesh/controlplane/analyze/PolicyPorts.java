package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.DestinationRule;
import io.librarymesh.controlplane.istio.TrafficPolicy;
import io.librarymesh.controlplane.istio.TrafficPolicy.PortTrafficPolicy;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.ServicePort;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Policies of a port that no service of the DestinationRule has. */
final class PolicyPorts implements Analyzer {

  @Override
  public Code code() {
    return Code.UNKNOWN_POLICY_PORT;
  }

  @Override
  public void analyze(AnalyzedMesh mesh, Report report) {
    for (DestinationRule rule : mesh.all(DestinationRule.class)) {
      List<RegisteredService> services = mesh.servicesOf(mesh.resolve(rule.host(), rule)).toList();
      if (!services.isEmpty()) {
        check(rule, ports(services), report);
      }
    }
  }

  private static NavigableSet<Integer> ports(List<RegisteredService> services) {
    return services.stream()
        .flatMap(service -> service.service().ports().stream())
        .map(ServicePort::number)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void check(DestinationRule rule, NavigableSet<Integer> ports, Report report) {
    rule.trafficPolicy()
        .ifPresent(policy -> check(rule, policy, "spec.trafficPolicy", ports, report));
    for (int i = 0; i < rule.subsets().size(); i++) {
      String path = "spec.subsets[" + i + "].trafficPolicy";
      rule.subsets()
          .get(i)
          .trafficPolicy()
          .ifPresent(policy -> check(rule, policy, path, ports, report));
    }
  }

  private static void check(
      DestinationRule rule,
      TrafficPolicy policy,
      String path,
      NavigableSet<Integer> ports,
      Report report) {
    for (int i = 0; i < policy.portLevelSettings().size(); i++) {
      PortTrafficPolicy settings = policy.portLevelSettings().get(i);
      if (!ports.contains(settings.port())) {
        report.warn(
            settings.position(),
            path + ".portLevelSettings[" + i + "].port.number",
            settings.port()
                + ": "
                + rule.host()
                + " has no such port, so the settings are for no call (expected: one of "
                + ports
                + "; the port of the service, not that of its workloads)");
      }
    }
  }
}
