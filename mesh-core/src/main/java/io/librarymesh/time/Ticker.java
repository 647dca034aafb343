package io.librarymesh.time;

/**
 * A monotonic clock in nanoseconds. Only differences mean anything; compare by subtraction, since
 * the value may wrap. Any thread.
 */
@FunctionalInterface
public interface Ticker {
  /** The current reading, in nanoseconds from an arbitrary origin. */
  long nanos();

  /** The JVM's monotonic clock. */
  static Ticker system() {
    return SystemTime.TICKER;
  }
}
