package io.librarymesh.controlplane.serve;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Who is sent a first configuration now, and who waits, in the order in which they asked; those who
 * are in the middle of theirs go before those who have nothing yet. So a storm of clients that
 * reconnect fills neither the heap with responses on their way nor the time that the updates of the
 * others need: these are not held up.
 *
 * <p>A client that does not acknowledge within 10 s makes way for the next and keeps what it was
 * sent. Confined to the state executor.
 */
final class Admission {

  private static final long TURN_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final int parallel;
  private final int mayWait;
  private final LongSupplier nanoTime;
  private final Timer timer;
  private final Map<Guest, Long> admitted = new LinkedHashMap<>();
  private final Set<Guest> begun = new HashSet<>();
  private final Set<Guest> goingOn = new LinkedHashSet<>();
  private final Set<Guest> beginning = new LinkedHashSet<>();
  private boolean admitting;
  private boolean timed;
  private long refused;

  /** Whoever wants to be sent something for the first time. */
  interface Guest {

    /** It has a turn now. */
    void admitted();
  }

  /** Runs something later on the state executor. */
  interface Timer {

    /** Runs the task once, after the delay. */
    void schedule(Runnable task, long delayNanos);
  }

  /** What becomes of one who asks. */
  enum Answer {
    ADMITTED,
    WAITS,
    REFUSED
  }

  Admission(ServeLimits limits, LongSupplier nanoTime, Timer timer) {
    this.parallel = limits.parallelSyncs();
    this.mayWait = limits.waitingSyncs();
    this.nanoTime = nanoTime;
    this.timer = timer;
  }

  /** Asks for a turn; who has one is admitted. */
  Answer ask(Guest guest) {
    if (admitted.containsKey(guest)) {
      return Answer.ADMITTED;
    }
    if (admitted.size() < parallel && waiting() == 0) {
      admit(guest);
      return Answer.ADMITTED;
    }
    if (begun.contains(guest)) {
      goingOn.add(guest);
    } else if (beginning.size() < mayWait || beginning.contains(guest)) {
      beginning.add(guest);
    } else {
      refused++;
      return Answer.REFUSED;
    }
    watch();
    return Answer.WAITS;
  }

  private void admit(Guest guest) {
    goingOn.remove(guest);
    beginning.remove(guest);
    begun.add(guest);
    admitted.put(guest, nanoTime.getAsLong());
  }

  /** It has acknowledged everything that it was sent. */
  void done(Guest guest) {
    if (admitted.remove(guest) != null) {
      admitNext();
    }
  }

  /** It has gone. */
  void left(Guest guest) {
    begun.remove(guest);
    goingOn.remove(guest);
    beginning.remove(guest);
    done(guest);
  }

  /** A guest that has nothing to be sent is done at once: the loop goes on, and not deeper. */
  private void admitNext() {
    if (admitting) {
      return;
    }
    admitting = true;
    try {
      while (admitted.size() < parallel && waiting() > 0) {
        Guest next = (goingOn.isEmpty() ? beginning : goingOn).iterator().next();
        admit(next);
        next.admitted();
      }
    } finally {
      admitting = false;
    }
  }

  private void watch() {
    if (!timed) {
      timed = true;
      timer.schedule(this::makeWay, TURN_NANOS);
    }
  }

  private void makeWay() {
    timed = false;
    long now = nanoTime.getAsLong();
    admitted.values().removeIf(since -> now - since >= TURN_NANOS);
    admitNext();
    if (waiting() > 0) {
      watch();
    }
  }

  /** How many are being sent their first configuration. */
  int syncing() {
    return admitted.size();
  }

  /** How many wait for that. */
  int waiting() {
    return goingOn.size() + beginning.size();
  }

  /** How many were refused since the start. */
  long refused() {
    return refused;
  }
}
