package io.librarymesh.config;

import java.util.List;

/**
 * The routes of some host names. Source: Envoy {@code route.v3.VirtualHost}.
 *
 * @param domains exact names, {@code *suffix}, {@code prefix*} or {@code *}; case does not matter
 * @param routes in order: the first that matches is taken, and no other virtual host is tried
 * @param includeAttemptCount whether attempts carry {@code x-envoy-attempt-count}
 */
public record VirtualHost(
    String name, List<String> domains, List<Route> routes, boolean includeAttemptCount) {
  public VirtualHost {
    domains = List.copyOf(domains);
    routes = List.copyOf(routes);
  }
}
