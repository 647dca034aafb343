package io.librarymesh.xds;

import io.librarymesh.time.Scheduler;
import io.librarymesh.time.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.Executor;

/** A clock, a timer and an executor that move only when told, on the thread of the test. */
final class VirtualTime implements Ticker, Scheduler, Executor {
  private final PriorityQueue<Task> timers =
      new PriorityQueue<>(Comparator.<Task>comparingLong(t -> t.due).thenComparing(t -> t.order));
  private final Queue<Runnable> ready = new ArrayDeque<>();
  private long now = 1_000_000_000_000L;
  private long order;

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public Cancellable schedule(Runnable task, long delayNanos) {
    Task timer = new Task(now + Math.max(0, delayNanos), order++, task);
    timers.add(timer);
    return () -> timers.remove(timer);
  }

  @Override
  public void execute(Runnable task) {
    ready.add(task);
  }

  /** Runs what is ready, and what becomes ready by that, timers that are due included. */
  void run() {
    while (true) {
      Runnable task = ready.poll();
      if (task == null && !timers.isEmpty() && timers.element().due <= now) {
        task = timers.remove().task;
      }
      if (task == null) {
        return;
      }
      task.run();
    }
  }

  /** Lets time pass, timer by timer. */
  void pass(Duration duration) {
    run();
    long end = now + duration.toNanos();
    while (!timers.isEmpty() && timers.element().due <= end) {
      now = Math.max(now, timers.element().due);
      run();
    }
    now = end;
    run();
  }

  /** How many timers have not fired and were not cancelled. */
  int timers() {
    return timers.size();
  }

  private record Task(long due, long order, Runnable task) {}
}
