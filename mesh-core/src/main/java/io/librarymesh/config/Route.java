package io.librarymesh.config;

/**
 * One rule of a virtual host.
 *
 * @param name for people; may be empty
 * @param session how the calls of a session stay with one host
 * @param headers how the headers of its requests and responses are changed
 * @param origin where the rule was written, as {@code FILE:LINE} or {@code KIND NAMESPACE/NAME};
 *     may be empty
 */
public record Route(
    String name,
    RouteMatch match,
    RouteAction action,
    FaultInjection fault,
    StatefulSession session,
    HeaderOperations headers,
    String origin) {
  /** A rule without sessions. */
  public Route(
      String name,
      RouteMatch match,
      RouteAction action,
      FaultInjection fault,
      HeaderOperations headers,
      String origin) {
    this(name, match, action, fault, StatefulSession.NONE, headers, origin);
  }

  /** A rule without sessions that changes no headers. */
  public Route(
      String name, RouteMatch match, RouteAction action, FaultInjection fault, String origin) {
    this(name, match, action, fault, HeaderOperations.NONE, origin);
  }

  /** The same rule with another fault. */
  public Route withFault(FaultInjection other) {
    return new Route(name, match, action, other, session, headers, origin);
  }

  /** The same rule with other sessions. */
  public Route withSession(StatefulSession other) {
    return new Route(name, match, action, fault, other, headers, origin);
  }

  /** The same rule that does something else. */
  public Route withAction(RouteAction other) {
    return new Route(name, match, other, fault, headers, origin);
  }
}
