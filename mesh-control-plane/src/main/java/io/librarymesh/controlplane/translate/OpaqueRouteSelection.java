package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.MatchScope;
import io.librarymesh.controlplane.istio.RouteDestination;
import io.librarymesh.controlplane.istio.TcpRoute;
import io.librarymesh.controlplane.istio.VirtualService;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The {@code tls} and {@code tcp} rules, for ports on which a sidecar would see no HTTP. The server
 * name is the service's host. A rule that asks for destination addresses never applies: there is
 * none before an endpoint has been chosen.
 *
 * @param owner the VirtualService
 * @param destinations of the rule that applies, at least one
 */
record OpaqueRouteSelection(VirtualService owner, List<RouteDestination> destinations) {

  /** A rule with the server names that it is for, lower-case. */
  record Named(List<String> serverNames, OpaqueRouteSelection selection) {}

  /** The first rule that applies to a TLS port. */
  static Optional<OpaqueRouteSelection> tls(
      List<VirtualService> ranked, String serverName, int port, ClientView view) {
    return named(ranked, port, VirtualService.MESH_GATEWAY, view)
        .filter(named -> coversAny(named.serverNames(), serverName))
        .map(Named::selection)
        .findFirst();
  }

  /** All rules that apply to a server of a Gateway that lets TLS through, in order. */
  static List<Named> tlsOfGateway(
      List<VirtualService> ranked, int port, String gateway, ClientView view) {
    return named(ranked, port, gateway, view).toList();
  }

  private static Stream<Named> named(
      List<VirtualService> ranked, int port, String gateway, ClientView view) {
    return ranked.stream()
        .flatMap(
            vs ->
                vs.tls().stream()
                    .flatMap(
                        rule ->
                            rule.match().stream()
                                .filter(match -> match.destinationSubnets().isEmpty())
                                .filter(match -> applies(match.scope(), port, gateway, view))
                                .map(
                                    match ->
                                        new Named(
                                            lowerCase(match.sniHosts()),
                                            new OpaqueRouteSelection(vs, rule.route())))));
  }

  /** The first rule that applies to a port of opaque bytes. */
  static Optional<OpaqueRouteSelection> tcp(
      List<VirtualService> ranked, int port, ClientView view) {
    return tcpOfGateway(ranked, port, VirtualService.MESH_GATEWAY, view);
  }

  /** The same for a server of a Gateway. */
  static Optional<OpaqueRouteSelection> tcpOfGateway(
      List<VirtualService> ranked, int port, String gateway, ClientView view) {
    for (VirtualService vs : ranked) {
      for (TcpRoute rule : vs.tcp()) {
        boolean applies =
            rule.match().isEmpty()
                || rule.match().stream()
                    .filter(match -> match.destinationSubnets().isEmpty())
                    .anyMatch(match -> applies(match.scope(), port, gateway, view));
        if (applies) {
          return Optional.of(new OpaqueRouteSelection(vs, rule.route()));
        }
      }
    }
    return Optional.empty();
  }

  private static List<String> lowerCase(List<String> hosts) {
    return hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
  }

  private static boolean coversAny(List<String> hosts, String name) {
    return hosts.stream().anyMatch(host -> HostNames.covers(host, name.toLowerCase(Locale.ROOT)));
  }

  /** Unlike for HTTP, gateways and source conditions are all looked at. */
  private static boolean applies(MatchScope scope, int port, String gateway, ClientView view) {
    return (scope.port().isEmpty() || scope.port().get() == port)
        && (scope.gateways().isEmpty() || scope.gateways().contains(gateway))
        && view.hasLabels(scope.sourceLabels())
        && scope.sourceNamespace().map(view.namespace()::equals).orElse(true);
  }
}
