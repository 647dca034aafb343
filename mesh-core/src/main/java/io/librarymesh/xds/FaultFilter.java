package io.librarymesh.xds;

import io.librarymesh.config.FaultInjection;

/**
 * The fault filter of a listener's chain, under which the routes' faults stand.
 *
 * @param present whether the chain has one; without it no route's fault is injected
 * @param inherited the fault of routes that say nothing about faults
 */
record FaultFilter(boolean present, FaultInjection inherited) {
  /** The chain has no such filter. */
  static final FaultFilter NONE = new FaultFilter(false, FaultInjection.NONE);

  /** The filter is there for routes to configure, as Istio has it. */
  static final FaultFilter BARE = new FaultFilter(true, FaultInjection.NONE);
}
