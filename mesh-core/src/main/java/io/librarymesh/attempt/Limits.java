package io.librarymesh.attempt;

import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.pick.ClusterState;
import io.librarymesh.pick.HostState;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The counts of one cluster against its circuit breakers: attempts in flight, attempts that wait
 * for a connection, retries. Each {@code max} bounds a count: while the count is below it, one more
 * is admitted. Source: Envoy {@code cluster.v3.CircuitBreakers}.
 *
 * <p>Every attempt asks {@link #tryBegin}. One that was admitted calls {@link #end} exactly once,
 * whatever became of it; in between it may say that it is {@link #connected}. The host's own count
 * of attempts in flight is kept along the way. The bounds are read at each use, so that an update
 * takes effect with the next attempt.
 *
 * <p>An attempt for which no idle connection is known counts as pending until it has one, as in
 * Envoy. What is idle is estimated from how attempts end, and only while {@code maxPendingRequests}
 * is bounded.
 *
 * <p>Any thread. Counts are exact, unlike Envoy's. A lock is taken only where {@code
 * maxConnections} is bounded, because an attempt may have to queue behind others then.
 */
public final class Limits {
  private final ClusterState cluster;
  private final InFlight inFlight = new InFlight();
  private final AtomicInteger retries = new AtomicInteger();
  private final ConnectionQueue queue;

  private Limits(ClusterState cluster) {
    this.cluster = cluster;
    this.queue = new ConnectionQueue(this);
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
    CircuitBreakers breakers = breakers();
    return breakers.maxConnections() == CircuitBreakers.UNLIMITED
        ? admit(host, breakers)
        : queue.tryBegin(host, breakers);
  }

  /**
   * Waits for a connection, after {@link #tryBegin} said {@link Admission#QUEUED}.
   *
   * @return a place in the queue, or what was decided at once because things have changed meanwhile
   */
  public PendingAttempt queue(@Nullable HostState host) {
    return queue.join(host);
  }

  /**
   * An admitted attempt has a connection.
   *
   * @return the admission to pass from now on
   */
  public Admission connected(Admission admission) {
    if (admission == Admission.CONNECTING) {
      inFlight.endPending();
    }
    return Admission.ADMITTED;
  }

  /**
   * An admitted attempt is over, and the next in the queue may go.
   *
   * @param admission what {@link #tryBegin}, {@link PendingAttempt#admission} or {@link #connected}
   *     returned last
   * @param reusable whether the attempt leaves a connection that another can use
   */
  public void end(@Nullable HostState host, Admission admission, boolean reusable) {
    if (host != null && reusable && boundsPending(breakers())) {
      host.addIdleConnection();
    }
    inFlight.end(admission == Admission.CONNECTING);
    if (host != null) {
      host.end();
    }
    // Last, so that whoever is let go sees all of the above.
    queue.onEnd();
  }

  /** Lets those in the queue go for whom an update of the bounds has made room. */
  public void onUpdate() {
    queue.admitDue();
  }

  /**
   * Takes a place among the retries, to be held from the decision to retry until the retried
   * attempt is over.
   *
   * @return false when there is none
   */
  public boolean tryBeginRetry() {
    int max = breakers().maxRetries();
    int current = retries.get();
    while (current < max) {
      if (retries.compareAndSet(current, current + 1)) {
        return true;
      }
      current = retries.get();
    }
    return false;
  }

  /** Gives the place of a retry back. */
  public void endRetry() {
    retries.decrementAndGet();
  }

  /** Attempts in flight. */
  public int requests() {
    return inFlight.requests();
  }

  /** Attempts that wait for a connection, as far as they are counted. */
  public int pending() {
    return inFlight.pending();
  }

  /** Retries in flight or backing off. */
  public int retries() {
    return retries.get();
  }

  CircuitBreakers breakers() {
    return cluster.cluster().circuitBreakers();
  }

  InFlight inFlight() {
    return inFlight;
  }

  /** Admits or refuses; connections are not looked at. */
  Admission admit(@Nullable HostState host, CircuitBreakers breakers) {
    boolean idle = host != null && boundsPending(breakers) && host.takeIdleConnection();
    Admission admission = inFlight.tryBegin(breakers, idle || !boundsPending(breakers));
    if (host != null) {
      if (admission.admitted()) {
        host.begin();
      } else if (idle) {
        host.addIdleConnection();
      }
    }
    return admission;
  }

  static boolean boundsPending(CircuitBreakers breakers) {
    return breakers.maxPendingRequests() != CircuitBreakers.UNLIMITED;
  }
}
