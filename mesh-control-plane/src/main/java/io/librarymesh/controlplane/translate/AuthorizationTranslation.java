package io.librarymesh.controlplane.translate;

import com.google.protobuf.Message;
import io.librarymesh.controlplane.istio.AuthorizationPolicy;
import io.librarymesh.controlplane.istio.AuthorizationPolicy.Action;
import io.librarymesh.controlplane.istio.AuthorizationRule;
import io.librarymesh.controlplane.translate.AuthorizationRuleTranslation.EnforcedOn;
import io.librarymesh.proto.envoy.config.rbac.v3.RBAC;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes filters of RBAC of the AuthorizationPolicies of a workload, one for each action. Source:
 * Istio {@code pilot/pkg/security/authz/builder/builder.go}.
 */
final class AuthorizationTranslation {
  private final List<AuthorizationPolicy> policies;
  private final TrustDomains trustDomains;
  private final EnforcedOn enforcedOn;

  AuthorizationTranslation(
      List<AuthorizationPolicy> policies, TrustDomains trustDomains, EnforcedOn enforcedOn) {
    this.policies = policies;
    this.trustDomains = trustDomains;
    this.enforcedOn = enforcedOn;
  }

  /**
   * What the policies with an action ask, for a filter of requests or of connections; empty where
   * there are none. Of those with the action {@code CUSTOM}, where nobody can be asked, all that
   * they match is denied.
   */
  Optional<Message> filter(Action action) {
    Optional<RBAC> rules = rules(action, false);
    Optional<RBAC> shadow = rules(action, true);
    if (rules.isEmpty() && shadow.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        enforcedOn == EnforcedOn.CONNECTIONS
            ? ofConnections(action, rules, shadow)
            : ofRequests(action, rules, shadow));
  }

  /** Whom the policies name that have somebody else decide. */
  Set<String> providers() {
    return policies.stream()
        .filter(policy -> policy.action() == Action.CUSTOM)
        .map(policy -> policy.provider().orElse(""))
        .collect(Collectors.toSet());
  }

  /** Marks the requests about which somebody else decides, and lets all of them pass. */
  Message marks() {
    RBAC.Builder rules = RBAC.newBuilder().setAction(RBAC.Action.DENY);
    rules(Action.CUSTOM, false)
        .ifPresent(
            found ->
                found
                    .getPoliciesMap()
                    .forEach(
                        (name, policy) ->
                            rules.putPolicies(
                                ExternalAuthorizationTranslation.POLICY_PREFIX + name, policy)));
    return io.librarymesh
        .proto
        .envoy
        .extensions
        .filters
        .http
        .rbac
        .v3
        .RBAC
        .newBuilder()
        .setShadowRules(rules)
        .setShadowRulesStatPrefix(ExternalAuthorizationTranslation.SHADOW_PREFIX)
        .build();
  }

  private static Message ofRequests(Action action, Optional<RBAC> rules, Optional<RBAC> shadow) {
    var filter = io.librarymesh.proto.envoy.extensions.filters.http.rbac.v3.RBAC.newBuilder();
    rules.ifPresent(filter::setRules);
    shadow.ifPresent(
        tried -> filter.setShadowRules(tried).setShadowRulesStatPrefix(shadowPrefix(action)));
    return filter.build();
  }

  private static Message ofConnections(Action action, Optional<RBAC> rules, Optional<RBAC> shadow) {
    var filter =
        io.librarymesh
            .proto
            .envoy
            .extensions
            .filters
            .network
            .rbac
            .v3
            .RBAC
            .newBuilder()
            .setStatPrefix("tcp.");
    rules.ifPresent(filter::setRules);
    shadow.ifPresent(
        tried -> filter.setShadowRules(tried).setShadowRulesStatPrefix(shadowPrefix(action)));
    return filter.build();
  }

  private static String shadowPrefix(Action action) {
    return switch (action) {
      case ALLOW -> "istio_dry_run_allow_";
      case DENY -> "istio_dry_run_deny_";
      case AUDIT, CUSTOM -> "";
    };
  }

  private Optional<RBAC> rules(Action action, boolean dryRun) {
    RBAC.Builder rules = RBAC.newBuilder().setAction(envoyAction(action));
    boolean any = false;
    for (AuthorizationPolicy policy : policies) {
      if (policy.action() == action && policy.isDryRun() == dryRun) {
        any = true;
        add(policy, rules);
      }
    }
    return any ? Optional.of(rules.build()) : Optional.empty();
  }

  private void add(AuthorizationPolicy policy, RBAC.Builder rules) {
    String namespace = policy.metadata().namespace();
    String name = "ns[" + namespace + "]-policy[" + policy.metadata().name() + "]-rule[";
    List<AuthorizationRule> all = policy.rules();
    for (int i = 0; i < all.size(); i++) {
      String rule = name + i + "]";
      new AuthorizationRuleTranslation(
              policy.action() == Action.ALLOW, enforcedOn, namespace, trustDomains)
          .translate(all.get(i))
          .ifPresent(translated -> rules.putPolicies(rule, translated));
    }
  }

  private static RBAC.Action envoyAction(Action action) {
    return switch (action) {
      case ALLOW -> RBAC.Action.ALLOW;
      case DENY, CUSTOM -> RBAC.Action.DENY;
      case AUDIT -> RBAC.Action.LOG;
    };
  }
}
