package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.HttpMatchRequest;
import io.librarymesh.controlplane.istio.HttpRoute;
import io.librarymesh.controlplane.istio.MatchScope;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.registry.ServicePort;
import java.util.List;
import java.util.Optional;

/**
 * Tells of a VirtualService whether others for exactly its host leave it no call. One that has no
 * route for a port, or for a client, leaves both to the next.
 *
 * <p>Source: Istio {@code route.go}, which passes over a VirtualService whose routes are all left
 * out.
 */
final class RulesBefore {

  /** Where calls to a name that is no service are known. */
  private static final int LITERAL = 80;

  private RulesBefore() {}

  /**
   * The first that takes all calls to a port; empty when calls to any port may come to the rules.
   *
   * @param ranked all for the host, these included, in the order in which they are asked
   * @param ports those of the services with the host; empty when there is none
   */
  static Optional<VirtualService> of(
      VirtualService rules, List<VirtualService> ranked, List<ServicePort> ports) {
    List<VirtualService> before =
        ranked.stream().takeWhile(other -> !other.id().equals(rules.id())).toList();
    if (ports.isEmpty()) {
      return before.stream().filter(other -> takesAllHttp(other, LITERAL)).findFirst();
    }
    Optional<VirtualService> first = Optional.empty();
    for (ServicePort port : ports) {
      Optional<VirtualService> taker =
          before.stream().filter(other -> takesAllOf(other, port)).findFirst();
      if (taker.isEmpty()) {
        return Optional.empty();
      }
      first = first.isPresent() ? first : taker;
    }
    return first;
  }

  private static boolean takesAllOf(VirtualService rules, ServicePort port) {
    return !port.isHttp() || takesAllHttp(rules, port.number());
  }

  private static boolean takesAllHttp(VirtualService rules, int port) {
    return rules.http().stream().anyMatch(rule -> isForEverybodyAt(rule, port));
  }

  private static boolean isForEverybodyAt(HttpRoute rule, int port) {
    return rule.match().isEmpty()
        || rule.match().stream()
            .map(HttpMatchRequest::scope)
            .anyMatch(scope -> isForEverybodyAt(scope, port));
  }

  private static boolean isForEverybodyAt(MatchScope scope, int port) {
    boolean clients =
        scope.gateways().isEmpty()
            ? scope.sourceLabels().isEmpty() && scope.sourceNamespace().isEmpty()
            : scope.gateways().contains(VirtualService.MESH_GATEWAY);
    return clients && scope.port().map(wanted -> wanted == port).orElse(true);
  }
}
