package io.librarymesh.okhttp;

import io.librarymesh.okhttp.upstream.Exchange;
import io.librarymesh.testkit.conformance.Answer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where the attempts of one call stand that run beside each other. One of them moves at a time, so
 * what is set and what arrives belongs to the same one. Guarded by the call.
 */
final class Lanes {
  /** An attempt that an upstream has. */
  record Flight(Exchange exchange, Answer answer, long since, Set<Runnable> deadlines) {
    long due() {
      return CaseClock.later(since, answer.afterNanos());
    }
  }

  private final List<Flight> flights = new ArrayList<>();
  private final Set<Pause> pauses = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Runnable> deadlines = Collections.newSetFromMap(new IdentityHashMap<>());
  private boolean used;
  private int changes;

  /** Whether the call is one whose attempts may run beside each other. */
  boolean areUsed() {
    return used;
  }

  /** How many attempts stand, each at its upstream or before its next try. */
  int standing() {
    return flights.size() + pauses.size();
  }

  /** Counts what happened, so that a change shows. */
  int changes() {
    return changes;
  }

  boolean haveFlight() {
    return !flights.isEmpty();
  }

  /** Whether nothing but time gets the call on. */
  boolean areDelayed() {
    return flights.isEmpty()
        && pauses.size() == 1
        && pauses.iterator().next().step().signal() == null;
  }

  /** The attempt that is answered first. */
  Optional<Flight> next() {
    return flights.stream().min(Comparator.comparingLong(Flight::due));
  }

  void arrived(Exchange exchange, Answer answer, long now) {
    if (deadlines.isEmpty()) {
      throw new AssertionError("attempts beside each other (expected: under a route timeout)");
    }
    flights.add(new Flight(exchange, answer, now, Set.copyOf(deadlines)));
    deadlines.clear();
    changes++;
  }

  /** The upstream answers. */
  void answering(Flight flight) {
    flights.remove(flight);
    changes++;
  }

  /** The caller has gone, and all attempts are broken off. */
  void clear() {
    flights.clear();
    changes++;
  }

  void timerSet(Runnable task) {
    if (task instanceof Pause pause) {
      pauses.add(pause);
      changes++;
    } else if (task instanceof Deadline) {
      deadlines.add(task);
    } else if (!(task instanceof PacedSource.Slice)) {
      used = true;
    }
  }

  /** Whoever stops the clock of an attempt in flight, or lets it run out, has broken it off. */
  void timerOver(Runnable task) {
    deadlines.remove(task);
    boolean brokenOff = flights.removeIf(flight -> flight.deadlines().contains(task));
    boolean resumed = task instanceof Pause pause && pauses.remove(pause);
    if (brokenOff || resumed) {
      changes++;
    }
  }
}
