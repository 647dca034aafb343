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
   * Who is told of attempts.
   *
   * @param inRequest whether {@code x-envoy-attempt-count} is put on each attempt
   * @param inResponse whether it is put on what the caller gets
   * @param timeoutRetry whether retries say in {@code x-envoy-is-timeout-retry} if they follow a
   *     timeout
   */
  public record AttemptCount(boolean inRequest, boolean inResponse, boolean timeoutRetry) {
    /** Retries do not say why. */
    public AttemptCount(boolean inRequest, boolean inResponse) {
      this(inRequest, inResponse, false);
    }
  }
}
