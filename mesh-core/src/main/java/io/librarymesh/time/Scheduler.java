package io.librarymesh.time;

/**
 * Runs tasks later. Tasks must be short and must not block: all meshes of a JVM share one timer
 * thread.
 */
@FunctionalInterface
public interface Scheduler {
  /**
   * Runs {@code task} once after {@code delayNanos} (at once when zero or negative, never when
   * {@link Long#MAX_VALUE}), on a thread of the scheduler. Of two tasks with the same delay the one
   * that was scheduled first runs first.
   *
   * @return a handle that cancels the task when it has not started
   */
  Cancellable schedule(Runnable task, long delayNanos);

  /** A handle to a scheduled task. Any thread. */
  @FunctionalInterface
  interface Cancellable {
    /**
     * Prevents the task from starting; does nothing once it has started, ended or been cancelled.
     */
    void cancel();
  }

  /** One daemon thread shared by every mesh of the JVM. */
  static Scheduler system() {
    return SystemTime.SCHEDULER;
  }
}
