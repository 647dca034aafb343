package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import io.librarymesh.controlplane.registry.ServicePort;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Hosts that several objects declare, so that it depends on the client which one is meant. */
final class HostCollisions implements Analyzer {

  @Override
  public Code code() {
    return Code.HOST_COLLISION;
  }

  @Override
  public void analyze(AnalyzedMesh mesh, Report report) {
    for (String host : mesh.context().registry().hosts()) {
      // In the order of preference for clients that have none of their own.
      List<Service> services =
          mesh.context().registry().servicesOf(host).stream()
              .map(RegisteredService::service)
              .toList();
      for (int i = 1; i < services.size(); i++) {
        check(mesh, services.subList(0, i), services.get(i), report);
      }
    }
  }

  private static void check(AnalyzedMesh mesh, List<Service> before, Service later, Report report) {
    Set<Integer> ports = numbers(later);
    for (Service first : before) {
      boolean merged = !first.isKubernetes() && numbers(first).stream().noneMatch(ports::contains);
      List<String> both =
          mesh.namespaces().stream()
              .filter(n -> first.isVisibleTo(n) && later.isVisibleTo(n))
              .toList();
      if (!merged && !both.isEmpty()) {
        report.warn(
            later.declaredBy().position(),
            later.isKubernetes() ? "metadata.name" : "spec.hosts",
            message(later, first, winners(mesh, later.host(), both)));
        return;
      }
    }
  }

  private static Set<Integer> numbers(Service service) {
    return service.ports().stream().map(ServicePort::number).collect(Collectors.toSet());
  }

  /** Whose declaration the clients of each namespace get. */
  private static Map<String, List<String>> winners(
      AnalyzedMesh mesh, String host, List<String> namespaces) {
    return namespaces.stream()
        .collect(
            Collectors.groupingBy(
                n -> mesh.service(host, n).map(HostCollisions::name).orElse("neither"),
                TreeMap::new,
                Collectors.toList()));
  }

  private static String name(Service service) {
    return service.declaredBy().kind().yamlName()
        + " "
        + service.declaredBy().namespace()
        + "/"
        + service.declaredBy().name();
  }

  private static String message(Service later, Service first, Map<String, List<String>> winners) {
    String who =
        winners.entrySet().stream()
            .map(e -> "clients in " + e.getValue() + " call " + e.getKey())
            .collect(Collectors.joining(", "));
    return later.host()
        + " is declared by "
        + name(first)
        + " at "
        + first.declaredBy().position()
        + " as well: "
        + who
        + " (expected: one declaration; they are not merged)";
  }
}
