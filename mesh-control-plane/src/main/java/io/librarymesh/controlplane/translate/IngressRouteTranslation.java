package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.translate.MergedGateway.Server;
import io.librarymesh.proto.envoy.config.route.v3.Route;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import io.librarymesh.proto.envoy.config.route.v3.VirtualHost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The routes of a proxy at the edge: a virtual host for every host that both a server and a
 * VirtualService have. Unlike for callers, rules of several VirtualServices for one host are put
 * together, what matches everything last.
 *
 * <p>Source: Istio {@code buildGatewayHTTPRouteConfig}.
 */
final class IngressRouteTranslation {

  private final ClientLookup lookup;
  private final Map<String, Rules> byHost = new TreeMap<>();

  /** What a virtual host is made of. */
  private static final class Rules {
    private final Set<Route> routes = new LinkedHashSet<>();
    private boolean tlsOnly;
  }

  IngressRouteTranslation(ClientLookup lookup) {
    this.lookup = lookup;
  }

  Optional<RouteConfiguration> translate(String name) {
    List<Server> servers = lookup.mergedGateway().serversOf(name);
    if (servers.isEmpty()) {
      return Optional.empty();
    }
    servers.forEach(this::add);
    int port = servers.get(0).spec().port().number();
    RouteConfiguration.Builder routes = RouteConfigurationTranslation.named(name);
    // A port in a Host header says how the proxy was reached, not what was meant.
    routes.setIgnorePortInHostMatching(true);
    byHost.forEach((host, rules) -> routes.addVirtualHosts(virtualHost(host, port, rules)));
    if (byHost.isEmpty()) {
      // A host without routes: every request is answered with 404.
      routes.addVirtualHosts(VirtualHost.newBuilder().setName("blackhole:" + port).addDomains("*"));
    }
    return Optional.of(routes.build());
  }

  private void add(Server server) {
    int port = server.spec().port().number();
    boolean redirects = server.spec().redirectsToHttps() && !server.spec().isTls();
    for (VirtualService vs : lookup.virtualServicesOf(server.gateway())) {
      List<String> hosts = commonHosts(lookup, server, vs);
      if (!hosts.isEmpty()) {
        List<Route> routes =
            RouteSelection.ofGateway(vs, port, server.gateway().fullName(), lookup.view())
                .map(
                    found -> RouteTranslation.translate(lookup, found, port, server.spec().isTls()))
                .orElse(List.of());
        hosts.forEach(host -> rules(host).routes.addAll(routes));
        hosts.forEach(host -> rules(host).tlsOnly |= redirects);
      }
    }
    if (redirects) {
      // Whether or not there are rules for them.
      server.names().forEach(host -> rules(host).tlsOnly = true);
    }
  }

  private Rules rules(String host) {
    return byHost.computeIfAbsent(host, h -> new Rules());
  }

  /** What is both of a server and of rules, the narrower of two that overlap; lower-case. */
  static List<String> commonHosts(ClientLookup lookup, Server server, VirtualService vs) {
    List<String> ofRules = VirtualServiceIndex.hosts(vs, lookup.meshConfig().domain());
    Set<String> common = new LinkedHashSet<>();
    for (String own : server.hosts(vs.metadata().namespace())) {
      for (String host : ofRules) {
        if (HostNames.covers(host, own)) {
          common.add(own);
        } else if (HostNames.covers(own, host)) {
          common.add(host);
        }
      }
    }
    return List.copyOf(common);
  }

  private static VirtualHost virtualHost(String host, int port, Rules rules) {
    List<Route> sorted = new ArrayList<>(rules.routes);
    sorted.sort(Comparator.comparing(IngressRouteTranslation::isCatchAll));
    VirtualHost.Builder result =
        VirtualHost.newBuilder()
            .setName(host + ":" + port)
            .addDomains(HostNames.inAuthority(host))
            .addAllRoutes(sorted)
            .setIncludeRequestAttemptCount(true);
    if (rules.tlsOnly) {
      result.setRequireTls(VirtualHost.TlsRequirementType.ALL);
    }
    return result.build();
  }

  private static boolean isCatchAll(Route route) {
    RouteMatch match = route.getMatch();
    boolean anyPath = match.getPrefix().equals("/") || match.getSafeRegex().getRegex().equals(".*");
    return anyPath && match.getHeadersCount() == 0 && match.getQueryParametersCount() == 0;
  }
}
