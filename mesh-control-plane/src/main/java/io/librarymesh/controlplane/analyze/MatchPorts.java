package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.HttpMatchRequest;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.ServicePort;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/** Matches on a port that no service of the VirtualService has. */
final class MatchPorts implements Analyzer {

  /** Where calls to a name that is no service are known. */
  private static final int LITERAL = 80;

  @Override
  public Code code() {
    return Code.UNKNOWN_MATCH_PORT;
  }

  @Override
  public void analyze(AnalyzedMesh mesh, Report report) {
    for (VirtualService rules : mesh.meshRules()) {
      NavigableSet<Integer> ports = ports(mesh, rules);
      for (int i = 0; i < rules.http().size(); i++) {
        List<HttpMatchRequest> matches = rules.http().get(i).match();
        for (int j = 0; j < matches.size(); j++) {
          String path = "spec.http[" + i + "].match[" + j + "].port";
          Optional<Integer> unknown =
              matches.get(j).scope().port().filter(port -> !ports.contains(port));
          if (unknown.isPresent()) {
            report.warn(matches.get(j).position(), path, message(unknown.get(), rules, ports));
          }
        }
      }
    }
  }

  private static String message(int port, VirtualService rules, NavigableSet<Integer> ports) {
    return port
        + ": no service of "
        + rules.hosts()
        + " has this port, so the match takes nothing (expected: one of "
        + ports
        + "; the port of the service, not that of its workloads)";
  }

  /** The ports at which clients of the mesh call the hosts of rules. */
  static NavigableSet<Integer> ports(AnalyzedMesh mesh, VirtualService rules) {
    NavigableSet<Integer> ports = new TreeSet<>();
    for (String host : rules.hosts()) {
      List<RegisteredService> services = mesh.servicesOf(mesh.resolve(host, rules)).toList();
      services.stream()
          .flatMap(service -> service.service().ports().stream())
          .map(ServicePort::number)
          .forEach(ports::add);
      if (services.isEmpty()) {
        ports.add(LITERAL);
      }
    }
    return ports;
  }
}
