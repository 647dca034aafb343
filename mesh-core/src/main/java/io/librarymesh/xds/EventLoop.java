package io.librarymesh.xds;

import io.librarymesh.time.Scheduler;
import io.librarymesh.time.Scheduler.Cancellable;
import io.librarymesh.time.Ticker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs the client's tasks one after another, in the order they were given, on threads of a worker.
 * Everything else of the client is confined to it, so that nothing else needs a lock. Any thread
 * may give tasks; none runs on the stack of the giver, unless the worker does that.
 */
final class EventLoop implements Executor {
  private static final Logger LOG = System.getLogger(EventLoop.class.getName());

  /** After so many tasks the worker, which other clients share, gets its turn. */
  private static final int MAX_TASKS_PER_TURN = 64;

  /** Of all loops, since clients share a worker, which must not wait. */
  private static final ThreadLocal<Boolean> WORKING = ThreadLocal.withInitial(() -> false);

  private final Executor worker;
  private final Scheduler scheduler;
  private final Ticker ticker;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger given = new AtomicInteger();
  private Runnable afterTurn = () -> {};

  EventLoop(Executor worker, Scheduler scheduler, Ticker ticker) {
    this.worker = worker;
    this.scheduler = scheduler;
    this.ticker = ticker;
  }

  /**
   * Sets what runs when the tasks at hand are done, so that what several of them change is dealt
   * with once. Before the first task only.
   */
  void afterEachTurn(Runnable task) {
    afterTurn = task;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (given.getAndIncrement() == 0) {
      worker.execute(this::takeTurn);
    }
  }

  /**
   * Runs a task later. On the loop only; a task that was cancelled never runs, even when it was due
   * already.
   */
  Cancellable schedule(Runnable task, long delayNanos) {
    Timer timer = new Timer(task);
    timer.handle = scheduler.schedule(() -> execute(timer), delayNanos);
    return timer;
  }

  /** Whether the caller is on a loop, this one or another. */
  static boolean isWorking() {
    return WORKING.get();
  }

  /** The clock's reading, for differences. */
  long nanos() {
    return ticker.nanos();
  }

  private void takeTurn() {
    WORKING.set(true);
    try {
      takeTasks();
    } finally {
      WORKING.set(false);
    }
  }

  private void takeTasks() {
    int done = 0;
    while (done < MAX_TASKS_PER_TURN) {
      Runnable task = tasks.poll();
      if (task == null) {
        break;
      }
      run(task);
      done++;
    }
    run(afterTurn);
    if (given.addAndGet(-done) > 0) {
      worker.execute(this::takeTurn);
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      // A fault of this library, or a heap that is full. The state it leaves is that of a task that
      // ended early: better than a client that has stopped and does not say so.
      LOG.log(Level.ERROR, "library-mesh: xDS client: " + e, e);
    }
  }

  private static final class Timer implements Runnable, Cancellable {
    private final Runnable task;
    private boolean cancelled;
    private Cancellable handle = () -> {};

    Timer(Runnable task) {
      this.task = task;
    }

    @Override
    public void run() {
      if (!cancelled) {
        task.run();
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
      handle.cancel();
    }
  }
}
