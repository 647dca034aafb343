package io.librarymesh.controlplane.translate;

/** What part a client plays in the mesh. */
public enum Role {
  /** It calls services, for itself or as the sidecar of who does. */
  CALLER,
  /**
   * It stands at the edge and listens for what comes from outside; Istio's {@code router}. Only a
   * stock Envoy can be that.
   */
  ROUTER
}
