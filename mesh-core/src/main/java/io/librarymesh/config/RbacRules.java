package io.librarymesh.config;

import java.util.Comparator;
import java.util.List;

/**
 * Policies of one action. Source: Envoy {@code rbac.v3.RBAC}.
 *
 * @param policies in the order of their names, the first one that matches counts
 */
public record RbacRules(Action action, List<RbacPolicy> policies) {
  /** What becomes of a request that a policy matches, or that none does. */
  public enum Action {
    /** Who matches passes, who matches nothing is denied. */
    ALLOW,
    /** Who matches is denied. */
    DENY,
    /** Everybody passes; who matches is marked for an audit. */
    LOG
  }

  public RbacRules {
    policies = policies.stream().sorted(Comparator.comparing(RbacPolicy::name)).toList();
  }
}
