package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.GatewayRoute;
import io.librarymesh.controlplane.istio.Sidecar;
import io.librarymesh.controlplane.istio.Spelling;
import io.librarymesh.controlplane.istio.VirtualService;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Everything that a Sidecar imports of a namespace which has no service and no rules. The root
 * namespace is imported by habit and says nothing in files of applications; single hosts that lead
 * nowhere are among the references.
 */
final class EmptyImports implements Analyzer {
  private static final String EVERYTHING = "/*";

  @Override
  public Code code() {
    return Code.EMPTY_IMPORT;
  }

  @Override
  public void analyze(AnalyzedMesh mesh, Report report) {
    NavigableSet<String> importable = importable(mesh);
    for (Sidecar sidecar : mesh.all(Sidecar.class)) {
      for (int i = 0; i < sidecar.egress().size(); i++) {
        Sidecar.Egress egress = sidecar.egress().get(i);
        for (int j = 0; j < egress.hosts().size(); j++) {
          String host = egress.hosts().get(j);
          if (isEmpty(host, sidecar, importable, mesh)) {
            String path = "spec.egress[" + i + "].hosts[" + j + "]";
            report.warn(egress.position(), path, message(host, importable));
          }
        }
      }
    }
  }

  private static boolean isEmpty(
      String host, Sidecar sidecar, NavigableSet<String> importable, AnalyzedMesh mesh) {
    if (!host.endsWith(EVERYTHING)) {
      return false;
    }
    String namespace = namespace(host);
    return !namespace.equals("*")
        && !namespace.equals(".")
        && !namespace.startsWith("~")
        && !namespace.equals(sidecar.metadata().namespace())
        && !namespace.equals(mesh.context().meshConfig().rootNamespace())
        && !importable.contains(namespace);
  }

  private static String namespace(String host) {
    return host.substring(0, host.length() - EVERYTHING.length());
  }

  private static NavigableSet<String> importable(AnalyzedMesh mesh) {
    NavigableSet<String> namespaces = new TreeSet<>();
    mesh.services().forEach(service -> namespaces.add(service.service().namespace()));
    mesh.all(VirtualService.class).forEach(rules -> namespaces.add(rules.metadata().namespace()));
    mesh.all(GatewayRoute.class).forEach(route -> namespaces.add(route.metadata().namespace()));
    return namespaces;
  }

  private static String message(String host, NavigableSet<String> importable) {
    return host
        + ": "
        + namespace(host)
        + " has neither services nor rules, so this imports nothing"
        + Spelling.hint(namespace(host), importable)
        + " (expected: a namespace that has some)";
  }
}
