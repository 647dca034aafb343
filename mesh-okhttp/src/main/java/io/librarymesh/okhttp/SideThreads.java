package io.librarymesh.okhttp;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads for what runs beside a call, so many at a time and no more: each task takes one, and an
 * upstream that has become slow must not gather them. Any thread.
 */
final class SideThreads {
  private static final long IDLE_SECONDS = 30;

  private final Executor threads;
  private final int most;
  private final AtomicInteger inFlight = new AtomicInteger();

  /**
   * @param threads a {@link #pool}, which several may share
   * @param most tasks at a time
   */
  SideThreads(Executor threads, int most) {
    this.threads = threads;
    this.most = most;
  }

  /** Daemon threads of this name, made when they are needed. */
  static Executor pool(String name) {
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          return thread;
        });
  }

  /** How many tasks are on their way. */
  int inFlight() {
    return inFlight.get();
  }

  /**
   * Runs a task on a thread of its own.
   *
   * @return false when there is none for it
   */
  boolean tryRun(Runnable task) {
    if (inFlight.incrementAndGet() <= most) {
      try {
        threads.execute(() -> run(task));
        return true;
      } catch (OutOfMemoryError noMoreThreads) {
        // Whoever asks does without; it may be the timer of all calls, which must live on.
      }
    }
    inFlight.decrementAndGet();
    return false;
  }

  private void run(Runnable task) {
    try {
      task.run();
    } finally {
      inFlight.decrementAndGet();
    }
  }
}
