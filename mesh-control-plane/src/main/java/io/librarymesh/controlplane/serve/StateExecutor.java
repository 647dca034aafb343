package io.librarymesh.controlplane.serve;

import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * The one thread on which all state of the server lives. Tasks run in the order in which they came;
 * one that fails is logged and disturbs no other. Any thread may hand tasks over; after {@link
 * #close} they are dropped. What is scheduled waits in a queue of its own, so that handing over a
 * task costs little.
 */
final class StateExecutor implements Executor, AutoCloseable {

  private static final System.Logger LOG = System.getLogger(StateExecutor.class.getName());

  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.NANOSECONDS,
          new LinkedBlockingQueue<>(),
          task -> daemon(task, "library-mesh-ads"));
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, task -> daemon(task, "library-mesh-ads-timer"));

  StateExecutor() {
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    timer.setRemoveOnCancelPolicy(true);
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void execute(Runnable task) {
    try {
      thread.execute(() -> run(task));
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "library-mesh: dropped a task after the end");
    }
  }

  /** Runs a task later, unless what is returned is run before. */
  Runnable schedule(Runnable task, long delayNanos) {
    AtomicBoolean cancelled = new AtomicBoolean();
    Runnable unlessCancelled =
        () -> {
          if (!cancelled.get()) {
            task.run();
          }
        };
    try {
      Future<?> scheduled =
          timer.schedule(() -> execute(unlessCancelled), delayNanos, TimeUnit.NANOSECONDS);
      return () -> {
        cancelled.set(true);
        scheduled.cancel(false);
      };
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "library-mesh: dropped a task after the end");
      return () -> {};
    }
  }

  /** Has a value computed on the thread; fails when the executor is closed. */
  <T> CompletableFuture<T> ask(Supplier<T> question) {
    try {
      return CompletableFuture.supplyAsync(question, thread);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "library-mesh: a task of the control plane failed", e);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    thread.shutdownNow();
  }
}
