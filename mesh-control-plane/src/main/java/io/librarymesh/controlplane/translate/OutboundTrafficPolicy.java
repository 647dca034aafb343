package io.librarymesh.controlplane.translate;

/** What becomes of calls to hosts that nobody declared; Istio's {@code outboundTrafficPolicy}. */
public enum OutboundTrafficPolicy {
  /** They go where they would go without a mesh. */
  ALLOW_ANY,
  /** They are answered with 502. */
  REGISTRY_ONLY
}
