package io.librarymesh.guard;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The requests of one rule that are under way, by what makes them equal. Any thread. */
final class Flights {
  private final ConcurrentMap<String, Flight> byKey = new ConcurrentHashMap<>();

  /** Begins a flight, or returns the equal one that is under way. */
  @Nullable Flight begin(String key, Flight flight) {
    return byKey.putIfAbsent(key, flight);
  }

  /** Nobody joins the flight any more, and who has joined hears how it ended. */
  void end(String key, Flight flight, Flight.Landing how) {
    forget(key, flight);
    flight.land(how);
  }

  /** Nobody joins the flight any more: it takes longer than anybody would wait. */
  void forget(String key, Flight flight) {
    byKey.remove(key, flight);
  }

  int size() {
    return byKey.size();
  }
}
