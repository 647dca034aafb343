package io.librarymesh.controlplane.istio;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Rules of a PeerAuthentication. */
final class PeerAuthenticationRules {
  private static final int MAX_LABELS = 4096;
  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,4}");
  private static final int MAX_PORT = 65_535;

  private PeerAuthenticationRules() {}

  static void check(PeerAuthentication policy, FieldPath spec, ValueRules rules) {
    FieldPath labels = spec.fields("selector", "matchLabels");
    rules.selector(labels, policy.selector());
    if (policy.selector().size() > MAX_LABELS) {
      rules.invalid(labels, policy.selector().size() + " labels", MAX_LABELS + " at most");
    }
    policy
        .portLevelMtls()
        .ifPresent(ports -> ports(policy, ports, spec.field("portLevelMtls"), rules));
  }

  private static void ports(
      PeerAuthentication policy,
      Map<String, Optional<PeerAuthentication.Mode>> ports,
      FieldPath path,
      ValueRules rules) {
    if (ports.isEmpty()) {
      rules.missing(path, "at least one port");
    }
    if (policy.selector().isEmpty()) {
      rules
          .report()
          .invalid(
              path, "without a selector (expected: a selector with labels, whose ports these are)");
    }
    for (String port : ports.keySet()) {
      if (!NUMBER.matcher(port).matches() || Integer.parseInt(port) > MAX_PORT) {
        rules.invalid(path.field(port), Quoting.quote(port), "a port from 1 to 65535");
      }
    }
  }
}
