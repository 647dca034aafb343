package io.librarymesh.xds;

import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.StatefulSession;

/**
 * The filters of a listener's chain, under which what routes say of them stands. Their order does
 * not matter: each looks at the request as the caller made it, and a fault comes before any host
 * whichever is first.
 */
record HttpFilters(FilterLevel<FaultInjection> faults, FilterLevel<StatefulSession> sessions) {
  /** The filter is not there, so that no route's fault is injected. */
  static final FilterLevel<FaultInjection> NO_FAULTS =
      new FilterLevel<>(false, FaultInjection.NONE);

  /** The filter is there for routes to configure, as Istio has it. */
  static final FilterLevel<FaultInjection> BARE_FAULTS =
      new FilterLevel<>(true, FaultInjection.NONE);

  /** The filter is not there, so that no route has sessions. */
  static final FilterLevel<StatefulSession> NO_SESSIONS =
      new FilterLevel<>(false, StatefulSession.NONE);

  /** The filter is there for routes to configure. */
  static final FilterLevel<StatefulSession> BARE_SESSIONS =
      new FilterLevel<>(true, StatefulSession.NONE);

  /** A chain of the router alone. */
  static final HttpFilters NONE = new HttpFilters(NO_FAULTS, NO_SESSIONS);

  HttpFilters withFaults(FilterLevel<FaultInjection> other) {
    return new HttpFilters(other, sessions);
  }

  HttpFilters withSessions(FilterLevel<StatefulSession> other) {
    return new HttpFilters(faults, other);
  }
}
