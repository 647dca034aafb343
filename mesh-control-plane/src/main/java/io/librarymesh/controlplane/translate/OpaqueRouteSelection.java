package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.MatchScope;
import io.librarymesh.controlplane.istio.RouteDestination;
import io.librarymesh.controlplane.istio.TcpRoute;
import io.librarymesh.controlplane.istio.TlsRoute;
import io.librarymesh.controlplane.istio.VirtualService;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The {@code tls} and {@code tcp} rules, for ports on which a sidecar would see no HTTP. The server
 * name is the service's host. A rule that asks for destination addresses never applies: there is
 * none before an endpoint has been chosen.
 *
 * @param owner the VirtualService
 * @param destinations of the rule that applies, at least one
 */
record OpaqueRouteSelection(VirtualService owner, List<RouteDestination> destinations) {

  /** The first rule that applies to a TLS port. */
  static Optional<OpaqueRouteSelection> tls(
      List<VirtualService> ranked, String serverName, int port, ClientView view) {
    for (VirtualService vs : ranked) {
      for (TlsRoute rule : vs.tls()) {
        boolean applies =
            rule.match().stream()
                .filter(match -> match.destinationSubnets().isEmpty())
                .filter(match -> coversAny(match.sniHosts(), serverName))
                .anyMatch(match -> applies(match.scope(), port, view));
        if (applies) {
          return Optional.of(new OpaqueRouteSelection(vs, rule.route()));
        }
      }
    }
    return Optional.empty();
  }

  /** The first rule that applies to a port of opaque bytes. */
  static Optional<OpaqueRouteSelection> tcp(
      List<VirtualService> ranked, int port, ClientView view) {
    for (VirtualService vs : ranked) {
      for (TcpRoute rule : vs.tcp()) {
        boolean applies =
            rule.match().isEmpty()
                || rule.match().stream()
                    .filter(match -> match.destinationSubnets().isEmpty())
                    .anyMatch(match -> applies(match.scope(), port, view));
        if (applies) {
          return Optional.of(new OpaqueRouteSelection(vs, rule.route()));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean coversAny(List<String> hosts, String name) {
    return hosts.stream()
        .anyMatch(
            host -> HostNames.covers(host.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT)));
  }

  /** Unlike for HTTP, gateways and source conditions are all looked at. */
  private static boolean applies(MatchScope scope, int port, ClientView view) {
    return (scope.port().isEmpty() || scope.port().get() == port)
        && (scope.gateways().isEmpty() || scope.gateways().contains(VirtualService.MESH_GATEWAY))
        && view.hasLabels(scope.sourceLabels())
        && scope.sourceNamespace().map(view.namespace()::equals).orElse(true);
  }
}
