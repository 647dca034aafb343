package io.librarymesh;

import io.librarymesh.attempt.Limits;
import io.librarymesh.attempt.RetryBudget;
import io.librarymesh.telemetry.ResponseFlag;
import org.jspecify.annotations.Nullable;

/**
 * The retries of one call: how many there were, and the place of the last one among the retries of
 * its cluster. Confined like the call, or guarded by its {@link Race}.
 */
final class Retries {
  /** What {@link #tryBegin} says when a retry may be made. */
  static final int ALLOWED = 0;

  private int made;
  private int others;
  private boolean holdsPlace;

  /**
   * Retries so far, the one in flight or backing off included, without those that waited as an
   * upstream said or not at all: they leave the back-off of the others as it is.
   */
  int backOffs() {
    return made - others;
  }

  /** The last retry waits as its upstream said, or not at all. */
  void withoutBackOff() {
    others++;
  }

  /**
   * Asks for a retry after its condition has been met; one that is allowed holds a place until the
   * next is asked for. Source: Envoy {@code RetryStateImpl}: the count first, then the cluster's
   * limit on retries, which does not give the count back.
   *
   * @param max attempts after the first
   * @param budget null when there is none; asked last, since it gives nothing back either
   * @return {@link #ALLOWED}, or the mask of the {@link ResponseFlag} that says why not
   */
  int tryBegin(int max, Limits limits, @Nullable RetryBudget budget, long now) {
    if (made >= max) {
      return ResponseFlag.URX.mask();
    }
    made++;
    release(limits);
    if (!limits.tryBeginRetry()) {
      return ResponseFlag.UO.mask();
    }
    if (budget != null && !budget.tryWithdraw(now)) {
      limits.endRetry();
      return ResponseFlag.UO.mask();
    }
    holdsPlace = true;
    return ALLOWED;
  }

  /** Gives the place back. From the second time on this does nothing. */
  void release(Limits limits) {
    if (holdsPlace) {
      holdsPlace = false;
      limits.endRetry();
    }
  }
}
