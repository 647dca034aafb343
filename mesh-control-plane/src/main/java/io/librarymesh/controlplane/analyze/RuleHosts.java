package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.ServicePort;
import io.librarymesh.controlplane.translate.HostNames;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * VirtualServices for names that are no services: they are for calls to port 80 of exactly that
 * name, which is seldom what was meant.
 */
final class RuleHosts implements Analyzer {

  @Override
  public Code code() {
    return Code.UNKNOWN_RULE_HOST;
  }

  @Override
  public void analyze(AnalyzedMesh mesh, Report report) {
    for (VirtualService rules : mesh.meshRules()) {
      for (int i = 0; i < rules.hosts().size(); i++) {
        String host = mesh.resolve(rules.hosts().get(i), rules);
        if (!HostNames.isWildcard(host) && mesh.servicesOf(host).findAny().isEmpty()) {
          check(mesh, rules, host, "spec.hosts[" + i + "]", report);
        }
      }
    }
  }

  private static void check(
      AnalyzedMesh mesh, VirtualService rules, String host, String path, Report report) {
    String only = host + ": no such service, so the rules are for calls to its port 80 alone";
    Optional<RegisteredService> wildcard = wildcard(mesh, host);
    if (wildcard.isPresent()) {
      List<Integer> ports =
          wildcard.get().service().ports().stream().map(ServicePort::number).toList();
      if (!ports.equals(List.of(80))) {
        report.warn(
            rules.position(),
            path,
            only
                + ", since the ports "
                + ports
                + " are those of "
                + wildcard.get().service().host()
                + " (expected: a ServiceEntry for this host)");
      }
      return;
    }
    List<String> similar = mesh.similar(host);
    if (!similar.isEmpty()) {
      report.warn(rules.position(), path, only + " (did you mean " + join(similar) + "?)");
    } else if (host.toLowerCase(Locale.ROOT)
        .endsWith(".svc." + mesh.context().meshConfig().domain())) {
      report.warn(rules.position(), path, only + " (expected: the host of a Service)");
    } else {
      report.inform(
          rules.position(),
          path,
          only + " (expected: a ServiceEntry, if the host has other ports or is to have a policy)");
    }
  }

  private static String join(List<String> names) {
    return String.join(" or ", names);
  }

  private static Optional<RegisteredService> wildcard(AnalyzedMesh mesh, String host) {
    return mesh.services().stream()
        .filter(s -> HostNames.isWildcard(s.service().host()))
        .filter(s -> HostNames.covers(s.service().host(), host))
        .findFirst();
  }
}
