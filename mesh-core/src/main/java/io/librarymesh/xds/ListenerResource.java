package io.librarymesh.xds;

/** What a listener says to a client. */
sealed interface ListenerResource {
  /** Its routes are a resource of their own. */
  record Named(String routeConfigName, ConnectionManager manager) implements ListenerResource {}

  /** Its routes stand in it. */
  record Inline(RouteResource routes, ConnectionManager manager) implements ListenerResource {}

  /** It is for a server; clients only subscribe to it so that their registration has a stream. */
  record Inbound() implements ListenerResource {}
}
