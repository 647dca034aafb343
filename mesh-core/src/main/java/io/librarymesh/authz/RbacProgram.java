package io.librarymesh.authz;

import io.librarymesh.config.RbacPolicy;
import io.librarymesh.config.RbacRules;
import io.librarymesh.config.RbacRules.Action;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compiled {@link RbacRules}. A policy that cannot be compiled is not left out: where it denies it
 * matches everything, where it allows it matches nothing, so that a mistake never opens a door.
 */
final class RbacProgram {
  private final Action action;
  private final Policy[] policies;

  private RbacProgram(Action action, Policy[] policies) {
    this.action = action;
    this.policies = policies;
  }

  /**
   * Compiles rules.
   *
   * @param problems gets a line for each policy that could not be compiled
   */
  static RbacProgram compile(RbacRules rules, List<String> problems) {
    return new RbacProgram(
        rules.action(),
        rules.policies().stream()
            .map(policy -> compile(policy, rules.action(), problems))
            .toArray(Policy[]::new));
  }

  /** The same rules for connections of which the requests are not known. */
  static RbacProgram compileForConnections(RbacRules rules) {
    boolean inDoubt = rules.action() == Action.DENY;
    return compile(
        new RbacRules(
            rules.action(),
            rules.policies().stream()
                .map(policy -> ConnectionConditions.inDoubt(policy, inDoubt))
                .toList()),
        new ArrayList<>());
  }

  private static Policy compile(RbacPolicy policy, Action action, List<String> problems) {
    try {
      return new Policy(
          policy.name(),
          Condition.compile(policy.permission()),
          Condition.compile(policy.principal()));
    } catch (IllegalArgumentException e) {
      problems.add(policy.name() + ": " + e.getMessage());
      boolean matches = action == Action.DENY;
      return new Policy(policy.name(), facts -> matches, facts -> matches);
    }
  }

  /** The name of the first policy that matches; null when none does. */
  @Nullable String match(Facts facts) {
    for (Policy policy : policies) {
      if (policy.permission().holds(facts) && policy.principal().holds(facts)) {
        return policy.name();
      }
    }
    return null;
  }

  /** Whether a request may pass of which this matched. */
  boolean allows(@Nullable String matched) {
    return switch (action) {
      case ALLOW -> matched != null;
      case DENY -> matched == null;
      case LOG -> true;
    };
  }

  boolean audits() {
    return action == Action.LOG;
  }

  private record Policy(String name, Condition permission, Condition principal) {}
}
