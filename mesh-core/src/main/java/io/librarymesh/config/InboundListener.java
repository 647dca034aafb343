package io.librarymesh.config;

import java.util.Optional;

/**
 * What a port of a server asks of those who connect to it, and of what they ask for. Source: an
 * inbound Envoy {@code listener.v3.Listener}, whose filter chains say which connections it takes.
 *
 * @param mode which connections are taken
 * @param tls how TLS is spoken; there is one unless the mode is {@link Mode#DISABLE}
 * @param policy of the requests, the same however they came
 */
public record InboundListener(Mode mode, Optional<InboundTls> tls, InboundPolicy policy) {
  /**
   * @throws IllegalArgumentException if there is TLS in a mode that has none, or none in one that
   *     has
   */
  public InboundListener {
    if (tls.isEmpty() != (mode == Mode.DISABLE)) {
      throw new IllegalArgumentException(
          "tls: "
              + (tls.isEmpty() ? "not set" : "set")
              + " (expected: set, unless the mode is DISABLE; it is "
              + mode
              + ")");
    }
  }

  /** Which connections are taken. Source: Istio {@code PeerAuthentication.MutualTLS.Mode}. */
  public enum Mode {
    /** Plaintext only. */
    DISABLE,
    /** Mutual TLS and plaintext; TLS that fails is closed and never taken for plaintext. */
    PERMISSIVE,
    /** Mutual TLS only; plaintext is closed before anything of it is read. */
    STRICT
  }
}
