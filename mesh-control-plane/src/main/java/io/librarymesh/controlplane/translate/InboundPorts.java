package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.KubernetesService;
import io.librarymesh.controlplane.istio.KubernetesService.TargetPortNumber;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.ServiceEntry;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.ServicePort;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Finds out what a workload's own port speaks, from the services that it serves. */
final class InboundPorts {
  /** What changes with each service that comes, goes or says something else. */
  private static final String KEY = "inbound-ports|";

  private InboundPorts() {}

  /** What changes with a resource, for {@link PushContext#changedHosts}. */
  static List<String> keys(Resource resource) {
    return resource instanceof KubernetesService || resource instanceof ServiceEntry
        ? List.of(KEY)
        : List.of();
  }

  /**
   * Whether a port is declared to speak no HTTP, by all services that it serves. One that no
   * service knows is taken for HTTP, as one of which nothing is declared.
   */
  static boolean isOpaque(ClientLookup lookup, String address, int port) {
    lookup.consult(KEY);
    boolean opaque = false;
    for (RegisteredService service : lookup.context().registry().services().toList()) {
      List<ServicePort> ports = service.service().ports();
      if (ports.stream().anyMatch(each -> !each.isHttp())) {
        // Endpoints come and go without the service itself being another.
        lookup.consult(service.service().host());
        for (ServicePort each : ports) {
          boolean serves =
              service.endpoints(each.number()).stream()
                  .anyMatch(e -> e.port() == port && e.address().equals(address));
          if (serves && each.isHttp()) {
            return false;
          }
          opaque |= serves;
        }
      }
    }
    return opaque;
  }

  /**
   * The numbers under which services of the workload's namespace know a port that listens
   * elsewhere, by their {@code targetPort}: those that policies call it by.
   */
  static Set<Integer> numbers(ClientLookup lookup, String address, int port) {
    lookup.consult(KEY);
    Set<Integer> numbers = new TreeSet<>();
    for (RegisteredService service : lookup.context().registry().services().toList()) {
      if (service.service().namespace().equals(lookup.view().namespace())) {
        for (ServicePort each : service.service().ports()) {
          if (each.targetPort() instanceof TargetPortNumber target && target.number() != port) {
            // Endpoints come and go without the service itself being another.
            lookup.consult(service.service().host());
            boolean serves =
                service.endpoints(each.number()).stream()
                    .anyMatch(e -> e.port() == port && e.address().equals(address));
            if (serves) {
              numbers.add(target.number());
            }
          }
        }
      }
    }
    return numbers;
  }
}
