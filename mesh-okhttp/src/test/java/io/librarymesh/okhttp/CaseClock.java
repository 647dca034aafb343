package io.librarymesh.okhttp;

import io.librarymesh.testkit.FakeTime;
import io.librarymesh.time.Scheduler;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The time of a case. It moves from one due timer to the next, and the timers of calls run one at a
 * time, so that what one of them sets going can come to rest before the next runs.
 *
 * <p>One thread moves it; any thread may set timers.
 */
final class CaseClock {
  /**
   * Shortly before the clock wraps, so that comparing readings instead of subtracting them shows.
   */
  private static final long START = Long.MAX_VALUE - 1_000_000_000L;

  private final FakeTime time = FakeTime.startingAt(START);
  private final Deque<Alarm> due = new ArrayDeque<>();

  /** The clock and the timers of the mesh. */
  FakeTime time() {
    return time;
  }

  long now() {
    return time.elapsedNanos();
  }

  /** The timers of one call. */
  Scheduler timersOf(ScriptedCall call) {
    return (task, delayNanos) -> {
      Alarm alarm = new Alarm(call, task);
      alarm.handle = time.schedule(() -> ring(alarm), delayNanos);
      // From here on time may move, so the timer has to be set.
      call.timerSet(task);
      return () -> cancel(alarm);
    };
  }

  /** Moves to the next timer but not beyond {@code limit}; {@link #nextDue} has what is due. */
  void move(long limit) {
    OptionalLong next = time.nextDueNanos();
    long target = later(now(), next.orElse(Long.MAX_VALUE));
    time.advanceNanos(Math.max(0, Math.min(target, limit) - now()));
  }

  /** Runs the timers of the mesh that are due without any time passing. */
  void runDue() {
    time.runDue();
  }

  /** Takes a timer of a call that is due; null when there is none. */
  @Nullable Alarm nextDue() {
    synchronized (due) {
      return due.poll();
    }
  }

  /** {@code nanos} from {@code from}; for ever when that is beyond all time. */
  static long later(long from, long nanos) {
    return nanos > Long.MAX_VALUE - from ? Long.MAX_VALUE : from + nanos;
  }

  private void ring(Alarm alarm) {
    synchronized (due) {
      due.add(alarm);
    }
  }

  private void cancel(Alarm alarm) {
    Scheduler.Cancellable handle = alarm.handle;
    if (handle != null) {
      handle.cancel();
    }
    synchronized (due) {
      due.remove(alarm);
    }
    alarm.over();
  }

  /** A timer of a call. */
  static final class Alarm {
    final ScriptedCall call;
    private final Runnable task;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile Scheduler.@Nullable Cancellable handle;

    Alarm(ScriptedCall call, Runnable task) {
      this.call = call;
      this.task = task;
    }

    void run() {
      call.rings(task);
      over();
      task.run();
    }

    private void over() {
      if (over.compareAndSet(false, true)) {
        call.timerOver(task);
      }
    }
  }
}
