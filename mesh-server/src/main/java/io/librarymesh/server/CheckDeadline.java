package io.librarymesh.server;

import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/** Until when an answer is waited for. */
record CheckDeadline(long atNanos) {
  static CheckDeadline in(long nanos) {
    return new CheckDeadline(System.nanoTime() + nanos);
  }

  CheckDeadline orIn(long nanos) {
    long other = System.nanoTime() + nanos;
    return nanos > 0 && nanos < Long.MAX_VALUE / 2 && other - atNanos < 0
        ? new CheckDeadline(other)
        : this;
  }

  long nanos() {
    return atNanos - System.nanoTime();
  }

  boolean isOver() {
    return nanos() <= 0;
  }

  /** For timeouts of sockets: at least 1. */
  int millis() throws SocketTimeoutException {
    long left = nanos();
    if (left <= 0) {
      throw new SocketTimeoutException("no answer in time");
    }
    return (int) Math.min(Integer.MAX_VALUE, Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
  }
}
