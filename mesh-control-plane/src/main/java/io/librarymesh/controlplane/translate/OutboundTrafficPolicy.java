package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Sidecar;

/** What becomes of calls to hosts that nobody declared; Istio's {@code outboundTrafficPolicy}. */
public enum OutboundTrafficPolicy {
  /** They go where they would go without a mesh. */
  ALLOW_ANY,
  /** They are answered with 502. */
  REGISTRY_ONLY;

  /** What a Sidecar says, which is the same. */
  static OutboundTrafficPolicy of(Sidecar.OutboundMode mode) {
    return mode == Sidecar.OutboundMode.ALLOW_ANY ? ALLOW_ANY : REGISTRY_ONLY;
  }
}
