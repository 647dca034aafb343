package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.PeerAuthentication;
import io.librarymesh.controlplane.istio.Severity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Warns of PeerAuthentications that are in force nowhere. */
final class PeerAuthenticationFindings {
  private PeerAuthenticationFindings() {}

  static List<Finding> of(PushContext context) {
    String root = context.meshConfig().rootNamespace();
    List<Finding> findings = new ArrayList<>();
    Map<Scope, PeerAuthentication> first = new HashMap<>();
    context.resources().stream()
        .filter(PeerAuthentication.class::isInstance)
        .map(PeerAuthentication.class::cast)
        .sorted(OldestFirst.ORDER)
        .forEach(
            policy -> {
              Scope scope = new Scope(policy.metadata().namespace(), policy.selector());
              if (scope.namespace().equals(root) && !scope.labels().isEmpty()) {
                findings.add(
                    warning(
                        policy,
                        "spec.selector",
                        "in force nowhere: in the root namespace "
                            + root
                            + " a policy is for the whole mesh (expected: no selector, or the"
                            + " namespace of the workloads)"));
                return;
              }
              PeerAuthentication winner = first.putIfAbsent(scope, policy);
              if (winner != null) {
                findings.add(
                    warning(
                        policy,
                        "spec",
                        winner.id()
                            + " at "
                            + winner.position()
                            + " is older and for the same workloads, so this one is in force"
                            + " nowhere (expected: one for each selector)"));
              }
            });
    return findings;
  }

  private record Scope(String namespace, Map<String, String> labels) {}

  private static Finding warning(PeerAuthentication policy, String path, String message) {
    return new Finding(policy.position(), Severity.WARNING, path, message);
  }
}
