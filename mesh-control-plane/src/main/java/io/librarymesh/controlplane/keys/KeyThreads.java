package io.librarymesh.controlplane.keys;

import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads that wait for answers, few and only while there is something to fetch. */
final class KeyThreads implements KeyTimer, AutoCloseable {
  private static final int THREADS = 4;
  private static final long IDLE_SECONDS = 10;

  private final ThreadPoolExecutor fetching =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          task -> daemon(task, "library-mesh-keys"));
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, task -> daemon(task, "library-mesh-keys-timer"));

  KeyThreads() {
    fetching.allowCoreThreadTimeOut(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    timer.setRemoveOnCancelPolicy(true);
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Has a task run that may wait; not at all after the end. */
  void fetch(Runnable task) {
    try {
      fetching.execute(task);
    } catch (RejectedExecutionException afterTheEnd) {
      // Nobody wants the keys any more.
    }
  }

  @Override
  public Runnable schedule(Runnable task, long delayNanos) {
    try {
      Future<?> scheduled = timer.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
      return () -> scheduled.cancel(false);
    } catch (RejectedExecutionException afterTheEnd) {
      return () -> {};
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    fetching.shutdownNow();
  }
}
