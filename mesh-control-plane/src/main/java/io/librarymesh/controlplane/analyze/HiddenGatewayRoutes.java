package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.GatewayRoute;
import io.librarymesh.controlplane.istio.GatewayRoute.ParentKind;
import io.librarymesh.controlplane.istio.GatewayRoute.ParentRef;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.ServiceEntry;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Routes of the Gateway API in another namespace than that of their service: they are for callers
 * of their own namespace alone. That is nobody when these do not see the service, and perhaps
 * nobody when there is nothing but routes.
 */
final class HiddenGatewayRoutes implements Analyzer {

  @Override
  public Code code() {
    return Code.HIDDEN_RULE;
  }

  @Override
  public void analyze(AnalyzedMesh mesh, Report report) {
    NavigableSet<String> inhabited = inhabited(mesh);
    for (GatewayRoute route : mesh.all(GatewayRoute.class)) {
      for (int i = 0; i < route.parentRefs().size(); i++) {
        ParentRef parent = route.parentRefs().get(i);
        List<Service> services = services(mesh, parent).map(RegisteredService::service).toList();
        if (!services.isEmpty() && !parent.namespace().equals(route.metadata().namespace())) {
          check(route, i, services, inhabited, report);
        }
      }
    }
  }

  /** Where there is more than routes. */
  private static NavigableSet<String> inhabited(AnalyzedMesh mesh) {
    NavigableSet<String> namespaces = new TreeSet<>();
    mesh.services().forEach(service -> namespaces.add(service.service().namespace()));
    mesh.context().resources().stream()
        .filter(resource -> !(resource instanceof GatewayRoute))
        .map(Resource::metadata)
        .forEach(metadata -> namespaces.add(metadata.namespace()));
    namespaces.addAll(KnownWorkloads.byNamespace(mesh).keySet());
    return namespaces;
  }

  private static Stream<RegisteredService> services(AnalyzedMesh mesh, ParentRef parent) {
    if (parent.kind() == ParentKind.SERVICE) {
      String domain = mesh.context().meshConfig().domain();
      return mesh.servicesOf(parent.name() + "." + parent.namespace() + ".svc." + domain)
          .filter(service -> service.service().namespace().equals(parent.namespace()));
    }
    return parent.kind() != ParentKind.SERVICE_ENTRY
        ? Stream.empty()
        : mesh.all(ServiceEntry.class).stream()
            .filter(entry -> entry.metadata().name().equals(parent.name()))
            .filter(entry -> entry.metadata().namespace().equals(parent.namespace()))
            .flatMap(entry -> entry.hosts().stream())
            .flatMap(mesh::servicesOf)
            .filter(service -> service.service().namespace().equals(parent.namespace()));
  }

  private static void check(
      GatewayRoute route,
      int index,
      List<Service> services,
      NavigableSet<String> inhabited,
      Report report) {
    ParentRef parent = route.parentRefs().get(index);
    String own = route.metadata().namespace();
    String path = "spec.parentRefs[" + index + "]";
    String whom = "a route of another namespace than the service's is for callers in " + own;
    if (services.stream().noneMatch(service -> service.isVisibleTo(own))) {
      report.warn(
          parent.position(),
          path,
          whom
              + " alone, and these do not see "
              + services.get(0).host()
              + ", which is exported to "
              + services.get(0).exportTo()
              + ", so nobody uses it (expected: the route in "
              + parent.namespace()
              + ", for all callers, or the service exported to "
              + own
              + ")");
    } else if (!inhabited.contains(own)) {
      report.inform(
          parent.position(),
          path,
          whom
              + " alone, and nothing is known there but routes (expected: callers in "
              + own
              + ", or the route in "
              + parent.namespace()
              + ", for all callers)");
    }
  }
}
