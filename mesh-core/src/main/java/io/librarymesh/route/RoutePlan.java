package io.librarymesh.route;

import io.librarymesh.config.Route;
import io.librarymesh.config.RouteAction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a route does with a request that it matched, compiled. */
final class RoutePlan {
  /** Null unless the route redirects. */
  final @Nullable RedirectLocation location;

  private RoutePlan(@Nullable RedirectLocation location) {
    this.location = location;
  }

  /**
   * Compiles the action of a route.
   *
   * @param at the path of the route
   * @param errors gets what is wrong; if anything is, the result must not be used
   */
  static RoutePlan compile(Route route, String at, ConfigErrors errors) {
    List<RedirectLocation> location = new ArrayList<>(1);
    if (route.action() instanceof RouteAction.Redirect redirect) {
      errors.collect(
          at + ".redirect",
          () -> location.add(RedirectLocation.compile(redirect, route.match().path())));
    }
    return new RoutePlan(location.isEmpty() ? null : location.get(0));
  }
}
