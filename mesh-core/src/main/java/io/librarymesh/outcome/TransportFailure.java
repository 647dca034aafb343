package io.librarymesh.outcome;

/** Why an attempt ended before its response did. Source: Envoy {@code StreamResetReason}. */
public enum TransportFailure {
  /**
   * No connection: refused, unreachable, name not resolved, TLS handshake failed, connect timeout.
   */
  CONNECT_FAILURE,
  /** The connection ended while the answer, or the rest of it, was awaited. */
  CONNECTION_TERMINATION,
  /** The upstream reset the stream. */
  REMOTE_RESET,
  /** HTTP/2 REFUSED_STREAM: the upstream did not process the request. */
  REFUSED_STREAM,
  /** The answer was not HTTP. */
  PROTOCOL_ERROR
}
