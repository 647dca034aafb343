package io.librarymesh.xds;

import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.MirrorPolicy;
import io.librarymesh.config.ResiliencePolicy;
import io.librarymesh.config.Route;
import io.librarymesh.config.RouteAction;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.StatefulSession;
import io.librarymesh.config.VirtualHost;
import io.librarymesh.config.WeightedCluster;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A route configuration as it was read, before it is known under which listener it stands.
 *
 * @param config with the routes' own faults and sessions
 * @param ownFaults which routes, counted over all virtual hosts, say something about faults
 * @param ownSessions the same of sessions
 * @param clusters the names that routes forward to, in order of appearance
 */
record RouteResource(
    RouteConfig config, BitSet ownFaults, BitSet ownSessions, Set<String> clusters) {
  static RouteResource of(RouteConfig config, BitSet ownFaults, BitSet ownSessions) {
    Set<String> clusters = new LinkedHashSet<>();
    for (VirtualHost host : config.virtualHosts()) {
      for (ResiliencePolicy.Rule rule : host.resilience().rules()) {
        String fallback = rule.fallback().cluster();
        if (!fallback.isEmpty()) {
          clusters.add(fallback);
        }
      }
      for (Route route : host.routes()) {
        if (route.action() instanceof RouteAction.Forward forward) {
          forward.clusters().stream().map(WeightedCluster::cluster).forEach(clusters::add);
          forward.mirrors().stream().map(MirrorPolicy::cluster).forEach(clusters::add);
        }
      }
    }
    return new RouteResource(config, ownFaults, ownSessions, clusters);
  }

  /** The routes under a listener with these filters; the same object where nothing differs. */
  RouteConfig under(HttpFilters filters) {
    if (filters.faults().leaves(ownFaults.isEmpty(), FaultInjection.NONE)
        && filters.sessions().leaves(ownSessions.isEmpty(), StatefulSession.NONE)) {
      return config;
    }
    int index = 0;
    List<VirtualHost> hosts = new ArrayList<>();
    for (VirtualHost host : config.virtualHosts()) {
      List<Route> routes = new ArrayList<>();
      for (Route route : host.routes()) {
        routes.add(under(filters, route, index++));
      }
      hosts.add(host.withRoutes(routes));
    }
    return config.withVirtualHosts(hosts);
  }

  private Route under(HttpFilters filters, Route route, int index) {
    return route
        .withFault(filters.faults().of(ownFaults.get(index), route.fault(), FaultInjection.NONE))
        .withSession(
            filters.sessions().of(ownSessions.get(index), route.session(), StatefulSession.NONE));
  }
}
