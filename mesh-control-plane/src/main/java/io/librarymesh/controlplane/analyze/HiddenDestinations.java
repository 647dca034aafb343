package io.librarymesh.controlplane.analyze;

import io.librarymesh.controlplane.istio.Destination;
import io.librarymesh.controlplane.istio.HttpRouteAction;
import io.librarymesh.controlplane.istio.HttpRouteDestination;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import io.librarymesh.controlplane.translate.NamespaceView;
import java.util.List;
import java.util.Optional;

/**
 * Destinations that the author's namespace sees and others that use the rule do not: a subset whose
 * DestinationRule is private, or hidden by a rule of the client's own; a service that is not
 * exported as far as the rule is.
 */
final class HiddenDestinations implements Analyzer {

  @Override
  public Code code() {
    return Code.HIDDEN_DESTINATION;
  }

  @Override
  public void analyze(AnalyzedMesh mesh, Report report) {
    for (VirtualService rules : mesh.meshRules()) {
      for (int i = 0; i < rules.http().size(); i++) {
        if (rules.http().get(i).action() instanceof HttpRouteAction.Forward forward) {
          List<HttpRouteDestination> all = forward.destinations();
          for (int j = 0; j < all.size(); j++) {
            String path = "spec.http[" + i + "].route[" + j + "].destination";
            check(mesh, rules, all.get(j).destination(), path, report);
          }
        }
      }
    }
  }

  private static void check(
      AnalyzedMesh mesh, VirtualService rules, Destination to, String path, Report report) {
    String host = mesh.resolve(to.host(), rules);
    NamespaceView author = mesh.view(rules.metadata().namespace());
    Optional<Service> service = author.service(host).map(RegisteredService::service);
    boolean whole = to.subset().isEmpty();
    if (service.isEmpty() || (!whole && author.subset(service.get(), to.subset()).isEmpty())) {
      return; // Nobody finds it, which is said already.
    }
    List<String> users =
        mesh.namespaces().stream()
            .filter(n -> mesh.view(n).sees(rules) && canCall(mesh.view(n), mesh, rules))
            .toList();
    List<String> blind = users.stream().filter(n -> mesh.view(n).service(host).isEmpty()).toList();
    if (!blind.isEmpty()) {
      report.warn(
          to.position(),
          path + ".host",
          host
              + ": clients in "
              + blind
              + " use this rule and do not see the service, so their calls fail with 503"
              + " (expected: the service exported as far as the rule)");
    }
    if (!whole) {
      checkSubset(mesh, users, service.get(), to, path, report);
    }
  }

  private static void checkSubset(
      AnalyzedMesh mesh,
      List<String> users,
      Service service,
      Destination to,
      String path,
      Report report) {
    List<String> without =
        users.stream()
            .filter(n -> mesh.view(n).service(service.host()).isPresent())
            .filter(n -> mesh.view(n).subset(service, to.subset()).isEmpty())
            .toList();
    if (without.isEmpty()) {
      return;
    }
    String instead =
        mesh.view(without.get(0)).destinationRules(service).stream()
            .findFirst()
            .map(rule -> "the rule in force for them is " + rule.id() + " at " + rule.position())
            .orElse("no DestinationRule that declares it is exported to them");
    report.warn(
        to.position(),
        path + ".subset",
        to.subset()
            + ": clients in "
            + without
            + " use this rule and do not have the subset, so their calls fail with 503: "
            + instead
            + " (expected: a DestinationRule with the subset that they see, or these rules exported"
            + " less far)");
  }

  private static boolean canCall(NamespaceView view, AnalyzedMesh mesh, VirtualService rules) {
    return rules.hosts().stream()
        .map(host -> mesh.resolve(host, rules))
        .anyMatch(host -> mesh.servicesOf(host).findAny().isEmpty() || isVisible(mesh, host, view));
  }

  private static boolean isVisible(AnalyzedMesh mesh, String host, NamespaceView view) {
    return mesh.servicesOf(host).anyMatch(s -> s.service().isVisibleTo(view.namespace()));
  }
}
