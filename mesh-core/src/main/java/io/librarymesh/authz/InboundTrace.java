package io.librarymesh.authz;

import io.librarymesh.authz.InboundExplanation.Finding;
import io.librarymesh.authz.InboundExplanation.Policies;
import io.librarymesh.authz.InboundExplanation.Policy;
import io.librarymesh.authz.InboundExplanation.Step;
import io.librarymesh.authz.InboundExplanation.Tokens;
import io.librarymesh.config.ClientAddress;
import io.librarymesh.config.InboundFilter;
import io.librarymesh.config.JwtAuthentication;
import io.librarymesh.config.JwtProvider;
import io.librarymesh.config.RbacCondition;
import io.librarymesh.config.RbacPolicy;
import io.librarymesh.config.RbacRules;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what each filter made of a request, for who asks why. Conditions are compiled again for
 * this, each by itself, so that deciding carries nothing for it. Confined to one explanation.
 */
final class InboundTrace {
  private final List<Step> steps = new ArrayList<>();
  private final ClientAddress client;
  private String path;

  InboundTrace(ClientAddress client, String path) {
    this.client = client;
    this.path = path;
  }

  void judges(String target) {
    path = target;
  }

  String path() {
    return path;
  }

  List<Step> steps() {
    return steps;
  }

  /** After a filter has taken the request. */
  void took(InboundFilter filter, Passage passage, InboundVerdict.@Nullable Denied denied) {
    if (filter instanceof JwtAuthentication jwt) {
      steps.add(
          new Tokens(
              jwt.providers().values().stream().map(JwtProvider::issuer).distinct().toList(),
              passage.claims(),
              denied == null ? "" : denied.body()));
    } else if (filter instanceof InboundFilter.Rbac rbac) {
      Facts facts = Facts.of(passage.request(), client, passage.target(), passage.claims());
      rbac.shadowRules().ifPresent(rules -> steps.add(policies(rules, true, facts)));
      rbac.rules().ifPresent(rules -> steps.add(policies(rules, false, facts)));
    }
  }

  /** Somebody has to be asked after that. */
  void asks(ExternalCheck check) {
    steps.add(new InboundExplanation.Question(check));
  }

  private static Policies policies(RbacRules rules, boolean shadow, Facts facts) {
    RbacProgram program = RbacProgram.compile(rules, new ArrayList<>());
    return new Policies(
        rules.action(),
        shadow,
        program.allows(program.match(facts)),
        rules.policies().stream().map(policy -> policy(policy, rules, facts)).toList());
  }

  private static Policy policy(RbacPolicy policy, RbacRules rules, Facts facts) {
    boolean matches =
        policy
            .name()
            .equals(
                RbacProgram.compile(
                        new RbacRules(rules.action(), List.of(policy)), new ArrayList<>())
                    .match(facts));
    return new Policy(
        policy.name(),
        matches,
        finding(policy.permission(), facts),
        finding(policy.principal(), facts));
  }

  private static Finding finding(RbacCondition condition, Facts facts) {
    List<RbacCondition> parts =
        condition instanceof RbacCondition.All all
            ? all.conditions()
            : condition instanceof RbacCondition.Some some
                ? some.conditions()
                : condition instanceof RbacCondition.Not not ? List.of(not.condition()) : List.of();
    return new Finding(
        condition,
        holds(condition, facts),
        parts.stream().map(part -> finding(part, facts)).toList());
  }

  /** What cannot be compiled holds for nobody; the policy says what that means. */
  private static boolean holds(RbacCondition condition, Facts facts) {
    try {
      return Condition.compile(condition).holds(facts);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
