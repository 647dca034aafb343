package io.librarymesh.xds;

import static java.util.Objects.requireNonNull;

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
import java.util.concurrent.atomic.AtomicReference;

/**
 * A route configuration as it was read, before it is known under which listener it stands.
 *
 * @param config with the routes' own faults and sessions
 * @param ownFaults which routes, counted over all virtual hosts, say something about faults
 * @param ownSessions the same of sessions
 * @param clusters the names that routes forward to, in order of appearance
 * @param last what it came to under the listener that was asked about last, so that targets whose
 *     listeners say the same share one object
 */
record RouteResource(
    RouteConfig config,
    BitSet ownFaults,
    BitSet ownSessions,
    Set<String> clusters,
    AtomicReference<Under> last) {
  /** Nothing was asked yet; a listener that changes nothing asks for nothing. */
  private static final ConnectionManager BARE =
      ConnectionManager.of(new HttpFilters(HttpFilters.BARE_FAULTS, HttpFilters.BARE_SESSIONS));

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
    return new RouteResource(
        config, ownFaults, ownSessions, clusters, new AtomicReference<>(new Under(BARE, config)));
  }

  /** The routes under a listener that says this; the same object where nothing differs. */
  RouteConfig under(ConnectionManager manager) {
    HttpFilters filters = manager.filters();
    boolean sameFilters =
        filters.faults().leaves(ownFaults.isEmpty(), FaultInjection.NONE)
            && filters.sessions().leaves(ownSessions.isEmpty(), StatefulSession.NONE);
    if (sameFilters && manager.boundsNothing()) {
      return config;
    }
    Under known = requireNonNull(last.get(), "last");
    if (!known.manager().isLike(manager)) {
      known = new Under(manager, madeUnder(manager));
      last.set(known);
    }
    return known.config();
  }

  private RouteConfig madeUnder(ConnectionManager manager) {
    int index = 0;
    List<VirtualHost> hosts = new ArrayList<>();
    for (VirtualHost host : config.virtualHosts()) {
      List<Route> routes = new ArrayList<>();
      for (Route route : host.routes()) {
        routes.add(bounded(under(manager.filters(), route, index++), manager));
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

  private static Route bounded(Route route, ConnectionManager manager) {
    return route.action() instanceof RouteAction.Forward forward && !manager.boundsNothing()
        ? route.withAction(
            forward.withTimeouts(
                forward.timeouts().under(manager.maxStreamNanos(), manager.streamIdleNanos())))
        : route;
  }

  /** The routes under a listener. */
  record Under(ConnectionManager manager, RouteConfig config) {}
}
