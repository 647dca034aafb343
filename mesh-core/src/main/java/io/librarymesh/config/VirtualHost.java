package io.librarymesh.config;

import java.util.List;

/**
 * The routes of some host names. Source: Envoy {@code route.v3.VirtualHost}.
 *
 * @param domains exact names, {@code *suffix}, {@code prefix*} or {@code *}; case does not matter
 * @param routes in order: the first that matches is taken, and no other virtual host is tried
 * @param attemptCount who is told the number of an attempt
 * @param headers how the headers of requests and responses are changed
 * @param resilience what calls of these routes are guarded by
 */
public record VirtualHost(
    String name,
    List<String> domains,
    List<Route> routes,
    AttemptCount attemptCount,
    HeaderOperations headers,
    ResiliencePolicy resilience) {
  public VirtualHost {
    domains = List.copyOf(domains);
    routes = List.copyOf(routes);
  }

  /** A virtual host whose calls nothing guards. */
  public VirtualHost(
      String name,
      List<String> domains,
      List<Route> routes,
      AttemptCount attemptCount,
      HeaderOperations headers) {
    this(name, domains, routes, attemptCount, headers, ResiliencePolicy.NONE);
  }

  /**
   * A virtual host that changes no headers.
   *
   * @param includeAttemptCount whether attempts carry {@code x-envoy-attempt-count}
   */
  public VirtualHost(
      String name, List<String> domains, List<Route> routes, boolean includeAttemptCount) {
    this(
        name, domains, routes, new AttemptCount(includeAttemptCount, false), HeaderOperations.NONE);
  }

  /** The same virtual host with other routes. */
  public VirtualHost withRoutes(List<Route> other) {
    return new VirtualHost(name, domains, other, attemptCount, headers, resilience);
  }

  /** The same virtual host with another policy. */
  public VirtualHost withResilience(ResiliencePolicy policy) {
    return new VirtualHost(name, domains, routes, attemptCount, headers, policy);
  }

  /**
   * Where {@code x-envoy-attempt-count} is put.
   *
   * @param inRequest on each attempt
   * @param inResponse on what the caller gets
   */
  public record AttemptCount(boolean inRequest, boolean inResponse) {}
}
