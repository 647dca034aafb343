package io.librarymesh.attempt;

import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.CircuitBreakers.RetryLimit;
import io.librarymesh.config.CircuitBreakers.Thresholds;
import io.librarymesh.config.RoutingPriority;
import io.librarymesh.pick.ClusterState;
import io.librarymesh.pick.HostState;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The counts of one cluster's requests of one priority against its circuit breakers: attempts in
 * flight, attempts that wait for a connection, retries. Each {@code max} bounds a count: while the
 * count is below it, one more is admitted. Source: Envoy {@code cluster.v3.CircuitBreakers}.
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
  private static final long MILLION = 1_000_000;

  private final ClusterState cluster;
  private final RoutingPriority priority;
  private final InFlight inFlight = new InFlight();
  private final AtomicInteger retries = new AtomicInteger();
  private final ConnectionQueue queue;

  private Limits(ClusterState cluster, RoutingPriority priority) {
    this.cluster = cluster;
    this.priority = priority;
    this.queue = new ConnectionQueue(this);
  }

  /** Limits with nothing counted. One for each cluster and priority. */
  public static Limits of(ClusterState cluster, RoutingPriority priority) {
    return new Limits(cluster, priority);
  }

  /**
   * Asks for an attempt to be sent.
   *
   * @param host where to; null when the request goes where its URL points
   */
  public Admission tryBegin(@Nullable HostState host) {
    Thresholds breakers = breakers();
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
   * <p>Under a retry budget the places are a share of the attempts in flight or waiting. Source:
   * Envoy {@code ResourceManagerImpl}.
   *
   * @return false when there is none
   */
  public boolean tryBeginRetry() {
    int max = maxRetries();
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

  /** Attempts in the queue for a connection, counted as pending or not. */
  public int waiting() {
    return queue.length();
  }

  /** Retries in flight or backing off. */
  public int retries() {
    return retries.get();
  }

  /** How many retries there may be now. */
  public int maxRetries() {
    RetryLimit limit = breakers().retries();
    if (limit instanceof RetryLimit.Budget budget) {
      long share = (requests() + (long) waiting()) * budget.perMillion() / MILLION;
      return (int) Math.max(budget.minConcurrency(), share);
    }
    return ((RetryLimit.Count) limit).max();
  }

  /** The bounds as they are now. */
  public Thresholds breakers() {
    return cluster.cluster().circuitBreakers().of(priority);
  }

  InFlight inFlight() {
    return inFlight;
  }

  /** Admits or refuses; connections are not looked at. */
  Admission admit(@Nullable HostState host, Thresholds breakers) {
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

  static boolean boundsPending(Thresholds breakers) {
    return breakers.maxPendingRequests() != CircuitBreakers.UNLIMITED;
  }
}
