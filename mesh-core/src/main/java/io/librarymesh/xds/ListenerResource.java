package io.librarymesh.xds;

/** What a listener says to a client. */
sealed interface ListenerResource {
  /**
   * Its routes are a resource of their own.
   *
   * @param unknown why nobody has declared what it is for; empty when somebody has
   */
  record Named(String routeConfigName, ConnectionManager manager, String unknown)
      implements ListenerResource {
    /** A listener for what somebody has declared. */
    Named(String routeConfigName, ConnectionManager manager) {
      this(routeConfigName, manager, "");
    }
  }

  /** Its routes stand in it. */
  record Inline(RouteResource routes, ConnectionManager manager) implements ListenerResource {}

  /** It is for a server; clients only subscribe to it so that their registration has a stream. */
  record Inbound() implements ListenerResource {}
}
