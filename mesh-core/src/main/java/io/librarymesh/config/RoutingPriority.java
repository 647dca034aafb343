package io.librarymesh.config;

/**
 * Whose limits a request is counted against. The two have nothing to do with the priorities of
 * endpoints. Source: Envoy {@code core.v3.RoutingPriority}.
 */
public enum RoutingPriority {
  DEFAULT,
  HIGH
}
