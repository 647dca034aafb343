package io.librarymesh.route;

import io.librarymesh.config.PathMatch;
import io.librarymesh.config.RouteAction;

/**
 * The compiled URL of a {@link RouteAction.Redirect}. Source: Envoy {@code route.v3.RedirectAction}
 * and how its router puts {@code location} together.
 */
final class RedirectLocation {
  private final String scheme;
  private final String host;
  private final String port;
  private final PathRewriter path;
  private final boolean stripQuery;

  private RedirectLocation(RouteAction.Redirect action, PathRewriter path) {
    this.scheme = action.scheme();
    this.port = action.port() == 0 ? "" : ":" + action.port();
    this.host = port.isEmpty() ? action.host() : withoutPort(action.host());
    this.path = path;
    boolean ownQuery = path instanceof PathRewriter.Whole whole && whole.hasQuery();
    this.stripQuery = action.stripQuery() && !ownQuery;
  }

  /**
   * Compiles a redirect.
   *
   * @param match what the paths have been matched by
   * @throws IllegalArgumentException when the rewrite of the path is not well-formed
   */
  static RedirectLocation compile(RouteAction.Redirect action, PathMatch match) {
    return new RedirectLocation(action, PathRewriter.compile(action.path(), match));
  }

  /** The value of {@code location} for a request. */
  String of(RequestHead head) {
    String newScheme = scheme.isEmpty() ? head.scheme() : scheme;
    String newHost = host.isEmpty() ? host(head, newScheme) : host;
    String newPath = path.rewrite(head.path());
    if (stripQuery) {
      newPath = newPath.substring(0, RequestPath.end(newPath));
    }
    return newScheme + "://" + newHost + port + (newPath.startsWith("/") ? "" : "/") + newPath;
  }

  /** A port that only says what the old scheme says goes with it. */
  private String host(RequestHead head, String newScheme) {
    String authority = head.authority();
    boolean otherScheme = !newScheme.equals(head.scheme());
    boolean oldDefault =
        otherScheme && authority.endsWith(head.scheme().equals("https") ? ":443" : ":80");
    return oldDefault || !port.isEmpty() ? withoutPort(authority) : authority;
  }

  private static String withoutPort(String authority) {
    return authority.substring(0, Authority.hostEnd(authority));
  }
}
