package io.librarymesh.attempt;

/** What a call or an attempt can run out of, in the order that counts among equals. */
public enum TimeLimit {
  /** The call as a whole, from its beginning. */
  STREAM_DURATION,
  /** Silence in both directions. */
  STREAM_IDLE,
  /** The route's timeout, over all attempts. */
  ROUTE,
  /** One attempt at a cluster that bounds them, its body included. */
  UPSTREAM_DURATION,
  /** One attempt until its response head. */
  PER_TRY,
  /** Silence of the upstream of one attempt. */
  PER_TRY_IDLE;

  /** Whether the attempt has run out of time and not the call, so that there may be another. */
  public boolean isOfAttempt() {
    return this == UPSTREAM_DURATION || isTimeoutOfTry();
  }

  /** Whether the host is held to have answered too late. */
  public boolean chargesHost() {
    return this == ROUTE || isTimeoutOfTry();
  }

  /** Whether a retry for this is told as one after a timeout. */
  public boolean isTimeoutOfTry() {
    return this == PER_TRY || this == PER_TRY_IDLE;
  }
}
