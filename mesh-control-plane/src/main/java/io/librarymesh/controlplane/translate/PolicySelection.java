package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.HttpMatchRequest;
import io.librarymesh.controlplane.istio.ResiliencePolicy;
import io.librarymesh.controlplane.istio.ResilienceRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rules of one ResiliencePolicy that can apply to a client on a port: conditions on the client,
 * its namespace and the port are decided here and gone.
 *
 * @param owner the policy
 * @param rules candidates in the order in which they are tried; at least one
 */
record PolicySelection(ResiliencePolicy owner, List<Candidate> rules) {

  /**
   * One rule.
   *
   * @param name by which its counts are known: the written one, else its place in the policy
   * @param matches the alternatives that are left; none for a rule that matches everything
   */
  record Candidate(ResilienceRule rule, String name, List<HttpMatchRequest> matches) {

    private boolean isCatchAll() {
      return matches.isEmpty() || matches.stream().anyMatch(RouteSelection::isCatchAll);
    }
  }

  /** The first policy that leaves any rule for the client; the others are ignored. */
  static Optional<PolicySelection> first(List<ResiliencePolicy> ranked, int port, ClientView view) {
    for (ResiliencePolicy policy : ranked) {
      List<Candidate> rules = candidates(policy, port, view);
      if (!rules.isEmpty()) {
        return Optional.of(new PolicySelection(policy, rules));
      }
    }
    return Optional.empty();
  }

  private static List<Candidate> candidates(ResiliencePolicy policy, int port, ClientView view) {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < policy.http().size(); i++) {
      ResilienceRule rule = policy.http().get(i);
      List<HttpMatchRequest> matches =
          rule.match().stream()
              .filter(match -> RouteSelection.applies(match.scope(), port, view))
              .toList();
      if (rule.match().isEmpty() || !matches.isEmpty()) {
        String name = rule.name().isEmpty() ? "http[" + i + "]" : rule.name();
        Candidate candidate = new Candidate(rule, name, matches);
        candidates.add(candidate);
        if (candidate.isCatchAll()) {
          return candidates; // Nothing behind it can be reached.
        }
      }
    }
    return candidates;
  }
}
