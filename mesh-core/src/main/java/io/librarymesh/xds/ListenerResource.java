package io.librarymesh.xds;

import io.librarymesh.config.PathNormalization;

/** What a listener says to a client. */
sealed interface ListenerResource {
  /** Its routes are a resource of their own. */
  record Named(String routeConfigName, HttpFilters filters, PathNormalization paths)
      implements ListenerResource {}

  /** Its routes stand in it. */
  record Inline(RouteResource routes, HttpFilters filters, PathNormalization paths)
      implements ListenerResource {}

  /** It is for a server; clients only subscribe to it so that their registration has a stream. */
  record Inbound() implements ListenerResource {}
}
