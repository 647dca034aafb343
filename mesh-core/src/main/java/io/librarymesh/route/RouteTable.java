package io.librarymesh.route;

import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.VirtualHost;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The compiled routes behind one listener: reads a request head, returns a {@link RouteDecision}.
 *
 * <p>The authority chooses one virtual host, and the first of its routes that matches is the
 * decision; if none does, no other virtual host is tried. Order decides among routes, not
 * specificity. The cost of a decision follows the length of authority and path, the number of
 * distinct lengths among wildcards and prefixes, and the number of routes whose path fits; it does
 * not follow the number of virtual hosts or routes. Only regular expressions are tried one after
 * another, and only they allocate.
 *
 * <p>Immutable; any thread. Source: Envoy {@code RouteConfiguration}. One difference: a missing
 * authority is written as an empty one, so an empty Host header counts as missing.
 */
public final class RouteTable {
  private final VirtualHostIndex hosts;
  private final RouteIndex[] indexes;
  private final List<RouteDecision.Matched> routes;
  private final List<VirtualHost> config;

  private RouteTable(
      VirtualHostIndex hosts,
      RouteIndex[] indexes,
      List<RouteDecision.Matched> routes,
      List<VirtualHost> config) {
    this.hosts = hosts;
    this.config = config;
    this.indexes = indexes;
    this.routes = routes;
  }

  /**
   * Compiles a configuration.
   *
   * @throws IllegalArgumentException when a domain is there twice or has a misplaced wildcard, a
   *     regular expression is not RE2, or a separated prefix can never match; the message has all
   *     errors, each with its path, such as {@code virtualHosts[1].routes[0].match.headers[2]: ...}
   */
  public static RouteTable compile(RouteConfig config) {
    ConfigErrors errors = new ConfigErrors();
    var hosts = VirtualHostIndex.compile(config.virtualHosts(), config.ignorePortInHost(), errors);
    List<RouteDecision.Matched> routes = new ArrayList<>();
    RouteIndex[] indexes = new RouteIndex[config.virtualHosts().size()];
    LevelMutators headers = LevelMutators.compile(config.headers(), "routes", errors);
    for (int i = 0; i < indexes.length; i++) {
      indexes[i] =
          RouteIndex.compile(
              config,
              headers,
              config.virtualHosts().get(i),
              "virtualHosts[" + i + "]",
              errors,
              routes);
    }
    errors.throwIfAny();
    return new RouteTable(hosts, indexes, List.copyOf(routes), config.virtualHosts());
  }

  /** All routes, in order; a route's position is its {@link RouteDecision.Matched#id}. */
  public List<RouteDecision.Matched> routes() {
    return routes;
  }

  /**
   * Decides about one request.
   *
   * @param random draws {@link Draw#ROUTE_FRACTION} once, below one million, when the virtual host
   *     has a route that matches a share of requests only. All such routes look at that one draw,
   *     as in Envoy: shares of 10 % and 30 % in a row take 10 % and 20 % of the requests
   */
  public RouteDecision decide(RequestHead head, RandomSource random) {
    int host = hosts.find(head.authority());
    return host == VirtualHostIndex.NONE
        ? RouteDecision.NoRoute.INSTANCE
        : indexes[host].decide(head, random);
  }

  /** Tells how {@link #decide} comes to its decision; draws nothing. */
  public RouteExplanation explain(RequestHead head) {
    int host = hosts.find(head.authority());
    return host == VirtualHostIndex.NONE
        ? new RouteExplanation(Optional.empty(), List.of())
        : new RouteExplanation(Optional.of(config.get(host).name()), indexes[host].explain(head));
  }
}
