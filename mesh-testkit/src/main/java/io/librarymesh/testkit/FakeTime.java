package io.librarymesh.testkit;

import io.librarymesh.time.Scheduler;
import io.librarymesh.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A clock and a scheduler that move only when told. Tasks run on the thread that moves the time, in
 * the order in which they are due, and among equals in the order in which they were scheduled.
 *
 * <p>Any thread may read the clock and schedule; one thread at a time may move it.
 */
public final class FakeTime implements Ticker, Scheduler {
  private final Object lock = new Object();
  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(
          Comparator.<Task>comparingLong(task -> task.due).thenComparingLong(task -> task.order));
  private final long origin;
  private long elapsed;
  private long scheduled;

  /** A clock that reads zero. */
  public FakeTime() {
    this(0);
  }

  private FakeTime(long origin) {
    this.origin = origin;
  }

  /**
   * A clock that reads {@code origin}. A reading may wrap, so that an origin shortly before {@link
   * Long#MAX_VALUE} finds code that compares readings instead of subtracting them.
   */
  public static FakeTime startingAt(long origin) {
    return new FakeTime(origin);
  }

  @Override
  public long nanos() {
    synchronized (lock) {
      return origin + elapsed;
    }
  }

  /** How far the clock has been moved since it was made, in nanoseconds. */
  public long elapsedNanos() {
    synchronized (lock) {
      return elapsed;
    }
  }

  /** Notes the task down; even one without delay runs only when the time is moved. */
  @Override
  public Cancellable schedule(Runnable task, long delayNanos) {
    synchronized (lock) {
      long delay = Math.min(Math.max(0, delayNanos), Long.MAX_VALUE - elapsed);
      Task entry = new Task(task, elapsed + delay, scheduled++);
      tasks.add(entry);
      return () -> cancel(entry);
    }
  }

  /** Moves the clock and runs what becomes due on the way, each task at its own time. */
  public void advance(Duration duration) {
    advanceNanos(duration.toNanos());
  }

  /**
   * Moves the clock and runs what becomes due on the way, tasks that those tasks schedule included.
   *
   * @param nanos not negative; zero runs what is due now
   */
  public void advanceNanos(long nanos) {
    if (nanos < 0) {
      throw new IllegalArgumentException("nanos: " + nanos + " (expected: >= 0)");
    }
    long target;
    synchronized (lock) {
      target = Math.addExact(elapsed, nanos);
    }
    for (Task next = takeDue(target); next != null; next = takeDue(target)) {
      next.body.run();
    }
    synchronized (lock) {
      elapsed = target;
    }
  }

  /** Runs what is due now, without moving the clock. */
  public void runDue() {
    advanceNanos(0);
  }

  /** How many tasks wait. */
  public int pendingTasks() {
    synchronized (lock) {
      return tasks.size();
    }
  }

  /** How long from now the next task is due, in nanoseconds; empty when none waits. */
  public OptionalLong nextDueNanos() {
    synchronized (lock) {
      Task next = tasks.peek();
      return next == null ? OptionalLong.empty() : OptionalLong.of(next.due - elapsed);
    }
  }

  /** Fails when a task waits, and says when each would have run. */
  public void assertNoMoreTasks() {
    List<String> left = new ArrayList<>();
    synchronized (lock) {
      for (Task task : tasks) {
        left.add("in " + Duration.ofNanos(task.due - elapsed));
      }
    }
    if (!left.isEmpty()) {
      throw new AssertionError("scheduled tasks: " + left + " (expected: none)");
    }
  }

  private @Nullable Task takeDue(long target) {
    synchronized (lock) {
      Task next = tasks.peek();
      if (next == null || next.due > target) {
        return null;
      }
      tasks.remove();
      elapsed = Math.max(elapsed, next.due);
      return next;
    }
  }

  private void cancel(Task task) {
    synchronized (lock) {
      tasks.remove(task);
    }
  }

  private static final class Task {
    final Runnable body;
    final long due;
    final long order;

    Task(Runnable body, long due, long order) {
      this.body = body;
      this.due = due;
      this.order = order;
    }
  }
}
