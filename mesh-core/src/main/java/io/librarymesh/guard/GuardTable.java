package io.librarymesh.guard;

import io.librarymesh.config.ResiliencePolicy;
import io.librarymesh.config.RouteMatch;
import io.librarymesh.route.RequestHead;
import io.librarymesh.route.RequestMatches;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The compiled policy of a virtual host: finds the rule of a request. Immutable; any thread. */
public final class GuardTable {
  private final RequestMatches matches;
  private final Guard[] byMatch;
  private final @Nullable Guard otherwise;

  private GuardTable(RequestMatches matches, Guard[] byMatch, @Nullable Guard otherwise) {
    this.matches = matches;
    this.byMatch = byMatch;
    this.otherwise = otherwise;
  }

  /**
   * The conditions of a policy.
   *
   * @param rules the rule of each condition, by its position
   * @param otherwise the rule that takes everything; -1 when there is none
   */
  record Conditions(RequestMatches matches, List<Integer> rules, int otherwise) {
    /**
     * Compiles a policy's conditions.
     *
     * @throws IllegalArgumentException when one cannot be compiled
     */
    static Conditions compile(ResiliencePolicy policy, String at) {
      List<RouteMatch> matches = new ArrayList<>();
      List<Integer> rules = new ArrayList<>();
      for (int i = 0; i < policy.rules().size(); i++) {
        List<RouteMatch> alternatives = policy.rules().get(i).matches();
        if (alternatives.isEmpty()) {
          return new Conditions(RequestMatches.compile(matches, at), rules, i);
        }
        for (RouteMatch match : alternatives) {
          matches.add(match);
          rules.add(i);
        }
      }
      return new Conditions(RequestMatches.compile(matches, at), rules, -1);
    }
  }

  /**
   * Joins conditions and rules.
   *
   * @param guards of the policy's rules, in order
   */
  static GuardTable of(Conditions conditions, List<Guard> guards) {
    return new GuardTable(
        conditions.matches(),
        conditions.rules().stream().map(guards::get).toArray(Guard[]::new),
        conditions.otherwise() < 0 ? null : guards.get(conditions.otherwise()));
  }

  /** The rule in force for a request; null when there is none. */
  public @Nullable Guard find(RequestHead head) {
    int match = matches.first(head);
    return match == RequestMatches.NONE ? otherwise : byMatch[match];
  }
}
