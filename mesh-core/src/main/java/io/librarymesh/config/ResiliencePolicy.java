package io.librarymesh.config;

import java.util.List;

/**
 * What a client does to protect itself and a service where xDS has no field for it. Source: {@code
 * librarymesh.io/v1 ResiliencePolicy}.
 *
 * @param name {@code NAMESPACE/NAME}, for people; empty when there is no policy
 * @param origin where it is written, for people; may be empty
 * @param rules in order: the first that matches a request is in force for it
 */
public record ResiliencePolicy(String name, String origin, List<Rule> rules) {
  /** Does nothing. */
  public static final ResiliencePolicy NONE = new ResiliencePolicy("", List.of());

  /** One of which nobody knows where it is written. */
  public ResiliencePolicy(String name, List<Rule> rules) {
    this(name, "", rules);
  }

  public ResiliencePolicy {
    rules = List.copyOf(rules);
  }

  /**
   * One rule.
   *
   * @param name tells the rules of a policy apart; state that belongs to a name survives an update
   * @param matches alternatives of which one must hold; empty means that every request matches
   */
  public record Rule(
      String name,
      List<RouteMatch> matches,
      Coalesce coalesce,
      RateLimit rateLimit,
      Bulkhead bulkhead,
      AdaptiveConcurrency adaptiveConcurrency,
      Fallback fallback) {
    public Rule {
      matches = List.copyOf(matches);
      for (RouteMatch match : matches) {
        if (!match.fraction().equals(FractionalPercent.ALWAYS)) {
          throw new IllegalArgumentException(
              "fraction: " + match.fraction() + " (expected: every request)");
        }
      }
    }
  }
}
