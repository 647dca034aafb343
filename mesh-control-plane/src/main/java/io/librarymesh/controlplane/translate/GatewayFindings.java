package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.GatewayRoute;
import io.librarymesh.controlplane.istio.GatewayRoute.BackendKind;
import io.librarymesh.controlplane.istio.GatewayRoute.BackendRef;
import io.librarymesh.controlplane.istio.GatewayRoute.ParentKind;
import io.librarymesh.controlplane.istio.GatewayRoute.ParentRef;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.istio.SourcePosition;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import io.librarymesh.controlplane.registry.ServicePort;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Warns of routes of the Gateway API that are for nothing, and of backends that are not there. */
final class GatewayFindings {

  private final PushContext context;
  private final List<Finding> findings = new ArrayList<>();

  private GatewayFindings(PushContext context) {
    this.context = context;
  }

  static List<Finding> of(PushContext context) {
    GatewayFindings all = new GatewayFindings(context);
    for (Resource resource : context.resources()) {
      if (resource instanceof GatewayRoute route) {
        all.parents(route);
        all.backends(route);
      }
    }
    return all.findings;
  }

  private void parents(GatewayRoute route) {
    for (int i = 0; i < route.parentRefs().size(); i++) {
      ParentRef parent = route.parentRefs().get(i);
      String path = "spec.parentRefs[" + i + "]";
      if (parent.kind() == ParentKind.SERVICE) {
        String host = host(parent.name(), parent.namespace());
        Optional<Service> service = service(host, parent.namespace());
        if (service.isEmpty()) {
          warn(parent.position(), path + ".name", host + ": no such service, so nobody uses it");
        }
        service.ifPresent(s -> port(s, parent, path));
      } else if (parent.kind() == ParentKind.SERVICE_ENTRY && !isThere(parent)) {
        String name = parent.namespace() + "/" + parent.name();
        warn(parent.position(), path + ".name", name + ": no such ServiceEntry, nobody uses it");
      }
    }
  }

  private void port(Service service, ParentRef parent, String path) {
    parent
        .port()
        .filter(port -> service.port(port).isEmpty())
        .ifPresent(
            port ->
                warn(
                    parent.position(),
                    path + ".port",
                    port + ": " + noSuchPort(service) + ", so nobody uses it" + ports(service)));
  }

  private boolean isThere(ParentRef parent) {
    return context.resources().stream()
        .anyMatch(
            r ->
                r.kind() == Resource.Kind.SERVICE_ENTRY
                    && r.metadata().name().equals(parent.name())
                    && r.metadata().namespace().equals(parent.namespace()));
  }

  private void backends(GatewayRoute route) {
    if (route.parentRefs().stream().allMatch(p -> p.kind() == ParentKind.GATEWAY)) {
      return;
    }
    for (int i = 0; i < route.rules().size(); i++) {
      GatewayRoute.Rule rule = route.rules().get(i);
      String path = "spec.rules[" + i + "]";
      for (int j = 0; j < rule.backendRefs().size(); j++) {
        backend(route, rule.backendRefs().get(j), path + ".backendRefs[" + j + "]");
      }
      for (int j = 0; j < rule.filters().size(); j++) {
        if (rule.filters().get(j) instanceof GatewayRoute.RequestMirror mirror) {
          backend(route, mirror.backend(), path + ".filters[" + j + "].requestMirror.backendRef");
        }
      }
    }
  }

  private void backend(GatewayRoute route, BackendRef backend, String path) {
    if (backend.kind() == BackendKind.OTHER) {
      return; // The reader has said so.
    }
    String host =
        backend.kind() == BackendKind.HOSTNAME
            ? backend.name()
            : host(backend.name(), backend.namespace());
    Optional<Service> service = service(host, route.metadata().namespace());
    if (service.isEmpty()) {
      String expected =
          " (expected: the name of a Service, or the host of a ServiceEntry with kind Hostname)";
      warn(
          backend.position(),
          path + ".name",
          host + ": no such service, calls fail with 500" + expected);
      return;
    }
    int port = backend.port().orElse(0);
    if (service.get().port(port).isEmpty()) {
      warn(
          backend.position(),
          path + ".port",
          port + ": " + noSuchPort(service.get()) + ", calls fail with 500" + ports(service.get()));
    }
  }

  private static String noSuchPort(Service service) {
    return service.host() + " has no such port";
  }

  private static String ports(Service service) {
    return " (expected: one of " + service.ports().stream().map(ServicePort::number).toList() + ")";
  }

  private String host(String name, String namespace) {
    return name + "." + namespace + ".svc." + context.meshConfig().domain();
  }

  private Optional<Service> service(String host, String namespace) {
    return context.registry().service(host, namespace).map(RegisteredService::service);
  }

  private void warn(SourcePosition position, String path, String message) {
    findings.add(new Finding(position, Severity.WARNING, path, message));
  }
}
