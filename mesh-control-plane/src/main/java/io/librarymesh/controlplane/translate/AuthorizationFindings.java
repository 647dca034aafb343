package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.AuthorizationPolicy;
import io.librarymesh.controlplane.istio.AuthorizationRule;
import io.librarymesh.controlplane.istio.AuthorizationRule.Condition;
import io.librarymesh.controlplane.istio.AuthorizationRule.Values;
import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.Severity;
import java.util.ArrayList;
import java.util.List;

/** Warns of principals that nobody of the mesh can have, and of authorizers that nobody asks. */
final class AuthorizationFindings {
  private static final String SCHEME = "spiffe://";

  private final TrustDomains trustDomains;
  private final PushContext context;
  private final List<Finding> findings = new ArrayList<>();

  private AuthorizationFindings(PushContext context) {
    this.context = context;
    this.trustDomains = new TrustDomains(context.meshConfig());
  }

  static List<Finding> of(PushContext context) {
    AuthorizationFindings all = new AuthorizationFindings(context);
    for (Resource resource : context.resources()) {
      if (resource instanceof AuthorizationPolicy policy) {
        all.check(policy);
      }
    }
    return all.findings;
  }

  private void check(AuthorizationPolicy policy) {
    policy.provider().ifPresent(provider -> authorizer(policy, provider));
    for (int i = 0; i < policy.rules().size(); i++) {
      AuthorizationRule rule = policy.rules().get(i);
      String path = "spec.rules[" + i + "].";
      for (int j = 0; j < rule.from().size(); j++) {
        String source = path + "from[" + j + "].source.";
        Values principals = rule.from().get(j).principals();
        check(policy, principals.any(), source + "principals");
        check(policy, principals.none(), source + "notPrincipals");
      }
      for (int j = 0; j < rule.when().size(); j++) {
        Condition condition = rule.when().get(j);
        if (condition.key().equals("source.principal")) {
          String when = path + "when[" + j + "].";
          check(policy, condition.values().any(), when + "values");
          check(policy, condition.values().none(), when + "notValues");
        }
      }
    }
  }

  private void authorizer(AuthorizationPolicy policy, String provider) {
    String namespace = policy.metadata().namespace();
    Authorizers authorizers =
        new Authorizers(
            context.meshConfig(),
            (host, port) -> context.registry().service(host, port, namespace));
    String problem = authorizers.find(provider).problem();
    if (!problem.isEmpty()) {
      warn(
          policy,
          "spec.provider.name",
          provider + ": what the policy matches is denied: " + problem);
    }
  }

  private void check(AuthorizationPolicy policy, List<String> principals, String path) {
    for (int i = 0; i < principals.size(); i++) {
      String principal = principals.get(i);
      String at = path + "[" + i + "]";
      if (principal.startsWith(SCHEME)) {
        warn(
            policy,
            at,
            principal
                + ": nobody is called so (expected: "
                + principal.substring(SCHEME.length())
                + ", without the scheme)");
      } else if (trustDomains.isForeign(principal)) {
        warn(
            policy,
            at,
            principal + ": its trust domain is none of the mesh (expected: " + trustDomains + ")");
      }
    }
  }

  private void warn(AuthorizationPolicy policy, String path, String message) {
    findings.add(new Finding(policy.position(), Severity.WARNING, path, message));
  }
}
