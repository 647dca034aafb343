package io.librarymesh.controlplane.istio;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One rule of a VirtualService; Istio's {@code HTTPRoute}.
 *
 * @param position where the rule begins
 * @param name the rule's name, empty when none; with a match's name it becomes {@code rule.match}
 * @param match alternatives, tried in order; empty matches every request
 * @param action what happens to a matching request
 * @param rewrite changes to path and authority before forwarding
 * @param timeout the deadline over all tries; absent means none
 * @param retries this rule's retry policy; absent means the mesh's, and present with zero attempts
 *     means none at all
 * @param fault faults injected before forwarding
 * @param mirrors shadow copies; the older single mirror, with either percentage, is folded in
 * @param corsPolicy answers to browser preflights
 * @param headers header operations of the rule
 */
public record HttpRoute(
    SourcePosition position,
    String name,
    List<HttpMatchRequest> match,
    HttpRouteAction action,
    Optional<HttpRewrite> rewrite,
    Optional<Duration> timeout,
    Optional<HttpRetry> retries,
    Optional<HttpFaultInjection> fault,
    List<HttpMirrorPolicy> mirrors,
    Optional<CorsPolicy> corsPolicy,
    Headers headers) {

  /** Copies the lists. */
  public HttpRoute {
    match = List.copyOf(match);
    mirrors = List.copyOf(mirrors);
  }
}
