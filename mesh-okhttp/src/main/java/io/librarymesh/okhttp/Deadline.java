package io.librarymesh.okhttp;

import static java.util.Objects.requireNonNull;

import io.librarymesh.time.Scheduler;
import io.librarymesh.time.Scheduler.Cancellable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A point in time at which something is broken off, unless it is stopped before. */
final class Deadline implements Runnable {
  private enum State {
    RUNNING,
    STOPPED,
    PASSED
  }

  private final Runnable expired;
  private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);
  private @Nullable Cancellable alarm;

  private Deadline(Runnable expired) {
    this.expired = expired;
  }

  /**
   * Starts the clock.
   *
   * @param nanos from now; {@link Long#MAX_VALUE} for no deadline, which is null
   * @param expired run on the scheduler's thread, so it must be short; not run once {@link #stop}
   *     has returned false
   */
  static @Nullable Deadline start(Scheduler scheduler, long nanos, Runnable expired) {
    if (nanos == Long.MAX_VALUE) {
      return null;
    }
    Deadline deadline = new Deadline(expired);
    deadline.alarm = scheduler.schedule(deadline, nanos);
    return deadline;
  }

  /** Stops the clock. Returns whether the deadline has passed. */
  static boolean stop(@Nullable Deadline deadline) {
    return deadline != null && deadline.stop();
  }

  private boolean stop() {
    if (state.compareAndSet(State.RUNNING, State.STOPPED)) {
      requireNonNull(alarm, "alarm").cancel();
      return false;
    }
    return state.get() == State.PASSED;
  }

  @Override
  public void run() {
    if (state.compareAndSet(State.RUNNING, State.PASSED)) {
      expired.run();
    }
  }
}
