package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.registry.ServiceEndpoint;

/** What a server takes from callers; Istio's {@code PeerAuthentication.MutualTLS.Mode}. */
enum ServerMode {
  /** Plain text only. */
  DISABLE,
  /** Mutual TLS and plain text. */
  PERMISSIVE,
  /** Mutual TLS only. */
  STRICT;

  /** What holds for an endpoint; without PeerAuthentications that is Istio's default. */
  static ServerMode of(ServiceEndpoint endpoint) {
    return PERMISSIVE;
  }
}
