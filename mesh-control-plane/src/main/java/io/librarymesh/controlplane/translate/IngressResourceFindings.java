package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Ingress;
import io.librarymesh.controlplane.istio.Ingress.Backend;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.istio.SourcePosition;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import io.librarymesh.controlplane.registry.ServicePort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Names the Ingresses that are those of others, and warns of backends that are not there and of
 * what nothing listens for.
 */
final class IngressResourceFindings {

  private final PushContext context;
  private final IngressClasses classes;
  private final List<Finding> findings = new ArrayList<>();

  private IngressResourceFindings(PushContext context) {
    this.context = context;
    this.classes = new IngressClasses(context.resources(), context.meshConfig().ingress());
  }

  static List<Finding> of(PushContext context) {
    IngressResourceFindings all = new IngressResourceFindings(context);
    for (Resource resource : context.resources()) {
      if (resource instanceof Ingress ingress) {
        all.classes
            .against(ingress)
            .ifPresentOrElse(reason -> all.notUsed(ingress, reason), () -> all.check(ingress));
      }
    }
    return all.findings;
  }

  private void notUsed(Ingress ingress, IngressClasses.Reason reason) {
    findings.add(
        new Finding(
            ingress.position(),
            Severity.INFO,
            reason.field(),
            "Ingress is not used here: " + reason.message()));
  }

  private void check(Ingress ingress) {
    ingress.defaultBackend().ifPresent(backend -> check(backend, ingress, "spec.defaultBackend"));
    for (int i = 0; i < ingress.rules().size(); i++) {
      host(ingress, i);
      List<Ingress.Path> paths = ingress.rules().get(i).paths();
      for (int j = 0; j < paths.size(); j++) {
        String path = "spec.rules[" + i + "].http.paths[" + j + "].backend";
        check(paths.get(j).backend(), ingress, path);
      }
    }
    for (int i = 0; i < ingress.tls().size(); i++) {
      boolean secret = !ingress.tls().get(i).secretName().isEmpty();
      warn(
          ingress.tls().get(i).position(),
          "spec.tls[" + i + "]",
          secret
              ? "accepted but not in force yet: credentials are not handed out, so nothing listens"
                  + " for these hosts on port 443"
              : "nothing listens for these hosts on port 443: no certificate is named (expected:"
                  + " secretName)");
    }
    servers(ingress);
  }

  /** Where a VirtualService has it, a name without a dot is that of a Service. */
  private void host(Ingress ingress, int rule) {
    String host = ingress.rules().get(rule).host();
    if (!host.isEmpty() && host.indexOf('.') < 0) {
      warn(
          ingress.rules().get(rule).position(),
          "spec.rules[" + rule + "].host",
          host
              + ": a name without a dot is completed, so this is for "
              + HostNames.resolve(
                  host, ingress.metadata().namespace(), context.meshConfig().domain())
              + " (expected: a name with a dot)");
    }
  }

  private void check(Backend backend, Ingress ingress, String path) {
    String namespace = ingress.metadata().namespace();
    String host = backend.service() + "." + namespace + ".svc." + context.meshConfig().domain();
    Optional<Service> service =
        context.registry().service(host, namespace).map(RegisteredService::service);
    if (service.isEmpty()) {
      warn(
          backend.position(),
          path + ".service.name",
          host + ": no such service, calls fail with 503 (expected: a Service of the namespace)");
      return;
    }
    List<ServicePort> ports = service.get().ports();
    boolean found =
        ports.stream()
            .anyMatch(
                port ->
                    backend
                        .port()
                        .map(number -> number == port.number())
                        .orElse(port.name().equals(backend.portName())));
    if (!found && service.get().resolution() != Service.Resolution.ALIAS) {
      warn(
          backend.position(),
          path + ".service.port." + (backend.port().isPresent() ? "number" : "name"),
          backend.port().map(String::valueOf).orElse(backend.portName())
              + ": "
              + host
              + " has no such port, calls fail with 503 (expected: one of "
              + ports.stream().map(port -> port(port, backend)).toList()
              + ")");
    }
  }

  private static String port(ServicePort port, Backend backend) {
    return backend.port().isPresent() ? String.valueOf(port.number()) : port.name();
  }

  /** Seen by a proxy that has the label that Ingresses are for, and no others. */
  private void servers(Ingress ingress) {
    context.gateways().gateways().stream()
        .filter(gateway -> gateway.metadata().name().equals(IngressResources.gatewayName(ingress)))
        .findFirst()
        .ifPresent(
            gateway ->
                context
                    .gateways()
                    .merged(Map.copyOf(gateway.selector()), gateway.metadata().namespace())
                    .refusals()
                    .stream()
                    .filter(refusal -> refusal.server().gateway().equals(gateway))
                    .forEach(
                        refusal ->
                            warn(
                                ingress.position(),
                                "spec",
                                "nothing listens for it: " + refusal.reason())));
  }

  private void warn(SourcePosition position, String path, String message) {
    findings.add(new Finding(position, Severity.WARNING, path, message));
  }
}
