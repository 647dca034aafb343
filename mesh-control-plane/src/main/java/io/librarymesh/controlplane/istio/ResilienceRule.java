package io.librarymesh.controlplane.istio;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One rule of a ResiliencePolicy. Counts are kept for each rule and for each service port that it
 * applies to, over all clients of a process.
 *
 * @param position where the rule begins
 * @param name a name that keeps the rule's counts when rules are moved; empty when none
 * @param match alternatives of which one must hold; none means that every request matches
 * @param rateLimit how many requests may begin in an interval
 * @param bulkhead how many calls may run at once
 */
public record ResilienceRule(
    SourcePosition position,
    String name,
    List<HttpMatchRequest> match,
    Optional<RateLimit> rateLimit,
    Optional<Bulkhead> bulkhead) {

  /** Copies the list. */
  public ResilienceRule {
    match = List.copyOf(match);
  }

  /**
   * Bounds how many requests begin in an interval.
   *
   * @param requests how many; they are all available at the start of each interval
   * @param interval how long an interval is
   * @param maxWait how long a request may wait for an interval in which there is room
   */
  public record RateLimit(int requests, Duration interval, Duration maxWait) {}

  /**
   * Bounds how many calls run at once, from when they begin to the end of their responses.
   *
   * @param maxConcurrentCalls how many
   * @param maxWait how long a request may wait for another to end
   */
  public record Bulkhead(int maxConcurrentCalls, Duration maxWait) {}
}
