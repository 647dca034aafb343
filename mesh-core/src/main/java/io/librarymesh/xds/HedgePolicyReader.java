package io.librarymesh.xds;

import io.librarymesh.proto.envoy.config.route.v3.HedgePolicy;

/**
 * Reads whether attempts run beside each other. Source: Envoy {@code route.v3.HedgePolicy}, of
 * which Envoy itself carries out {@code hedge_on_per_try_timeout} alone.
 */
final class HedgePolicyReader {
  private HedgePolicyReader() {}

  static boolean read(HedgePolicy policy, FieldPath at, Findings findings) {
    if (policy.hasInitialRequests()) {
      long requests = Integer.toUnsignedLong(policy.getInitialRequests().getValue());
      if (requests == 0) {
        findings.error(at.field("initial_requests"), "0 (expected: >= 1)");
      } else if (requests > 1) {
        findings.warn(at.field("initial_requests"), "not carried out");
      }
    }
    if (policy.getAdditionalRequestChance().getNumerator() != 0) {
      findings.warn(at.field("additional_request_chance"), "not carried out");
    }
    return policy.getHedgeOnPerTryTimeout();
  }
}
