package io.librarymesh.time;

import org.jspecify.annotations.Nullable;

/**
 * Tasks by the time at which they are due, to be added and taken out in constant time whatever
 * their number: most are timeouts of calls, which are taken out again soon. Knows no clock and no
 * thread. Source: Varghese and Lauck, "Hashed and Hierarchical Timing Wheels".
 *
 * <p>Times are nanoseconds since a beginning, so not negative. Any thread may add and cancel; one
 * at a time runs what is due.
 */
final class TimerWheel {
  /** About a millisecond for each slot, and two seconds for a turn. */
  private static final int SLOT_BITS = 20;

  private static final int SLOTS = 2048;

  private final Slot[] slots = new Slot[SLOTS];

  /** The slot that is looked at or was last. Written by whoever runs what is due. */
  private volatile long done;

  TimerWheel() {
    for (int i = 0; i < SLOTS; i++) {
      slots[i] = new Slot();
    }
  }

  Scheduler.Cancellable add(Runnable task, long dueNanos) {
    long number = dueNanos >> SLOT_BITS;
    Entry entry = new Entry(task, dueNanos, slot(number));
    entry.slot.add(entry);
    // Time goes on meanwhile, and a slot that was passed is not looked at for a turn.
    while (number < done && entry.slot.remove(entry)) {
      number = done;
      entry.slot = slot(number);
      entry.slot.add(entry);
    }
    return entry;
  }

  /**
   * Runs the tasks that are due: those of a slot in the order in which they were added, so that
   * news that is passed on at once does not overtake older news. What one throws goes to {@code
   * failed}, and the others run.
   */
  void runDue(long nowNanos, Failures failed) {
    long current = nowNanos >> SLOT_BITS;
    long from = Math.max(done, current - SLOTS + 1);
    // Before the look, so that whoever does not see it added before the look.
    done = current;
    for (long i = from; i <= current; i++) {
      Slot slot = slot(i);
      for (Runnable task = slot.poll(nowNanos); task != null; task = slot.poll(nowNanos)) {
        run(task, failed);
      }
    }
  }

  /** A task of a mesh may be anybody's listener; none may end the timer of all. */
  @SuppressWarnings("CatchingUnchecked")
  private static void run(Runnable task, Failures failed) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      failed.accept(e);
    }
  }

  /**
   * When to look again: at the time of the next task, or earlier; {@link Long#MAX_VALUE} when there
   * is none. May miss tasks that are added meanwhile.
   */
  long nextNanos() {
    // From the last look on, however long ago that was: what came due since has not run.
    long current = done;
    boolean later = false;
    for (long i = current; i < current + SLOTS; i++) {
      Slot slot = slot(i);
      if (slot.first != null) {
        long next = slot.earliest(i << SLOT_BITS, (i + 1) << SLOT_BITS);
        if (next < Long.MAX_VALUE) {
          return next;
        }
        later = true;
      }
    }
    return later ? (current + SLOTS) << SLOT_BITS : Long.MAX_VALUE;
  }

  private Slot slot(long number) {
    return slots[(int) (number & (SLOTS - 1))];
  }

  /** Hears of tasks that throw. */
  @FunctionalInterface
  interface Failures {
    void accept(Throwable failure);
  }

  /** The tasks of one slot of any turn, in the order in which they were added. */
  private static final class Slot {
    /** Written under the lock. */
    private volatile @Nullable Entry first;

    /** Under the lock. */
    private @Nullable Entry last;

    synchronized void add(Entry entry) {
      Entry before = last;
      entry.previous = before;
      if (before == null) {
        first = entry;
      } else {
        before.next = entry;
      }
      entry.linked = true;
      last = entry;
    }

    /** Whether the entry was there. */
    synchronized boolean remove(Entry entry) {
      if (!entry.linked) {
        return false;
      }
      entry.linked = false;
      Entry next = entry.next;
      Entry previous = entry.previous;
      entry.next = null;
      if (next == null) {
        last = previous;
      } else {
        next.previous = previous;
      }
      if (previous == null) {
        first = next;
      } else {
        previous.next = next;
      }
      return true;
    }

    synchronized @Nullable Runnable poll(long nowNanos) {
      for (Entry entry = first; entry != null; entry = entry.next) {
        if (entry.dueNanos <= nowNanos) {
          boolean unused = remove(entry);
          return entry.task;
        }
      }
      return null;
    }

    /** The earliest of those due before {@code endNanos}, overdue ones at {@code startNanos}. */
    synchronized long earliest(long startNanos, long endNanos) {
      long earliest = Long.MAX_VALUE;
      for (Entry entry = first; entry != null; entry = entry.next) {
        if (entry.dueNanos < endNanos) {
          earliest = Math.min(earliest, Math.max(startNanos, entry.dueNanos));
        }
      }
      return earliest;
    }
  }

  private static final class Entry implements Scheduler.Cancellable {
    private final Runnable task;
    private final long dueNanos;

    /** Settled before the entry is handed out. */
    private Slot slot;

    // Under the lock of the slot.
    private @Nullable Entry previous;
    private @Nullable Entry next;
    private boolean linked;

    Entry(Runnable task, long dueNanos, Slot slot) {
      this.task = task;
      this.dueNanos = dueNanos;
      this.slot = slot;
    }

    @Override
    public void cancel() {
      boolean unused = slot.remove(this);
    }
  }
}
