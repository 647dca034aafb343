package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.DestinationRule;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.translate.ExportTo;
import java.util.List;
import java.util.Optional;

/**
 * Rules that no client has in force: exported to namespaces in which there is nothing, for a
 * service that those who see the rule do not see, or behind another rule everywhere.
 */
final class HiddenRules implements Analyzer {

  @Override
  public Code code() {
    return Code.HIDDEN_RULE;
  }

  @Override
  public void analyze(AnalyzedMesh mesh, Report report) {
    mesh.meshRules().forEach(rules -> check(mesh, rules, report));
    mesh.all(DestinationRule.class).forEach(rule -> check(mesh, rule, report));
  }

  private static void check(AnalyzedMesh mesh, VirtualService rules, Report report) {
    List<String> sees =
        mesh.namespaces().stream().filter(namespace -> mesh.view(namespace).sees(rules)).toList();
    if (sees.isEmpty()) {
      report.warn(rules.position(), "spec.exportTo", nobody(rules, rules.exportTo()));
      return;
    }
    for (int i = 0; i < rules.hosts().size(); i++) {
      String host = mesh.resolve(rules.hosts().get(i), rules);
      List<RegisteredService> services = mesh.servicesOf(host).toList();
      if (!services.isEmpty()
          && services.stream()
              .noneMatch(
                  s -> sees.stream().anyMatch(namespace -> s.service().isVisibleTo(namespace)))) {
        report.warn(
            rules.position(),
            "spec.hosts[" + i + "]",
            host
                + ": none of the namespaces that see these rules, "
                + sees
                + ", sees the service, which is exported to "
                + services.get(0).service().exportTo()
                + " (expected: a namespace in both)");
      }
    }
  }

  private static void check(AnalyzedMesh mesh, DestinationRule rule, Report report) {
    String namespace = rule.metadata().namespace();
    ExportTo exportTo = ExportTo.of(rule.exportTo(), namespace);
    if (mesh.namespaces().stream().noneMatch(n -> sees(exportTo, namespace, n))) {
      report.warn(rule.position(), "spec.exportTo", nobody(rule, rule.exportTo()));
      return;
    }
    if (rule.workloadSelector().isPresent()) {
      return; // Whether it is for anybody depends on labels.
    }
    List<RegisteredService> services = mesh.servicesOf(mesh.resolve(rule.host(), rule)).toList();
    boolean used =
        services.stream()
            .anyMatch(
                s ->
                    mesh.namespaces().stream()
                        .anyMatch(n -> inForce(mesh, rule, s, n).isPresent()));
    if (!services.isEmpty() && !used) {
      report.warn(rule.position(), "spec.host", unused(mesh, rule, exportTo, services.get(0)));
    }
  }

  private static boolean sees(ExportTo exportTo, String own, String namespace) {
    return namespace.equals(own) ? exportTo.includesOwnNamespace() : exportTo.includes(namespace);
  }

  private static Optional<DestinationRule> inForce(
      AnalyzedMesh mesh, DestinationRule rule, RegisteredService service, String namespace) {
    return mesh.view(namespace).destinationRules(service.service()).stream()
        .filter(other -> other.id().equals(rule.id()))
        .findFirst();
  }

  private static String unused(
      AnalyzedMesh mesh, DestinationRule rule, ExportTo exportTo, RegisteredService service) {
    String own = rule.metadata().namespace();
    String host = service.service().host();
    if (!exportTo.includesOwnNamespace() && !own.equals(service.service().namespace())) {
      return "clients look for rules in their own namespace, in that of the service, "
          + service.service().namespace()
          + ", and in "
          + mesh.context().meshConfig().rootNamespace()
          + ", so nobody uses this one, which is for other namespaces than its own (expected: the"
          + " rule in one of these)";
    }
    String winner =
        mesh.view(own).destinationRules(service.service()).stream()
            .findFirst()
            .map(other -> other.id() + " at " + other.position())
            .orElse("another rule");
    return "nobody uses this rule for "
        + host
        + ": "
        + winner
        + " is in force for those who see it (expected: one rule, or different exportTo)";
  }

  private static String nobody(Resource resource, List<String> exportTo) {
    return exportTo
        + ": there is nothing in any of these namespaces, so nobody sees this "
        + resource.kind().yamlName()
        + " (expected: namespaces with clients, '.' for "
        + resource.metadata().namespace()
        + " or '*' for all)";
  }
}
