package io.librarymesh.attempt;

import io.librarymesh.config.CircuitBreakers.Thresholds;
import io.librarymesh.pick.HostState;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where attempts wait while all connections are in use. First come, first served; an attempt that
 * ends hands its place to the first that may have it, so that a newcomer cannot overtake.
 *
 * <p>As in Envoy, a host with nothing in flight may have one connection over the bound, so that a
 * busy host cannot starve the others.
 */
final class ConnectionQueue {
  private final Limits limits;
  private final Object lock = new Object();

  /** In the order of arrival. Under the lock. */
  private final Set<PendingAttempt> waiting = new LinkedHashSet<>();

  /** The size of {@link #waiting}, to be read without the lock. */
  private volatile int length;

  ConnectionQueue(Limits limits) {
    this.limits = limits;
  }

  Admission tryBegin(@Nullable HostState host, Thresholds breakers) {
    synchronized (lock) {
      if (mayHaveConnection(host, breakers, waiting.isEmpty())) {
        return limits.admit(host, breakers);
      }
      return limits.pending() < breakers.maxPendingRequests()
          ? Admission.QUEUED
          : Admission.OVERFLOW_PENDING;
    }
  }

  PendingAttempt join(@Nullable HostState host) {
    Thresholds breakers = limits.breakers();
    boolean counted = Limits.boundsPending(breakers);
    PendingAttempt attempt = new PendingAttempt(this, host, counted);
    if (counted && !limits.inFlight().tryBeginPending(breakers.maxPendingRequests())) {
      attempt.decide(Admission.OVERFLOW_PENDING);
      return attempt;
    }
    synchronized (lock) {
      waiting.add(attempt);
      length = waiting.size();
    }
    // Only now are the counts read again. An attempt that ended before was seen; one that ends
    // later sees this one wait.
    admitDue();
    return attempt;
  }

  /** How many wait. */
  int length() {
    return length;
  }

  /** An attempt has been counted out. */
  void onEnd() {
    if (length > 0) {
      admitDue();
    }
  }

  void admitDue() {
    List<PendingAttempt> due = new ArrayList<>();
    synchronized (lock) {
      takeDue(due);
    }
    // Not under the lock, because a listener may run its call on.
    due.forEach(attempt -> attempt.signal().fire());
  }

  void abandon(PendingAttempt attempt) {
    synchronized (lock) {
      if (waiting.remove(attempt)) {
        length = waiting.size();
        endPending(attempt);
        return;
      }
    }
    Admission admission = attempt.admission();
    if (admission.admitted()) {
      // What was admitted with a connection leaves it as it found it.
      limits.end(attempt.host(), admission, admission == Admission.ADMITTED);
    }
  }

  /** Decides on whoever may have a connection, in order. Under the lock. */
  private void takeDue(List<PendingAttempt> due) {
    Thresholds breakers = limits.breakers();
    boolean first = true;
    for (Iterator<PendingAttempt> i = waiting.iterator(); i.hasNext(); ) {
      PendingAttempt attempt = i.next();
      if (mayHaveConnection(attempt.host(), breakers, first)) {
        i.remove();
        attempt.decide(admit(attempt, breakers));
        due.add(attempt);
      } else {
        first = false;
      }
    }
    length = waiting.size();
  }

  private Admission admit(PendingAttempt attempt, Thresholds breakers) {
    HostState host = attempt.host();
    if (!limits.inFlight().tryBeginWaited(breakers.maxRequests())) {
      endPending(attempt);
      return Admission.OVERFLOW_REQUESTS;
    }
    if (host != null) {
      host.begin();
    }
    if (!attempt.counted()) {
      return Admission.ADMITTED;
    }
    if (host != null && host.takeIdleConnection()) {
      endPending(attempt);
      return Admission.ADMITTED;
    }
    return Admission.CONNECTING;
  }

  private void endPending(PendingAttempt attempt) {
    if (attempt.counted()) {
      limits.inFlight().endPending();
    }
  }

  private boolean mayHaveConnection(@Nullable HostState host, Thresholds breakers, boolean isNext) {
    return (isNext && limits.requests() < breakers.maxConnections())
        || (host != null && host.active() == 0);
  }
}
