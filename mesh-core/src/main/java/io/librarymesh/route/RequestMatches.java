package io.librarymesh.route;

import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.Route;
import io.librarymesh.config.RouteAction;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.RouteMatch;
import io.librarymesh.config.VirtualHost;
import io.librarymesh.random.RandomSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Conditions on requests, of which the first that holds is found: what a route's match is, without
 * the route. Immutable; any thread. The cost is that of {@link RouteTable#decide}.
 */
public final class RequestMatches {
  /** No condition holds. */
  public static final int NONE = -1;

  /** There is nothing to draw where every match takes all of its requests. */
  private static final RandomSource NO_DRAWS = (bound, draw) -> 0;

  private final RouteTable table;

  private RequestMatches(RouteTable table) {
    this.table = table;
  }

  /**
   * Compiles conditions.
   *
   * @param at where they stand, for messages
   * @throws IllegalArgumentException when one cannot be compiled; the message has all errors
   */
  public static RequestMatches compile(List<RouteMatch> matches, String at) {
    // One route for each condition, whose action is never looked at, behind every authority.
    List<Route> routes = new ArrayList<>();
    for (RouteMatch match : matches) {
      routes.add(
          new Route("", match, new RouteAction.DirectResponse(200, ""), FaultInjection.NONE, ""));
    }
    VirtualHost host = new VirtualHost("", List.of("*"), routes, false);
    try {
      return new RequestMatches(RouteTable.compile(new RouteConfig("", List.of(host), false)));
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw new IllegalArgumentException(
          message.replace("virtualHosts[0].routes", at + ".matches"), e);
    }
  }

  /** The position of the first condition that holds; {@link #NONE} when none does. */
  public int first(RequestHead head) {
    return table.decide(head, NO_DRAWS) instanceof RouteDecision.Matched matched
        ? matched.id()
        : NONE;
  }
}
