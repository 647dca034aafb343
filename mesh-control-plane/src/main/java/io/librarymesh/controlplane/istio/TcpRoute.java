package io.librarymesh.controlplane.istio;

import java.util.List;

/**
 * A rule for opaque TCP; Istio's {@code TCPRoute}.
 *
 * @param position where the rule begins
 * @param match alternatives; empty matches every connection
 * @param route weighted destinations, at least one
 */
public record TcpRoute(
    SourcePosition position, List<MatchAttributes> match, List<RouteDestination> route) {

  /** Copies the lists. */
  public TcpRoute {
    match = List.copyOf(match);
    route = List.copyOf(route);
  }

  /**
   * One alternative; Istio's {@code L4MatchAttributes}.
   *
   * @param destinationSubnets original destination addresses or CIDR blocks
   * @param scope conditions on the client and the port
   */
  public record MatchAttributes(List<String> destinationSubnets, MatchScope scope) {

    /** Copies the list. */
    public MatchAttributes {
      destinationSubnets = List.copyOf(destinationSubnets);
    }
  }
}
