package io.librarymesh.route;

import io.librarymesh.config.HeaderMatch;
import io.librarymesh.config.QueryParameterMatch;
import io.librarymesh.config.Route;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.RouteMatch;
import io.librarymesh.config.VirtualHost;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The compiled routes behind one listener: reads a request head, returns a decision. */
public final class RouteTable {
  private static final int MILLION = 1_000_000;

  private final boolean ignorePort;
  private final Map<String, List<Rule>> domains;
  private final List<RouteDecision.Matched> routes;

  private RouteTable(
      boolean ignorePort, Map<String, List<Rule>> domains, List<RouteDecision.Matched> routes) {
    this.ignorePort = ignorePort;
    this.domains = domains;
    this.routes = routes;
  }

  /**
   * Compiles a configuration.
   *
   * @throws IllegalArgumentException with everything that is wrong, each with its path, such as
   *     {@code virtualHosts[1].routes[0].match.headers[2]: ...}
   */
  public static RouteTable compile(RouteConfig config) {
    ConfigErrors errors = new ConfigErrors();
    Map<String, List<Rule>> domains = new HashMap<>();
    List<RouteDecision.Matched> routes = new ArrayList<>();
    for (int i = 0; i < config.virtualHosts().size(); i++) {
      VirtualHost host = config.virtualHosts().get(i);
      String path = "virtualHosts[" + i + "]";
      List<Rule> rules = new ArrayList<>();
      for (int j = 0; j < host.routes().size(); j++) {
        RouteDecision.Matched matched =
            new RouteDecision.Matched(
                routes.size(), host.routes().get(j), host.includeAttemptCount());
        routes.add(matched);
        rules.add(Rule.compile(matched, path + ".routes[" + j + "].match", errors));
      }
      for (int j = 0; j < host.domains().size(); j++) {
        String domain = host.domains().get(j).toLowerCase(Locale.ROOT);
        String at = path + ".domains[" + j + "]";
        int star = domain.indexOf('*');
        if (star > 0 && star < domain.length() - 1) {
          errors.add(at, domain + " (expected: one wildcard, at the start or the end)");
        } else if (domains.put(domain, rules) != null) {
          errors.add(at, domain + " (expected: a domain that no virtual host has yet)");
        }
      }
    }
    errors.throwIfAny();
    return new RouteTable(config.ignorePortInHost(), domains, List.copyOf(routes));
  }

  /** All routes, in order; a route's position is its {@link RouteDecision.Matched#id}. */
  public List<RouteDecision.Matched> routes() {
    return routes;
  }

  /** Decides by first match. */
  public RouteDecision decide(RequestHead head, RandomSource random) {
    List<Rule> rules = rules(head.authority());
    if (rules == null) {
      return RouteDecision.NoRoute.INSTANCE;
    }
    int chance = random.nextInt(MILLION, Draw.ROUTE_FRACTION);
    for (Rule rule : rules) {
      if (rule.matches(head, chance)) {
        return rule.matched;
      }
    }
    return RouteDecision.NoRoute.INSTANCE;
  }

  private @Nullable List<Rule> rules(String authority) {
    String host = authority.toLowerCase(Locale.ROOT);
    int colon = host.lastIndexOf(':');
    if (ignorePort && colon > host.lastIndexOf(']')) {
      host = host.substring(0, colon);
    }
    List<Rule> rules = domains.get(host);
    for (int i = 1; rules == null && i < host.length(); i++) {
      rules = domains.get("*" + host.substring(i));
    }
    for (int i = host.length() - 1; rules == null && i > 0; i--) {
      rules = domains.get(host.substring(0, i) + "*");
    }
    return rules != null ? rules : domains.get("*");
  }

  /** One route. */
  private record Rule(
      RouteDecision.Matched matched,
      PathMatcher path,
      List<HeaderMatcher> headers,
      List<QueryParameterMatcher> queryParameters) {
    static Rule compile(RouteDecision.Matched matched, String at, ConfigErrors errors) {
      RouteMatch match = matched.route().match();
      PathMatcher path = new PathMatcher.Prefix("", true);
      try {
        path = PathMatcher.compile(match.path());
      } catch (IllegalArgumentException e) {
        errors.add(at + ".path", String.valueOf(e.getMessage()));
      }
      List<HeaderMatcher> headers = new ArrayList<>();
      for (HeaderMatch header : match.headers()) {
        try {
          headers.add(HeaderMatcher.compile(header));
        } catch (IllegalArgumentException e) {
          errors.add(at + ".headers[" + headers.size() + "]", String.valueOf(e.getMessage()));
        }
      }
      List<QueryParameterMatcher> parameters = new ArrayList<>();
      for (QueryParameterMatch parameter : match.queryParameters()) {
        try {
          parameters.add(QueryParameterMatcher.compile(parameter));
        } catch (IllegalArgumentException e) {
          errors.add(
              at + ".queryParameters[" + parameters.size() + "]", String.valueOf(e.getMessage()));
        }
      }
      return new Rule(matched, path, headers, parameters);
    }

    boolean matches(RequestHead head, int chance) {
      String text = head.path();
      int fragment = text.indexOf('#');
      int end = fragment < 0 ? text.length() : fragment;
      int question = text.indexOf('?');
      int pathEnd = question < 0 || question > end ? end : question;
      Route route = matched.route();
      return path.matches(text, pathEnd)
          && headers.stream().allMatch(h -> h.matches(head))
          && queryParameters.stream()
              .allMatch(q -> q.matches(text, Math.min(pathEnd + 1, end), end))
          && chance % route.match().fraction().denominator() < route.match().fraction().numerator();
    }
  }
}
