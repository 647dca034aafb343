package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.istio.Sidecar;
import io.librarymesh.controlplane.istio.SourcePosition;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Warns of Sidecars that nobody asks, and of what they import that is not there. */
final class SidecarFindings {

  private final PushContext context;
  private final List<Finding> findings = new ArrayList<>();

  private SidecarFindings(PushContext context) {
    this.context = context;
  }

  static List<Finding> of(PushContext context) {
    SidecarFindings all = new SidecarFindings(context);
    List<Sidecar> sidecars =
        context.resources().stream()
            .filter(Sidecar.class::isInstance)
            .map(Sidecar.class::cast)
            .toList();
    all.checkCompetition(sidecars);
    sidecars.forEach(all::checkImports);
    return all.findings;
  }

  /** Of those without a selector, a namespace has but the oldest. */
  private void checkCompetition(List<Sidecar> sidecars) {
    Map<String, Sidecar> first = new HashMap<>();
    for (Sidecar sidecar : sidecars.stream().sorted(OldestFirst.ORDER).toList()) {
      if (sidecar.workloadSelector().isEmpty()) {
        Sidecar winner = first.putIfAbsent(sidecar.metadata().namespace(), sidecar);
        if (winner != null) {
          warn(
              sidecar.position(),
              "spec",
              winner.id()
                  + " at "
                  + winner.position()
                  + " is the one for the namespace, so nobody uses this one (expected: one Sidecar"
                  + " without a workloadSelector)");
        }
      }
    }
  }

  private void checkImports(Sidecar sidecar) {
    for (int i = 0; i < sidecar.egress().size(); i++) {
      Sidecar.Egress egress = sidecar.egress().get(i);
      for (int j = 0; j < egress.hosts().size(); j++) {
        String host = egress.hosts().get(j);
        EgressListener alone = alone(egress, host, sidecar.metadata().namespace());
        if (!host.startsWith("~/") && !host.endsWith("/*") && importsNothing(alone)) {
          warn(egress.position(), "spec.egress[" + i + "].hosts[" + j + "]", nothing(host, egress));
        }
      }
    }
  }

  private static EgressListener alone(Sidecar.Egress egress, String host, String namespace) {
    return EgressListener.of(
        new Sidecar.Egress(
            egress.position(), egress.port(), egress.bind(), egress.captureMode(), List.of(host)),
        namespace);
  }

  private static String nothing(String host, Sidecar.Egress egress) {
    Optional<Integer> port = egress.port().map(Sidecar.Port::number).filter(number -> number > 0);
    return host
        + ": imports nothing (expected: the namespace and the host of a service"
        + port.map(number -> " with port " + number).orElse("")
        + " or of a VirtualService)";
  }

  private boolean importsNothing(EgressListener alone) {
    boolean service =
        context.registry().services().map(RegisteredService::service).anyMatch(s -> has(alone, s));
    return !service && !context.virtualServices().isAnyImported(alone);
  }

  private static boolean has(EgressListener alone, Service service) {
    return alone.importsService(service.namespace(), service.host().toLowerCase(Locale.ROOT))
        && service.ports().stream().anyMatch(port -> alone.importsPort(port.number()));
  }

  private void warn(SourcePosition position, String path, String message) {
    findings.add(new Finding(position, Severity.WARNING, path, message));
  }
}
