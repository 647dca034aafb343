package io.librarymesh.time;

import java.util.concurrent.locks.LockSupport;

/** The real clock and the real timer, kept out of the interfaces so that those load no thread. */
final class SystemTime {
  static final Ticker TICKER = System::nanoTime;
  static final WallClock WALL_CLOCK = System::currentTimeMillis;
  static final Scheduler SCHEDULER =
      (task, delayNanos) -> Timer.INSTANCE.schedule(task, delayNanos);

  private static final Scheduler.Cancellable NEVER = () -> {};

  private SystemTime() {}

  /**
   * The thread that runs what is due. It is woken only for a task that is due before it would look
   * by itself. A call's timeout is nearly always later than that, since the thread goes on sleeping
   * when timeouts are cancelled; so a call pays for no change of threads.
   *
   * <p>Started by the first task, not by the first mesh.
   */
  private static final class Timer implements Runnable {
    static final Timer INSTANCE = new Timer();

    private final long beginning = System.nanoTime();
    private final TimerWheel wheel = new TimerWheel();
    private final Thread thread = new Thread(this, "mesh-timer");

    /** Since the beginning; when the thread looks again. */
    private volatile long wakesAt = Long.MAX_VALUE;

    private Timer() {
      thread.setDaemon(true);
      thread.start();
    }

    Scheduler.Cancellable schedule(Runnable task, long delayNanos) {
      if (delayNanos == Long.MAX_VALUE) {
        return NEVER;
      }
      long now = now();
      long due = now + Math.min(Math.max(0, delayNanos), Long.MAX_VALUE - 1 - now);
      Scheduler.Cancellable scheduled = wheel.add(task, due);
      if (due < wakesAt) {
        LockSupport.unpark(thread);
      }
      return scheduled;
    }

    @Override
    public void run() {
      while (true) {
        // Whoever adds a task from here on wakes this thread, so none is missed by the look.
        wakesAt = Long.MAX_VALUE;
        wheel.runDue(now(), this::report);
        long next = wheel.nextNanos();
        wakesAt = next;
        if (next == Long.MAX_VALUE) {
          LockSupport.park(this);
        } else {
          LockSupport.parkNanos(this, next - now());
        }
      }
    }

    private void report(Throwable failure) {
      thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
    }

    private long now() {
      return System.nanoTime() - beginning;
    }
  }
}
