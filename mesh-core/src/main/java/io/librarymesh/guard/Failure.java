package io.librarymesh.guard;

/** Why a call has no answer from an upstream. */
public enum Failure {
  /** It has one. */
  NONE,
  /** There was no connection. */
  CONNECT_FAILURE,
  /** The connection, the stream or the protocol broke. */
  RESET,
  /** It took too long. */
  TIMEOUT,
  /** A limit was reached. */
  OVERLOAD,
  /** The policy's rate limit was reached. */
  RATE_LIMITED
}
