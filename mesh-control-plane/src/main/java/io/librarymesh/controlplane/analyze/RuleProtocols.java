package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.registry.ServicePort;
import java.util.List;
import java.util.function.Predicate;

/** Rules for HTTP where no port speaks it, and rules for TLS or TCP where all ports are HTTP's. */
final class RuleProtocols implements Analyzer {

  @Override
  public Code code() {
    return Code.OTHER_PROTOCOL;
  }

  @Override
  public void analyze(AnalyzedMesh mesh, Report report) {
    for (VirtualService rules : mesh.meshRules()) {
      List<ServicePort> ports =
          rules.hosts().stream()
              .map(host -> mesh.resolve(host, rules))
              .flatMap(mesh::servicesOf)
              .flatMap(service -> service.service().ports().stream())
              .distinct()
              .toList();
      boolean known =
          rules.hosts().stream()
              .map(host -> mesh.resolve(host, rules))
              .allMatch(host -> mesh.servicesOf(host).findAny().isPresent());
      if (known && !ports.isEmpty()) {
        check(rules, rules.http(), "http", ports, ServicePort::isHttp, report);
        check(rules, rules.tls(), "tls", ports, ServicePort::isTls, report);
        check(rules, rules.tcp(), "tcp", ports, port -> !port.isHttp(), report);
      }
    }
  }

  private static void check(
      VirtualService rules,
      List<?> section,
      String name,
      List<ServicePort> ports,
      Predicate<ServicePort> fits,
      Report report) {
    if (!section.isEmpty() && ports.stream().noneMatch(fits)) {
      List<String> spoken =
          ports.stream().map(port -> port.number() + " " + port.protocol()).sorted().toList();
      report.warn(
          rules.position(),
          "spec." + name,
          "these rules are for no call: the ports of "
              + rules.hosts()
              + " are "
              + spoken
              + " (expected: a port that is declared as "
              + (name.equals("http") ? "HTTP" : name.equals("tls") ? "HTTPS or TLS" : "TCP")
              + ", or rules for what is spoken)");
    }
  }
}
