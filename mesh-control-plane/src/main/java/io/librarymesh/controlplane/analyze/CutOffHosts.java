package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.DestinationRule;
import io.librarymesh.controlplane.istio.GatewayRoute;
import io.librarymesh.controlplane.istio.ResiliencePolicy;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import io.librarymesh.controlplane.translate.ExportTo;
import io.librarymesh.controlplane.translate.HostNames;
import io.librarymesh.controlplane.translate.NamespaceView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Hosts of which a namespace has rules for its own clients, who cannot call them: the Sidecar in
 * force for the namespace does not import them.
 */
final class CutOffHosts implements Analyzer {

  @Override
  public Code code() {
    return Code.CUT_OFF_HOST;
  }

  /** A host that rules are about. */
  private record Mention(Resource rules, String path, String host, boolean isPrivate) {}

  @Override
  public void analyze(AnalyzedMesh mesh, Report report) {
    for (Mention mention : mentions(mesh)) {
      String namespace = mention.rules().metadata().namespace();
      NamespaceView behind = mesh.behindSidecar(namespace);
      Optional<String> sidecar = behind.sidecar();
      if (sidecar.isEmpty() || HostNames.isWildcard(mention.host())) {
        continue;
      }
      mesh.view(namespace)
          .service(mention.host())
          .map(RegisteredService::service)
          .filter(service -> mention.isPrivate() || !service.namespace().equals(namespace))
          .filter(service -> mesh.view(namespace).canCall(service))
          .filter(service -> !behind.canCall(service))
          .ifPresent(
              service ->
                  report.warn(
                      mention.rules().position(),
                      mention.path(),
                      message(mention, service, sidecar.get(), namespace)));
    }
  }

  private static String message(
      Mention mention, Service service, String sidecar, String namespace) {
    return mention.host()
        + ": clients in "
        + namespace
        + " cannot call it, since "
        + sidecar
        + " does not import it (expected: "
        + service.namespace()
        + "/"
        + service.host()
        + " among its egress.hosts)";
  }

  private static List<Mention> mentions(AnalyzedMesh mesh) {
    List<Mention> all = new ArrayList<>();
    for (VirtualService rules : mesh.meshRules()) {
      boolean isPrivate = isPrivate(rules.exportTo(), rules);
      for (int i = 0; i < rules.hosts().size(); i++) {
        String host = mesh.resolve(rules.hosts().get(i), rules);
        all.add(new Mention(rules, "spec.hosts[" + i + "]", host, isPrivate));
      }
    }
    for (DestinationRule rule : mesh.all(DestinationRule.class)) {
      boolean isPrivate = isPrivate(rule.exportTo(), rule) || rule.workloadSelector().isPresent();
      all.add(new Mention(rule, "spec.host", mesh.resolve(rule.host(), rule), isPrivate));
    }
    for (ResiliencePolicy policy : mesh.all(ResiliencePolicy.class)) {
      for (int i = 0; i < policy.hosts().size(); i++) {
        String host = mesh.resolve(policy.hosts().get(i), policy);
        boolean isPrivate = isPrivate(policy.exportTo(), policy);
        all.add(new Mention(policy, "spec.hosts[" + i + "]", host, isPrivate));
      }
    }
    mesh.all(GatewayRoute.class).forEach(route -> addParents(mesh, route, all));
    return all;
  }

  private static void addParents(AnalyzedMesh mesh, GatewayRoute route, List<Mention> all) {
    for (int i = 0; i < route.parentRefs().size(); i++) {
      GatewayRoute.ParentRef parent = route.parentRefs().get(i);
      if (parent.kind() == GatewayRoute.ParentKind.SERVICE) {
        String domain = mesh.context().meshConfig().domain();
        String host = parent.name() + "." + parent.namespace() + ".svc." + domain;
        all.add(new Mention(route, "spec.parentRefs[" + i + "]", host, false));
      }
    }
  }

  private static boolean isPrivate(List<String> exportTo, Resource rules) {
    return ExportTo.of(exportTo, rules.metadata().namespace()).equals(ExportTo.ownNamespace());
  }
}
