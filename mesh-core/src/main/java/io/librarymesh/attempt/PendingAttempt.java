package io.librarymesh.attempt;

import io.librarymesh.pick.HostState;
import io.librarymesh.time.Signal;
import org.jspecify.annotations.Nullable;

/**
 * An attempt's place in the queue for a connection. When its turn comes it is counted in, {@link
 * #admission} says so and the signal fires; nothing can be missed in between.
 *
 * <p>Whoever holds it goes on with {@link #admission} once that is no longer {@link
 * Admission#QUEUED}, or gives up with {@link #abandon}. Any thread.
 */
public final class PendingAttempt {
  private final Limits limits;
  private final @Nullable HostState host;
  private final Signal signal = new Signal();
  private volatile Admission admission = Admission.QUEUED;

  /** Whether the attempt counts against {@code maxPendingRequests}. */
  boolean countedPending;

  PendingAttempt(Limits limits, @Nullable HostState host) {
    this.limits = limits;
    this.host = host;
  }

  /** Fires when the attempt's turn has come. */
  public Signal signal() {
    return signal;
  }

  /** How it stands: queued, or what {@link Limits#tryBegin} would have said. */
  public Admission admission() {
    return admission;
  }

  /** Leaves the queue and gives back what the attempt was counted in for. Instead of going on. */
  public void abandon() {
    limits.abandon(this);
  }

  @Nullable HostState host() {
    return host;
  }

  /** Under the lock of the limits. */
  void decide(Admission decision) {
    admission = decision;
  }
}
