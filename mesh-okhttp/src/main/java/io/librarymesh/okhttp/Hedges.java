package io.librarymesh.okhttp;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of attempts that run beside others. When {@link #MAX_IN_FLIGHT} are on their way,
 * slow attempts go on alone. Any thread.
 */
final class Hedges {
  /** Each takes a thread, and an upstream that has become slow must not gather threads. */
  static final int MAX_IN_FLIGHT = 64;

  private static final Executor THREADS =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          30,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          task -> {
            Thread thread = new Thread(task, "library-mesh-hedge");
            thread.setDaemon(true);
            return thread;
          });

  private final AtomicInteger inFlight = new AtomicInteger();

  /** How many are on their way. */
  int inFlight() {
    return inFlight.get();
  }

  /**
   * Runs a task on a thread of its own.
   *
   * @return false when there is none for it
   */
  boolean tryRun(Runnable task) {
    if (inFlight.incrementAndGet() <= MAX_IN_FLIGHT) {
      try {
        THREADS.execute(() -> run(task));
        return true;
      } catch (OutOfMemoryError noMoreThreads) {
        // The timer that asks must live on; the slow attempt does without.
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
