package io.librarymesh.route;

import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.HeaderMatch;
import io.librarymesh.config.PathMatch;
import io.librarymesh.config.QueryParameterMatch;
import io.librarymesh.config.Route;
import io.librarymesh.config.RouteAction;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.RouteMatch;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.ValueMatch;
import io.librarymesh.config.VirtualHost;
import io.librarymesh.random.RandomSource;
import java.util.List;

/** Short ways to write route tables and to ask them. */
final class Tables {
  static final String NO_ROUTE = "NR";

  /** For tables that have no chance in them. */
  static final RandomSource NO_DRAWS =
      (bound, draw) -> {
        throw new AssertionError(draw + " drawn (expected: no draw)");
      };

  private Tables() {}

  static RouteTable table(VirtualHost... hosts) {
    return RouteTable.compile(new RouteConfig("test", List.of(hosts), false));
  }

  static RouteTable tableIgnoringPort(VirtualHost... hosts) {
    return RouteTable.compile(new RouteConfig("test", List.of(hosts), true));
  }

  /** One virtual host for all authorities. */
  static RouteTable table(Route... routes) {
    return table(new VirtualHost("all", List.of("*"), List.of(routes), false));
  }

  /** A virtual host with one route for all paths that has the name of the host. */
  static VirtualHost host(String name, String... domains) {
    return new VirtualHost(name, List.of(domains), List.of(route(name, prefix("/"))), false);
  }

  static Route route(String name, PathMatch path) {
    return route(name, RouteMatch.of(path));
  }

  static Route route(String name, RouteMatch match) {
    RouteAction action = new RouteAction.DirectResponse(200, name);
    return new Route(name, match, action, FaultInjection.NONE, "");
  }

  static Route route(String name, PathMatch path, HeaderMatch... headers) {
    return route(name, new RouteMatch(path, List.of(headers), List.of(), FractionalPercent.ALWAYS));
  }

  static Route route(String name, PathMatch path, QueryParameterMatch... parameters) {
    return route(
        name, new RouteMatch(path, List.of(), List.of(parameters), FractionalPercent.ALWAYS));
  }

  static PathMatch prefix(String value) {
    return new PathMatch.Prefix(value, true);
  }

  static PathMatch exact(String value) {
    return new PathMatch.Exact(value, true);
  }

  static HeaderMatch header(String name, ValueMatch value) {
    return new HeaderMatch(name, value, false, false);
  }

  static HeaderMatch header(String name, StringMatch value) {
    return header(name, new ValueMatch.Text(value));
  }

  static HeaderMatch invert(HeaderMatch match) {
    return new HeaderMatch(match.name(), match.value(), true, match.treatMissingAsEmpty());
  }

  static HeaderMatch missingAsEmpty(HeaderMatch match) {
    return new HeaderMatch(match.name(), match.value(), match.invert(), true);
  }

  static StringMatch equal(String value) {
    return new StringMatch.Exact(value, false);
  }

  static ValueMatch present(boolean expected) {
    return new ValueMatch.Present(expected);
  }

  /** The name of the route that a table decides for, or {@link #NO_ROUTE}. */
  static String chosen(RouteTable table, RequestHead request) {
    return chosen(table, request, NO_DRAWS);
  }

  static String chosen(RouteTable table, RequestHead request, RandomSource random) {
    RouteDecision decision = table.decide(request, random);
    return decision instanceof RouteDecision.Matched matched ? matched.route().name() : NO_ROUTE;
  }

  /** Whether a route with this condition, and no other, takes the request. */
  static boolean matches(PathMatch path, RequestHead request) {
    return chosen(table(route("r", path)), request).equals("r");
  }

  static boolean matches(HeaderMatch header, RequestHead request) {
    return chosen(table(route("r", prefix("/"), header)), request).equals("r");
  }

  static boolean matches(QueryParameterMatch parameter, RequestHead request) {
    return chosen(table(route("r", prefix("/"), parameter)), request).equals("r");
  }
}
