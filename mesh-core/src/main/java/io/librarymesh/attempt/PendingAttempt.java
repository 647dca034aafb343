package io.librarymesh.attempt;

import io.librarymesh.pick.HostState;
import io.librarymesh.time.Signal;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * An attempt's place in the queue for a connection. When its turn comes it is counted in, {@link
 * #admission} says so and the signal fires.
 *
 * <p>Whoever holds it goes on as {@link #admission} says once that is no longer {@link
 * Admission#QUEUED}, or gives up with {@link #abandon}. Any thread.
 */
public final class PendingAttempt {
  private final ConnectionQueue queue;
  private final @Nullable HostState host;
  private final boolean counted;
  private final Signal signal = new Signal();
  private final AtomicBoolean abandoned = new AtomicBoolean();
  private volatile Admission admission = Admission.QUEUED;

  PendingAttempt(ConnectionQueue queue, @Nullable HostState host, boolean counted) {
    this.queue = queue;
    this.host = host;
    this.counted = counted;
  }

  /** Fires when the attempt's turn has come. */
  public Signal signal() {
    return signal;
  }

  /** How it stands: queued, or what {@link Limits#tryBegin} would have said. */
  public Admission admission() {
    return admission;
  }

  /**
   * Leaves the queue, or gives back what the attempt was counted in for. In place of going on, not
   * after it. Doing so twice changes nothing.
   */
  public void abandon() {
    if (abandoned.compareAndSet(false, true)) {
      queue.abandon(this);
    }
  }

  @Nullable HostState host() {
    return host;
  }

  /** Whether it counts against {@code maxPendingRequests}. */
  boolean counted() {
    return counted;
  }

  void decide(Admission decision) {
    admission = decision;
  }
}
