package io.librarymesh.guard;

/** Counts the calls that run against a bound. Any thread; never blocks. */
public interface BulkheadPermits {
  /** Counts a call in, if the bound has room. */
  boolean tryAcquire();

  /** Counts a call out that was counted in. */
  void release();

  /**
   * Changes the bound. Calls that run go on; where they are too many now, none is counted in until
   * enough have ended.
   *
   * @param maxConcurrentCalls at least 1
   */
  void resize(int maxConcurrentCalls);
}
