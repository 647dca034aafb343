package io.librarymesh.pick;

import io.librarymesh.config.Endpoint;
import io.librarymesh.config.HealthStatus;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * What one process knows of one host of one cluster: attempts in flight, failures in a row,
 * ejection. Lives as long as the cluster has an endpoint of that address and port, or of that name
 * where a name is one host, over any number of updates; a host that goes and comes back starts
 * afresh.
 *
 * <p>Any thread. Counters are exact; a failure is counted once and trips a detector at most once.
 */
public final class HostState implements PickResult {
  /** Set in the result of {@link #countExternalFailure} when the 5xx count reached its bound. */
  public static final int TRIPPED_5XX = 1;

  /** Set in the result of {@link #countExternalFailure} when the gateway count did. */
  public static final int TRIPPED_GATEWAY = 2;

  private static final AtomicIntegerFieldUpdater<HostState> ACTIVE =
      AtomicIntegerFieldUpdater.newUpdater(HostState.class, "active");
  private static final AtomicIntegerFieldUpdater<HostState> IDLE =
      AtomicIntegerFieldUpdater.newUpdater(HostState.class, "idleConnections");
  private static final AtomicLongFieldUpdater<HostState> EXTERNAL =
      AtomicLongFieldUpdater.newUpdater(HostState.class, "externalFailures");
  private static final AtomicIntegerFieldUpdater<HostState> LOCAL =
      AtomicIntegerFieldUpdater.newUpdater(HostState.class, "localOriginFailures");

  private static final AtomicLongFieldUpdater<HostState> ANSWERS =
      AtomicLongFieldUpdater.newUpdater(HostState.class, "answers");
  private static final AtomicLongFieldUpdater<HostState> CONNECTIONS =
      AtomicLongFieldUpdater.newUpdater(HostState.class, "connections");

  private static final long ONE_ATTEMPT = 1L << 32;
  private static final long ONE_5XX = 1L << 32;
  private static final long GATEWAY_MASK = ONE_5XX - 1;

  private volatile Endpoint endpoint;
  private volatile @Nullable Object attachment;

  private volatile int active;
  private volatile int idleConnections;

  /** Consecutive 5xx in the high half, consecutive gateway failures in the low half. */
  private volatile long externalFailures;

  private volatile int localOriginFailures;

  /** Attempts in the high half, those that succeeded in the low half. */
  private volatile long answers;

  /** The same of attempts to get an answer at all. */
  private volatile long connections;

  private volatile boolean ejected;

  /** How many base times the next or current ejection lasts. Under the lock of the cluster. */
  int ejectionMultiplier;

  /** By how much the current ejection is longer than that. Under the same lock. */
  long ejectionJitterNanos;

  /** When the host was ejected or, while it is not, when it last returned. Under the same lock. */
  long ejectionChangedNanos;

  /** The level that the host belongs to, for calls that leave out levels they have tried. */
  private volatile int priority;

  /** Whether it was ever healthy, and since when. Under the same lock. */
  private boolean joined;

  private long joinedNanos;

  HostState(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  int priority() {
    return priority;
  }

  void priority(int level) {
    priority = level;
  }

  /** Notes when the host was healthy first. */
  void join(long nowNanos) {
    if (!joined && health().isHealthy()) {
      joined = true;
      joinedNanos = nowNanos;
    }
  }

  /** How long ago it was healthy first; for ever when it is not. */
  long ageNanos(long nowNanos) {
    return joined && health().isHealthy() ? nowNanos - joinedNanos : Long.MAX_VALUE;
  }

  /**
   * The endpoint as the last update had it; address and port change only where a name is one host.
   */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** Attempts in flight. */
  public int active() {
    return active;
  }

  /** Counts an attempt in. For the limits, which do so when they admit it. */
  public void begin() {
    ACTIVE.incrementAndGet(this);
  }

  /** Counts an attempt out. For the limits. */
  public void end() {
    ACTIVE.decrementAndGet(this);
  }

  /** Whether outlier detection has taken the host out. */
  public boolean ejected() {
    return ejected;
  }

  /** What {@link #attach} left here last; null at first. */
  public @Nullable Object attachment() {
    return attachment;
  }

  /**
   * Leaves a value for whoever asks next, such as a prepared step. It stays over updates: whoever
   * uses it checks that it still fits the endpoint, which is the same object until it changes.
   */
  public void attach(Object value) {
    attachment = value;
  }

  /** One connection more is believed to be idle. */
  public void addIdleConnection() {
    IDLE.incrementAndGet(this);
  }

  /**
   * Takes one of the connections that are believed to be idle.
   *
   * @return false when there is none
   */
  public boolean takeIdleConnection() {
    int idle = idleConnections;
    while (idle > 0) {
      if (IDLE.compareAndSet(this, idle, idle - 1)) {
        return true;
      }
      idle = idleConnections;
    }
    return false;
  }

  /** An answer below 500: both counts of failures in a row begin anew. */
  public void onExternalSuccess() {
    if (externalFailures != 0) {
      externalFailures = 0;
    }
  }

  /**
   * Counts a failure and resets each count that reaches its bound.
   *
   * @param gateway whether it is a 502, 503 or 504, or counts as one; if not, the count of gateway
   *     failures begins anew
   * @return which counts reached their bounds: {@link #TRIPPED_5XX}, {@link #TRIPPED_GATEWAY}, both
   *     or 0
   */
  public int countExternalFailure(boolean gateway, int threshold5xx, int thresholdGateway) {
    while (true) {
      long before = externalFailures;
      long count5xx = (before >>> 32) + 1;
      long countGateway = gateway ? (before & GATEWAY_MASK) + 1 : 0;
      int tripped = 0;
      if (count5xx >= threshold5xx) {
        count5xx = 0;
        tripped |= TRIPPED_5XX;
      }
      if (gateway && countGateway >= thresholdGateway) {
        countGateway = 0;
        tripped |= TRIPPED_GATEWAY;
      }
      if (EXTERNAL.compareAndSet(this, before, count5xx << 32 | countGateway)) {
        return tripped;
      }
    }
  }

  /** A connection was obtained: the count of local-origin failures in a row begins anew. */
  public void onLocalOriginSuccess() {
    if (localOriginFailures != 0) {
      localOriginFailures = 0;
    }
  }

  /**
   * Counts a failure to connect, a reset or a timeout.
   *
   * @return whether the count reached the bound; it begins anew then
   */
  public boolean countLocalOriginFailure(int threshold) {
    while (true) {
      int before = localOriginFailures;
      boolean tripped = before + 1 >= threshold;
      if (LOCAL.compareAndSet(this, before, tripped ? 0 : before + 1)) {
        return tripped;
      }
    }
  }

  /** Counts an answer, for detectors of shares of failures. */
  public void countAnswer(boolean success) {
    ANSWERS.addAndGet(this, success ? ONE_ATTEMPT + 1 : ONE_ATTEMPT);
  }

  /** Counts an attempt to get an answer, for detectors of shares of failures. */
  public void countConnection(boolean success) {
    CONNECTIONS.addAndGet(this, success ? ONE_ATTEMPT + 1 : ONE_ATTEMPT);
  }

  /**
   * What {@link #countAnswer} counted since the last time: {@link #attempts} and {@link
   * #successes}.
   */
  public long takeAnswers() {
    return answers == 0 ? 0 : ANSWERS.getAndSet(this, 0);
  }

  /** What {@link #countConnection} counted since the last time. */
  public long takeConnections() {
    return connections == 0 ? 0 : CONNECTIONS.getAndSet(this, 0);
  }

  /** The attempts in a pair of counts. */
  public static int attempts(long counts) {
    return (int) (counts >>> 32);
  }

  /** The successes in a pair of counts. */
  public static int successes(long counts) {
    return (int) counts;
  }

  /** The host's health: what the control plane says, unless it is ejected. */
  HealthStatus health() {
    return ejected ? HealthStatus.UNHEALTHY : endpoint.health();
  }

  void update(Endpoint next) {
    if (!endpoint.equals(next)) {
      endpoint = next;
    }
  }

  void eject(int multiplier, long jitterNanos, long nowNanos) {
    ejectionMultiplier = multiplier;
    ejectionJitterNanos = jitterNanos;
    ejectionChangedNanos = nowNanos;
    ejected = true;
  }

  /** The counts begin anew, so that a few failures do not eject the host again. */
  void readmit(long nowNanos) {
    ejectionChangedNanos = nowNanos;
    ejected = false;
    externalFailures = 0;
    localOriginFailures = 0;
  }

  /** As if outlier detection had never looked. */
  void forgetFailures() {
    ejectionMultiplier = 0;
    ejected = false;
    externalFailures = 0;
    localOriginFailures = 0;
    answers = 0;
    connections = 0;
  }

  @Override
  public String toString() {
    return endpoint.hostPort();
  }
}
