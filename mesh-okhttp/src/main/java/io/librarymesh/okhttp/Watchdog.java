package io.librarymesh.okhttp;

import io.librarymesh.time.Scheduler;
import java.util.concurrent.TimeUnit;
import okio.AsyncTimeout;

/**
 * Okio's watchdog as a scheduler: the thread that bounds OkHttp's own reads and writes runs the
 * timers of calls, too, so that none is started for them. Any thread.
 */
final class Watchdog implements Scheduler {
  static final Watchdog INSTANCE = new Watchdog();

  private static final Cancellable NEVER = () -> {};

  private Watchdog() {}

  @Override
  public Cancellable schedule(Runnable task, long delayNanos) {
    if (delayNanos == Long.MAX_VALUE) {
      return NEVER;
    }
    Alarm alarm = new Alarm(task);
    // Okio takes zero for no timeout at all.
    alarm.timeout(Math.max(1, delayNanos), TimeUnit.NANOSECONDS);
    alarm.enter();
    return alarm;
  }

  private static final class Alarm extends AsyncTimeout implements Cancellable {
    private final Runnable task;

    Alarm(Runnable task) {
      this.task = task;
    }

    @Override
    public void cancel() {
      boolean unused = exit();
    }

    @Override
    protected void timedOut() {
      task.run();
    }
  }
}
