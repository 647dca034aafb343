package io.librarymesh.okhttp;

import java.util.concurrent.TimeUnit;
import okio.AsyncTimeout;
import org.jspecify.annotations.Nullable;

/**
 * A point in time at which something is broken off, kept by Okio's watchdog: no thread waits for it
 * and none is started.
 */
final class Deadline extends AsyncTimeout {
  private final Runnable expired;

  private Deadline(Runnable expired) {
    this.expired = expired;
  }

  /**
   * Starts the clock.
   *
   * @param nanos from now; {@link Long#MAX_VALUE} for no deadline, which is null
   * @param expired run on the watchdog's thread, so it must be short
   */
  static @Nullable Deadline start(long nanos, Runnable expired) {
    if (nanos == Long.MAX_VALUE) {
      return null;
    }
    Deadline deadline = new Deadline(expired);
    // Okio takes zero for no timeout at all.
    deadline.timeout(Math.max(1, nanos), TimeUnit.NANOSECONDS);
    deadline.enter();
    return deadline;
  }

  /** Stops the clock. Returns whether the deadline has passed; false from the second time on. */
  static boolean stop(@Nullable Deadline deadline) {
    return deadline != null && deadline.exit();
  }

  @Override
  protected void timedOut() {
    expired.run();
  }
}
