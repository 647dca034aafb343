package io.librarymesh.server;

/** What a port asks of connections. Source: Istio {@code PeerAuthentication.mtls.mode}. */
public enum TlsMode {
  /** Nothing is looked at: bytes go to the application as they come, TLS of its own included. */
  DISABLE,
  /** Plaintext and mutual TLS both; TLS that fails is closed and never taken for plaintext. */
  PERMISSIVE,
  /** Mutual TLS alone; plaintext is closed before any of it is understood. */
  STRICT
}
