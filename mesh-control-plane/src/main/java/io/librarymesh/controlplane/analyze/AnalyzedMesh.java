package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import io.librarymesh.controlplane.registry.ServiceEndpoint;
import io.librarymesh.controlplane.translate.HostNames;
import io.librarymesh.controlplane.translate.NamespaceView;
import io.librarymesh.controlplane.translate.PushContext;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A mesh as analyzers ask about it. Confined to one analysis. */
final class AnalyzedMesh {
  private final PushContext context;
  private final List<RegisteredService> services;
  private final NavigableSet<String> namespaces = new TreeSet<>();
  private final Map<String, NamespaceView> views = new HashMap<>();
  private final Map<String, NamespaceView> restricted = new HashMap<>();

  AnalyzedMesh(PushContext context) {
    this.context = context;
    this.services = context.registry().services().toList();
    context.resources().forEach(resource -> namespaces.add(resource.metadata().namespace()));
    services.stream()
        .flatMap(service -> service.endpoints().values().stream().flatMap(List::stream))
        .map(ServiceEndpoint::namespace)
        .forEach(namespaces::add);
  }

  PushContext context() {
    return context;
  }

  /** The resources of one kind, in the order of files. */
  <R extends Resource> List<R> all(Class<R> kind) {
    return context.resources().stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** The VirtualServices that clients of the mesh use, as they are written; without delegates. */
  List<VirtualService> meshRules() {
    return all(VirtualService.class).stream()
        .filter(VirtualService::appliesToMesh)
        .filter(rules -> !rules.isDelegate())
        .toList();
  }

  /** All services. */
  List<RegisteredService> services() {
    return services;
  }

  /** The namespaces in which there is anything: any of them may have clients. */
  NavigableSet<String> namespaces() {
    return namespaces;
  }

  /** What clients of a namespace see, whatever its Sidecars say. */
  NamespaceView view(String namespace) {
    return views.computeIfAbsent(namespace, n -> NamespaceView.of(context, n));
  }

  /** What clients of a namespace see behind its Sidecar. */
  NamespaceView behindSidecar(String namespace) {
    return restricted.computeIfAbsent(namespace, n -> NamespaceView.behindSidecar(context, n));
  }

  /** A host that is written in a resource, complete. */
  String resolve(String host, Resource writtenIn) {
    return HostNames.resolve(host, writtenIn.metadata().namespace(), context.meshConfig().domain());
  }

  /** The service of exactly this host as a namespace sees it. */
  Optional<Service> service(String host, String namespace) {
    return view(namespace).service(host).map(RegisteredService::service);
  }

  /** The services whose hosts a host is, or covers. */
  Stream<RegisteredService> servicesOf(String host) {
    if (!HostNames.isWildcard(host)) {
      return context.registry().servicesOf(host).stream();
    }
    String lower = host.toLowerCase(Locale.ROOT);
    return services.stream()
        .filter(s -> HostNames.covers(lower, s.service().host().toLowerCase(Locale.ROOT)));
  }

  /** The full hosts of services with this short name in other namespaces, and the like. */
  List<String> similar(String host) {
    int dot = host.indexOf('.');
    String first = (dot < 0 ? host : host.substring(0, dot)).toLowerCase(Locale.ROOT) + ".";
    return services.stream()
        .map(s -> s.service().host())
        .filter(known -> known.toLowerCase(Locale.ROOT).startsWith(first))
        .filter(known -> !known.equalsIgnoreCase(host))
        .sorted(Comparator.naturalOrder())
        .distinct()
        .limit(3)
        .toList();
  }
}
