package io.librarymesh.server;

/** Why a connection or a request was not let in, for counts. */
public enum InboundRefusal {
  /** Plaintext at a port that is STRICT. */
  PLAINTEXT,
  /** The handshake failed: no certificate, a foreign one, one that is expired, or no TLS at all. */
  TLS,
  /** Too slow to say what it wants, or to end its handshake. */
  HANDSHAKE_TIMEOUT,
  /** More connections than the limit. */
  TOO_MANY_CONNECTIONS,
  /** There are no rules yet. */
  NO_POLICY,
  /** This process has no identity yet. */
  NO_IDENTITY,
  /** The rules do not admit the connection. */
  NOT_ADMITTED,
  /** The application does not take connections. */
  APPLICATION_UNREACHABLE,
  /** A request that did not come through the listener, or without the TLS that is asked for. */
  AROUND_THE_LISTENER,
  /** The rules deny the request. */
  DENIED
}
