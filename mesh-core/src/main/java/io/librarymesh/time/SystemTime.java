package io.librarymesh.time;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The real clock and the real timer, kept out of the interfaces so that those load no thread. */
final class SystemTime {
  static final Ticker TICKER = System::nanoTime;
  static final WallClock WALL_CLOCK = System::currentTimeMillis;
  static final Scheduler SCHEDULER = SystemTime::schedule;

  private SystemTime() {}

  private static Scheduler.Cancellable schedule(Runnable task, long delayNanos) {
    ScheduledFuture<?> future =
        Timer.EXECUTOR.schedule(task, Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  /** Started by the first task, not by the first mesh. */
  private static final class Timer {
    static final ScheduledThreadPoolExecutor EXECUTOR = create();

    private static ScheduledThreadPoolExecutor create() {
      ScheduledThreadPoolExecutor executor =
          new ScheduledThreadPoolExecutor(
              1,
              task -> {
                Thread thread = new Thread(task, "mesh-timer");
                thread.setDaemon(true);
                return thread;
              });
      // Most timeouts are cancelled; without this they would pile up until they were due.
      executor.setRemoveOnCancelPolicy(true);
      return executor;
    }
  }
}
