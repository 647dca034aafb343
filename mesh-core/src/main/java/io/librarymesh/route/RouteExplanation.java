package io.librarymesh.route;

import io.librarymesh.config.Route;
import java.util.List;
import java.util.Optional;

/**
 * How a {@link RouteTable} comes to its decision about one request: the virtual host, and each of
 * its rules in the order in which they are tried.
 *
 * @param virtualHost the name of the virtual host that the authority chose; empty when there is
 *     none
 */
public record RouteExplanation(Optional<String> virtualHost, List<Tried> rules) {
  public RouteExplanation {
    rules = List.copyOf(rules);
  }

  /** What becomes of one rule. */
  public enum Verdict {
    /** All conditions hold: the request takes it. */
    TAKEN,
    /** All conditions hold, and a share of such requests takes it; the others go on. */
    SHARE,
    /** A condition does not hold. */
    PASSED_OVER,
    /** A rule before it is taken by every such request. */
    NOT_REACHED
  }

  /**
   * One rule.
   *
   * @param reason the condition that failed, with what was found and expected; or the share
   */
  public record Tried(RouteDecision.Matched matched, Verdict verdict, String reason) {
    /** What was configured. */
    public Route route() {
      return matched.route();
    }
  }

  /** The rule that every request takes which no share before it takes; empty when there is none. */
  public Optional<Tried> taken() {
    return rules.stream().filter(rule -> rule.verdict() == Verdict.TAKEN).findFirst();
  }
}
