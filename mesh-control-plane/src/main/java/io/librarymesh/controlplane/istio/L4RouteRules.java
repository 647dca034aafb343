package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Optional;

/** Rules of the TLS and TCP rules of a VirtualService. */
final class L4RouteRules {
  private L4RouteRules() {}

  static void tls(VirtualService service, FieldPath path, ValueRules rules) {
    for (int i = 0; i < service.tls().size(); i++) {
      TlsRoute route = service.tls().get(i);
      FieldPath at = path.index(i);
      if (route.match().isEmpty()) {
        rules.missing(at.field("match"), "at least one entry with sniHosts");
      }
      for (int j = 0; j < route.match().size(); j++) {
        TlsRoute.MatchAttributes match = route.match().get(j);
        FieldPath matchPath = at.field("match").index(j);
        sniHosts(match.sniHosts(), service.hosts(), matchPath.field("sniHosts"), rules);
        subnets(match.destinationSubnets(), matchPath.field("destinationSubnets"), rules);
        HttpMatchRules.scope(match.scope(), matchPath, rules);
      }
      destinations(route.route(), at.field("route"), rules);
    }
  }

  static void tcp(VirtualService service, FieldPath path, ValueRules rules) {
    for (int i = 0; i < service.tcp().size(); i++) {
      TcpRoute route = service.tcp().get(i);
      FieldPath at = path.index(i);
      for (int j = 0; j < route.match().size(); j++) {
        TcpRoute.MatchAttributes match = route.match().get(j);
        FieldPath matchPath = at.field("match").index(j);
        subnets(match.destinationSubnets(), matchPath.field("destinationSubnets"), rules);
        HttpMatchRules.scope(match.scope(), matchPath, rules);
      }
      destinations(route.route(), at.field("route"), rules);
    }
  }

  private static void sniHosts(
      List<String> sniHosts, List<String> hosts, FieldPath path, ValueRules rules) {
    if (sniHosts.isEmpty()) {
      rules.missing(path, "at least one server name");
    }
    for (int i = 0; i < sniHosts.size(); i++) {
      String sni = sniHosts.get(i);
      FieldPath at = path.index(i);
      if (Names.isIp(sni)) {
        rules.report().suspicious(at, sni + " is an address, which no client sends as server name");
      } else if (!Names.isWildcardDomain(sni)) {
        rules.wildcardHost(at, sni);
      } else if (hosts.stream().noneMatch(host -> Names.hostCoveredBy(sni, host))) {
        rules.invalid(at, sni, "one of 'hosts', or a name that one of them covers");
      }
    }
  }

  private static void subnets(List<String> subnets, FieldPath path, ValueRules rules) {
    for (int i = 0; i < subnets.size(); i++) {
      if (!Names.isIpOrCidr(subnets.get(i))) {
        rules.invalid(path.index(i), subnets.get(i), "an IP address or a CIDR block");
      }
    }
  }

  private static void destinations(
      List<RouteDestination> destinations, FieldPath path, ValueRules rules) {
    if (destinations.isEmpty()) {
      rules.missing(path, "at least one destination");
    }
    long sum = 0;
    for (int i = 0; i < destinations.size(); i++) {
      RouteDestination entry = destinations.get(i);
      FieldPath at = path.index(i);
      DestinationRules.check(entry.destination(), at.field("destination"), rules);
      rules.notNegative(at.field("weight"), Optional.of(entry.weight()));
      sum += Math.max(0, entry.weight());
    }
    DestinationRules.weights(destinations.size(), sum, path, rules);
  }
}
