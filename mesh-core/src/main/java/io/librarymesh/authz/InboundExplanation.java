package io.librarymesh.authz;

import io.librarymesh.config.Metadata;
import io.librarymesh.config.RbacCondition;
import io.librarymesh.config.RbacRules.Action;
import java.util.List;

/**
 * What became of a request to a server, and of each policy on its way. Immutable.
 *
 * @param path in the form that was judged; as it came where it was refused for it
 * @param steps those that it took, the last one is where it was denied
 * @param verdict what {@link InboundEngine#decide} says of the same request
 */
public record InboundExplanation(String path, List<Step> steps, InboundVerdict verdict) {
  public InboundExplanation {
    steps = List.copyOf(steps);
  }

  /** What one filter made of the request. */
  public sealed interface Step {}

  /**
   * Tokens were looked for.
   *
   * @param issuers whose tokens are known, in the order of their names
   * @param claims of those that count
   * @param problem why the request ends here; empty when it does not
   */
  public record Tokens(List<String> issuers, Metadata claims, String problem) implements Step {
    public Tokens {
      issuers = List.copyOf(issuers);
    }
  }

  /**
   * An authorizer has to be asked, which the explanation does not do: the way ends here.
   *
   * @param check what it would be asked first
   */
  public record Question(ExternalCheck check) implements Step {}

  /**
   * Policies were asked.
   *
   * @param shadow whether they are only tried out
   * @param allowed whether the request passes them
   */
  public record Policies(Action action, boolean shadow, boolean allowed, List<Policy> policies)
      implements Step {
    public Policies {
      policies = List.copyOf(policies);
    }
  }

  /**
   * A policy.
   *
   * @param name such as {@code ns[foo]-policy[bar]-rule[0]}
   * @param matches whether both of its conditions hold
   * @param permission what is called
   * @param principal who calls
   */
  public record Policy(String name, boolean matches, Finding permission, Finding principal) {}

  /**
   * A condition, and whether it holds.
   *
   * @param parts those that it is made of
   */
  public record Finding(RbacCondition condition, boolean holds, List<Finding> parts) {
    public Finding {
      parts = List.copyOf(parts);
    }
  }
}
