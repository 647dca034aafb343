package io.librarymesh.authz;

import io.librarymesh.config.RbacCondition;
import io.librarymesh.config.RbacPolicy;
import java.util.List;

/**
 * Policies for a connection of which the requests are not known. What is asked of a request may
 * hold or not: a policy that denies is taken to match unless the connection itself says otherwise,
 * one that allows only if the connection itself says so.
 */
final class ConnectionConditions {
  private ConnectionConditions() {}

  /**
   * The policy with what is not known answered.
   *
   * @param matches whether it is to match in case of doubt
   */
  static RbacPolicy inDoubt(RbacPolicy policy, boolean matches) {
    return new RbacPolicy(
        policy.name(), inDoubt(policy.permission(), matches), inDoubt(policy.principal(), matches));
  }

  private static RbacCondition inDoubt(RbacCondition condition, boolean holds) {
    if (condition instanceof RbacCondition.All all) {
      return new RbacCondition.All(each(all.conditions(), holds));
    } else if (condition instanceof RbacCondition.Some some) {
      return new RbacCondition.Some(each(some.conditions(), holds));
    } else if (condition instanceof RbacCondition.Not not) {
      return new RbacCondition.Not(inDoubt(not.condition(), !holds));
    } else if (condition instanceof RbacCondition.Header
        || condition instanceof RbacCondition.Path
        || condition instanceof RbacCondition.PathTemplate
        || condition instanceof RbacCondition.Claim) {
      return holds ? RbacCondition.ALWAYS : RbacCondition.NEVER;
    }
    return condition;
  }

  private static List<RbacCondition> each(List<RbacCondition> conditions, boolean holds) {
    return conditions.stream().map(condition -> inDoubt(condition, holds)).toList();
  }
}
