package io.librarymesh.controlplane.istio;

/** Reads the TLS and TCP rules of a VirtualService. */
final class L4RouteBinder {
  private L4RouteBinder() {}

  static TlsRoute tls(Fields rule, String namespace) {
    return new TlsRoute(
        rule.position(),
        rule.messages("match", match -> tlsMatch(match, namespace)),
        rule.messages("route", L4RouteBinder::destination));
  }

  static TcpRoute tcp(Fields rule, String namespace) {
    return new TcpRoute(
        rule.position(),
        rule.messages("match", match -> tcpMatch(match, namespace)),
        rule.messages("route", L4RouteBinder::destination));
  }

  private static TlsRoute.MatchAttributes tlsMatch(Fields match, String namespace) {
    return new TlsRoute.MatchAttributes(
        match.texts("sniHosts"),
        match.texts("destinationSubnets"),
        HttpMatchBinder.scope(match, namespace));
  }

  private static TcpRoute.MatchAttributes tcpMatch(Fields match, String namespace) {
    if (match.has("sourceSubnet")) {
      match.warn("sourceSubnet", "Istio declares this field and never looks at it; no effect");
    }
    return new TcpRoute.MatchAttributes(
        match.texts("destinationSubnets"), HttpMatchBinder.scope(match, namespace));
  }

  private static RouteDestination destination(Fields entry) {
    return new RouteDestination(
        entry.position(),
        DestinationBinder.required(entry, "destination"),
        entry.int32("weight").orElse(0));
  }
}
