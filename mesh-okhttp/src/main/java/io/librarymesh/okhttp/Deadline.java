package io.librarymesh.okhttp;

import static java.util.Objects.requireNonNull;

import io.librarymesh.MeshCall;
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

  private final Scheduler scheduler;
  private final @Nullable MeshCall silent;
  private final Runnable expired;
  private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);

  /** Guarded by {@code this}. */
  private @Nullable Cancellable alarm;

  private Deadline(Scheduler scheduler, @Nullable MeshCall silent, Runnable expired) {
    this.scheduler = scheduler;
    this.silent = silent;
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
    Deadline deadline = new Deadline(scheduler, null, expired);
    deadline.set(nanos);
    return deadline;
  }

  /**
   * Starts a clock that begins anew whenever a byte of {@code mesh} moves; null where nothing
   * bounds its silence.
   *
   * @param expired as for {@link #start}
   */
  static @Nullable Deadline ofSilence(Scheduler scheduler, MeshCall mesh, Runnable expired) {
    long left = mesh.silenceNanos();
    if (left == Long.MAX_VALUE) {
      return null;
    }
    Deadline deadline = new Deadline(scheduler, mesh, expired);
    deadline.set(left);
    return deadline;
  }

  private synchronized void set(long nanos) {
    if (state.get() == State.RUNNING) {
      alarm = scheduler.schedule(this, nanos);
    }
  }

  /** Stops the clock. Returns whether the deadline has passed. */
  static boolean stop(@Nullable Deadline deadline) {
    return deadline != null && deadline.stop();
  }

  private boolean stop() {
    if (state.compareAndSet(State.RUNNING, State.STOPPED)) {
      synchronized (this) {
        requireNonNull(alarm, "alarm").cancel();
      }
      return false;
    }
    return state.get() == State.PASSED;
  }

  @Override
  public void run() {
    long left = silent == null ? 0 : silent.silenceNanos();
    if (left > 0) {
      // Something moved meanwhile.
      set(left);
      return;
    }
    if (state.compareAndSet(State.RUNNING, State.PASSED)) {
      expired.run();
    }
  }
}
