package io.librarymesh.controlplane.istio;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One rule of a ResiliencePolicy. Counts are kept for each rule and for each service port that it
 * applies to, over all clients of a process.
 *
 * @param position where the rule begins
 * @param name a name that keeps the rule's counts when rules are moved; empty when none
 * @param match alternatives of which one must hold; none means that every request matches
 * @param coalesce which equal requests share one answer
 * @param rateLimit how many requests may begin in an interval
 * @param bulkhead how many calls may run at once
 * @param adaptiveConcurrency how many calls may run at once, by how long they take
 * @param fallback what answers in place of a failure
 */
public record ResilienceRule(
    SourcePosition position,
    String name,
    List<HttpMatchRequest> match,
    Optional<Coalesce> coalesce,
    Optional<RateLimit> rateLimit,
    Optional<Bulkhead> bulkhead,
    Optional<AdaptiveConcurrency> adaptiveConcurrency,
    Optional<Fallback> fallback) {

  /** Copies the list. */
  public ResilienceRule {
    match = List.copyOf(match);
  }

  /**
   * Lets equal safe requests that are under way at one time share one answer.
   *
   * @param headers which have to be equal, besides those that always have to
   * @param maxBytes the largest body that is shared
   * @param maxWait how long a request waits for another's answer before it goes by itself
   */
  public record Coalesce(List<String> headers, int maxBytes, Duration maxWait) {

    /** Copies the list. */
    public Coalesce {
      headers = List.copyOf(headers);
    }
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

  /**
   * Answers in place of a failure. Of several ways the first that has an answer is taken, in the
   * order of the components.
   *
   * @param on what the caller would get; conditions and statuses, never empty
   * @param destination another service that is asked
   * @param lastGoodResponse the last good answer to an equal request
   * @param response an answer that is always the same
   */
  public record Fallback(
      List<String> on,
      Optional<Destination> destination,
      Optional<LastGoodResponse> lastGoodResponse,
      Optional<StaticResponse> response) {

    /** Copies the list. */
    public Fallback {
      on = List.copyOf(on);
    }
  }

  /**
   * Keeps the last good answers to safe requests.
   *
   * @param headers which have to be equal, besides those that always have to
   * @param maxAge how old an answer may be
   * @param maxEntries how many are kept
   * @param maxBytes the largest body that is kept
   */
  public record LastGoodResponse(
      List<String> headers, Duration maxAge, int maxEntries, int maxBytes) {

    /** Copies the list. */
    public LastGoodResponse {
      headers = List.copyOf(headers);
    }
  }

  /** An answer without an upstream. */
  public record StaticResponse(int status, Map<String, String> headers, Optional<HttpBody> body) {

    /** Copies the map, keeping its order. */
    public StaticResponse {
      headers = Copies.ordered(headers);
    }
  }
}
