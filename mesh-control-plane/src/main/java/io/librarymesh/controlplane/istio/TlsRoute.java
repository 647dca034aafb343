package io.librarymesh.controlplane.istio;

import java.util.List;

/**
 * A rule for TLS that is passed through; Istio's {@code TLSRoute}.
 *
 * @param position where the rule begins
 * @param match alternatives, at least one
 * @param route weighted destinations, at least one
 */
public record TlsRoute(
    SourcePosition position, List<MatchAttributes> match, List<RouteDestination> route) {

  /** Copies the lists. */
  public TlsRoute {
    match = List.copyOf(match);
    route = List.copyOf(route);
  }

  /**
   * One alternative; Istio's {@code TLSMatchAttributes}.
   *
   * @param sniHosts server names, exact or wildcard, at least one
   * @param destinationSubnets original destination addresses or CIDR blocks
   * @param scope conditions on the client and the port
   */
  public record MatchAttributes(
      List<String> sniHosts, List<String> destinationSubnets, MatchScope scope) {

    /** Copies the lists. */
    public MatchAttributes {
      sniHosts = List.copyOf(sniHosts);
      destinationSubnets = List.copyOf(destinationSubnets);
    }
  }
}
