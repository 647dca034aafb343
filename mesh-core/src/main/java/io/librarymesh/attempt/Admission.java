package io.librarymesh.attempt;

/** Whether an attempt may be sent now. */
public enum Admission {
  /** It may; it is counted in until {@link Limits#end}. */
  ADMITTED,
  /**
   * It may; it is counted in, and counts as pending until {@link Limits#connected} or {@link
   * Limits#end}.
   */
  CONNECTING,
  /** All connections are in use: ask {@link Limits#queue}. Nothing is counted. */
  QUEUED,
  /** Too many attempts are in flight. Nothing is counted. */
  OVERFLOW_REQUESTS,
  /** Too many attempts wait for a connection. Nothing is counted. */
  OVERFLOW_PENDING;

  /** Whether the attempt is counted in and must be ended. */
  public boolean admitted() {
    return this == ADMITTED || this == CONNECTING;
  }

  /** Whether the attempt is refused: 503 with flag {@code UO}, never retried. */
  public boolean overflow() {
    return this == OVERFLOW_REQUESTS || this == OVERFLOW_PENDING;
  }
}
