package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.AuthorizationPolicy;
import io.librarymesh.controlplane.istio.AuthorizationRule;
import io.librarymesh.controlplane.istio.AuthorizationRule.Condition;
import io.librarymesh.controlplane.istio.AuthorizationRule.Operation;
import io.librarymesh.controlplane.istio.AuthorizationRule.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Ports in policies. They are written as the port of a container; a process that shares a machine
 * with others may listen elsewhere, and is meant all the same.
 */
final class PolicyPorts {
  private static final String PORT_KEY = "destination.port";

  private PolicyPorts() {}

  /** Whether some policy names a port at all. */
  static boolean areNamed(List<AuthorizationPolicy> policies) {
    return policies.stream()
        .flatMap(policy -> policy.rules().stream())
        .flatMap(PolicyPorts::named)
        .anyMatch(values -> !values.isEmpty());
  }

  private static Stream<Values> named(AuthorizationRule rule) {
    return Stream.concat(
        rule.to().stream().map(Operation::ports),
        rule.when().stream()
            .filter(condition -> condition.key().equals(PORT_KEY))
            .map(Condition::values));
  }

  /**
   * The policies with the port added wherever one of the numbers stands.
   *
   * @param numbers under which it is known to services
   */
  static List<AuthorizationPolicy> with(
      List<AuthorizationPolicy> policies, int port, Set<Integer> numbers) {
    return numbers.isEmpty()
        ? policies
        : policies.stream().map(policy -> policy(policy, port, numbers)).toList();
  }

  private static AuthorizationPolicy policy(
      AuthorizationPolicy policy, int port, Set<Integer> numbers) {
    return new AuthorizationPolicy(
        policy.position(),
        policy.metadata(),
        policy.selector(),
        policy.targetRefs(),
        policy.action(),
        policy.provider(),
        policy.rules().stream().map(rule -> rule(rule, port, numbers)).toList());
  }

  private static AuthorizationRule rule(AuthorizationRule rule, int port, Set<Integer> numbers) {
    return new AuthorizationRule(
        rule.from(),
        rule.to().stream()
            .map(
                to ->
                    new Operation(
                        to.hosts(), values(to.ports(), port, numbers), to.methods(), to.paths()))
            .toList(),
        rule.when().stream()
            .map(
                when ->
                    when.key().equals(PORT_KEY)
                        ? new Condition(PORT_KEY, values(when.values(), port, numbers))
                        : when)
            .toList());
  }

  private static Values values(Values written, int port, Set<Integer> numbers) {
    return new Values(values(written.any(), port, numbers), values(written.none(), port, numbers));
  }

  private static List<String> values(List<String> written, int port, Set<Integer> numbers) {
    if (numbers.stream().map(String::valueOf).noneMatch(written::contains)) {
      return written;
    }
    List<String> all = new ArrayList<>(written);
    all.add(String.valueOf(port));
    return all;
  }
}
