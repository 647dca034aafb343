package io.librarymesh.xds;

import io.librarymesh.config.InboundListener;

/** What a listener says. */
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

  /** It is for a server. */
  record Inbound(InboundListener listener) implements ListenerResource {}

  /** It is broken, which its errors say. */
  record Unusable() implements ListenerResource {}
}
