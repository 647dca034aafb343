package io.librarymesh.guard;

import io.librarymesh.config.StoredResponse;
import io.librarymesh.time.Signal;
import org.jspecify.annotations.Nullable;

/** A request that is under way, for whose answer equal requests may wait. Any thread. */
final class Flight {
  /** Fires when the flight has ended. */
  final Signal signal = new Signal();

  private volatile @Nullable Landing landing;

  /** How a flight has ended. */
  sealed interface Landing {}

  /**
   * With an answer for everybody.
   *
   * @param flags of the call that got it, in the caller's own code
   */
  record Answered(StoredResponse response, int flags) implements Landing {}

  /** With an answer that is not for others: each goes by itself. */
  enum NotForOthers implements Landing {
    INSTANCE
  }

  /** Without an answer, because its caller went away: another takes its place. */
  enum Abandoned implements Landing {
    INSTANCE
  }

  /** Null while it is under way. */
  @Nullable Landing landing() {
    return landing;
  }

  void land(Landing how) {
    landing = how;
    signal.fire();
  }
}
