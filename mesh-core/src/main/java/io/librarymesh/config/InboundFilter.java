package io.librarymesh.config;

import java.util.Optional;

/** A step that a request to a server has to take. */
public sealed interface InboundFilter
    permits InboundFilter.Rbac, JwtAuthentication, ExternalAuthorization {
  /**
   * Decides by policies. Source: Envoy {@code http.rbac.v3.RBAC}.
   *
   * @param rules empty: everybody passes, while rules without policies are rules
   * @param shadowRules what would be decided, for the records only
   * @param shadowPrefix what tells these shadow rules from others, such as {@code
   *     istio_dry_run_allow_}
   */
  record Rbac(Optional<RbacRules> rules, Optional<RbacRules> shadowRules, String shadowPrefix)
      implements InboundFilter {
    /** What is decided, without shadow rules. */
    public static Rbac of(RbacRules rules) {
      return new Rbac(Optional.of(rules), Optional.empty(), "");
    }
  }
}
