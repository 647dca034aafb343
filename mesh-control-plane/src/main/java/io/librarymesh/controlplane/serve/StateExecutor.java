package io.librarymesh.controlplane.serve;

import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The one thread on which all state of the server lives. Tasks run in the order in which they came;
 * one that fails is logged and disturbs no other. Any thread may hand tasks over; after {@link
 * #close} they are dropped.
 */
final class StateExecutor implements Executor, AutoCloseable {

  private static final System.Logger LOG = System.getLogger(StateExecutor.class.getName());

  private final ScheduledThreadPoolExecutor thread;

  StateExecutor() {
    thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread t = new Thread(task, "library-mesh-ads");
              t.setDaemon(true);
              return t;
            });
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    thread.setRemoveOnCancelPolicy(true);
  }

  @Override
  public void execute(Runnable task) {
    try {
      thread.execute(guarded(task));
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "library-mesh: dropped a task after the end");
    }
  }

  /** Runs a task later, unless what is returned is run before. */
  Runnable schedule(Runnable task, long delayNanos) {
    try {
      Future<?> scheduled = thread.schedule(guarded(task), delayNanos, TimeUnit.NANOSECONDS);
      return () -> scheduled.cancel(false);
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

  private static Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "library-mesh: a task of the control plane failed", e);
      }
    };
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
