package io.librarymesh.attempt;

import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.pick.ClusterState;
import io.librarymesh.pick.HostState;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The counts of one cluster against its circuit breakers: attempts in flight, attempts that wait
 * for a connection, retries. Each {@code max} is a bound on a count: below it one more is admitted.
 * Source: Envoy {@code cluster.v3.CircuitBreakers}.
 *
 * <p>Every attempt asks {@link #tryBegin}; one that was admitted calls {@link #end} exactly once,
 * whatever became of it. The host's own count of attempts in flight is kept along the way. The
 * bounds are read at each use, so that an update takes effect with the next attempt.
 *
 * <p>Any thread; counts are exact, unlike Envoy's. A lock is taken only where the number of
 * connections is bounded, because then an attempt may have to queue behind others.
 */
public final class Limits {
  private final ClusterState cluster;
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger pending = new AtomicInteger();
  private final AtomicInteger retries = new AtomicInteger();

  private final Object lock = new Object();

  /** In the order of arrival. Under the lock. */
  private final Set<PendingAttempt> queue = new LinkedHashSet<>();

  /** The size of the queue, to be read without the lock. */
  private volatile int queued;

  private Limits(ClusterState cluster) {
    this.cluster = cluster;
  }

  /** Limits with nothing counted. One per cluster. */
  public static Limits of(ClusterState cluster) {
    return new Limits(cluster);
  }

  /**
   * Asks for an attempt to be sent.
   *
   * @param host where to; null when the request goes where its URL points
   */
  public Admission tryBegin(@Nullable HostState host) {
    CircuitBreakers breakers = cluster.cluster().circuitBreakers();
    if (breakers.maxConnections() == CircuitBreakers.UNLIMITED) {
      return admitUnderRequests(host, breakers);
    }
    synchronized (lock) {
      return hasConnectionFor(host, breakers, queue.isEmpty())
          ? admitUnderRequests(host, breakers)
          : mayWait(breakers) ? Admission.QUEUED : Admission.OVERFLOW_PENDING;
    }
  }

  /**
   * Waits for a connection, after {@link #tryBegin} said {@link Admission#QUEUED}.
   *
   * @return the place in the queue, or a result at once when things have changed meanwhile
   */
  public PendingAttempt queue(@Nullable HostState host) {
    PendingAttempt attempt = new PendingAttempt(this, host);
    List<PendingAttempt> due;
    synchronized (lock) {
      CircuitBreakers breakers = cluster.cluster().circuitBreakers();
      if (!countPending(breakers)) {
        attempt.decide(Admission.OVERFLOW_PENDING);
        return attempt;
      }
      attempt.countedPending = breakers.maxPendingRequests() != CircuitBreakers.UNLIMITED;
      queue.add(attempt);
      // Before the counts are read again: an attempt that ends now sees that somebody waits.
      queued = queue.size();
      due = takeDue();
    }
    fire(due);
    return attempt;
  }

  /**
   * An admitted attempt has a connection.
   *
   * @return the admission to pass from now on
   */
  public Admission connected(Admission admission) {
    if (admission == Admission.CONNECTING) {
      pending.decrementAndGet();
    }
    return Admission.ADMITTED;
  }

  /**
   * An admitted attempt is over and the next in the queue may go.
   *
   * @param admission what {@link #tryBegin}, {@link PendingAttempt#admission} or {@link #connected}
   *     returned last
   * @param reusable whether the attempt leaves a connection that another can use
   */
  public void end(@Nullable HostState host, Admission admission, boolean reusable) {
    connected(admission);
    if (host != null) {
      if (reusable && limitsPending(cluster.cluster().circuitBreakers())) {
        host.addIdleConnection();
      }
      host.end();
    }
    requests.decrementAndGet();
    if (queued > 0) {
      admitWaiting();
    }
  }

  /** Lets those in the queue go for whom an update has made room. */
  public void admitWaiting() {
    List<PendingAttempt> due;
    synchronized (lock) {
      due = takeDue();
    }
    fire(due);
  }

  /** Not under the lock, because a listener may run its call on. */
  private static void fire(List<PendingAttempt> due) {
    for (PendingAttempt attempt : due) {
      attempt.signal().fire();
    }
  }

  /** Takes a place among the retries, which are counted from the decision until their end. */
  public boolean tryBeginRetry() {
    return countBelow(retries, cluster.cluster().circuitBreakers().maxRetries());
  }

  /** Gives the place of a retry back. */
  public void endRetry() {
    retries.decrementAndGet();
  }

  /** Attempts in flight. */
  public int requests() {
    return requests.get();
  }

  /** Attempts that wait for a connection, as far as they are counted. */
  public int pending() {
    return pending.get();
  }

  /** Retries in flight or backing off. */
  public int retries() {
    return retries.get();
  }

  void abandon(PendingAttempt attempt) {
    Admission admission;
    synchronized (lock) {
      admission = attempt.admission();
      if (admission == Admission.QUEUED) {
        queue.remove(attempt);
        queued = queue.size();
        uncountPending(attempt);
      }
      attempt.decide(Admission.OVERFLOW_PENDING);
    }
    if (admission.admitted()) {
      end(attempt.host(), admission, admission == Admission.ADMITTED);
    }
  }

  private Admission admitUnderRequests(@Nullable HostState host, CircuitBreakers breakers) {
    if (!countBelow(requests, breakers.maxRequests())) {
      return Admission.OVERFLOW_REQUESTS;
    }
    Admission admission = connection(host, breakers);
    if (admission == Admission.OVERFLOW_PENDING) {
      requests.decrementAndGet();
    } else if (host != null) {
      host.begin();
    }
    return admission;
  }

  /** Finds an idle connection or counts the attempt as waiting for one. */
  private Admission connection(@Nullable HostState host, CircuitBreakers breakers) {
    if (!limitsPending(breakers) || (host != null && host.takeIdleConnection())) {
      return Admission.ADMITTED;
    }
    return countBelow(pending, breakers.maxPendingRequests())
        ? Admission.CONNECTING
        : Admission.OVERFLOW_PENDING;
  }

  /** A host with nothing in flight may have one connection over the bound: Envoy's pools too. */
  private boolean hasConnectionFor(
      @Nullable HostState host, CircuitBreakers breakers, boolean nobodyWaits) {
    return (nobodyWaits && requests.get() < breakers.maxConnections())
        || (host != null && host.active() == 0);
  }

  private boolean mayWait(CircuitBreakers breakers) {
    return pending.get() < breakers.maxPendingRequests();
  }

  private boolean countPending(CircuitBreakers breakers) {
    return !limitsPending(breakers) || countBelow(pending, breakers.maxPendingRequests());
  }

  private void uncountPending(PendingAttempt attempt) {
    if (attempt.countedPending) {
      pending.decrementAndGet();
    }
  }

  /** Counts in whoever may go, in order. Under the lock. */
  private List<PendingAttempt> takeDue() {
    CircuitBreakers breakers = cluster.cluster().circuitBreakers();
    List<PendingAttempt> due = new ArrayList<>();
    boolean first = true;
    for (Iterator<PendingAttempt> i = queue.iterator(); i.hasNext(); ) {
      PendingAttempt attempt = i.next();
      if (hasConnectionFor(attempt.host(), breakers, first)
          && countBelow(requests, breakers.maxRequests())) {
        i.remove();
        attempt.decide(admitFromQueue(attempt));
        due.add(attempt);
      } else {
        first = false;
      }
    }
    queued = queue.size();
    return due;
  }

  private Admission admitFromQueue(PendingAttempt attempt) {
    HostState host = attempt.host();
    if (host != null) {
      host.begin();
    }
    boolean idle = host != null && host.takeIdleConnection();
    if (idle || !attempt.countedPending) {
      uncountPending(attempt);
      return Admission.ADMITTED;
    }
    return Admission.CONNECTING;
  }

  private static boolean limitsPending(CircuitBreakers breakers) {
    return breakers.maxPendingRequests() != CircuitBreakers.UNLIMITED;
  }

  private static boolean countBelow(AtomicInteger count, int bound) {
    if (bound == CircuitBreakers.UNLIMITED) {
      count.getAndIncrement();
      return true;
    }
    int current = count.get();
    while (current < bound) {
      if (count.compareAndSet(current, current + 1)) {
        return true;
      }
      current = count.get();
    }
    return false;
  }
}
