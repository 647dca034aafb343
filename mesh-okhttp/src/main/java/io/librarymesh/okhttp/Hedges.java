package io.librarymesh.okhttp;

import java.util.concurrent.Executor;

/**
 * The threads of attempts that run beside others. When {@link #MAX_IN_FLIGHT} are on their way,
 * slow attempts go on alone. Any thread.
 */
final class Hedges {
  static final int MAX_IN_FLIGHT = 64;

  private static final Executor THREADS = SideThreads.pool("library-mesh-hedge");

  private final SideThreads side = new SideThreads(THREADS, MAX_IN_FLIGHT);

  /** How many are on their way. */
  int inFlight() {
    return side.inFlight();
  }

  /**
   * Runs a task on a thread of its own.
   *
   * @return false when there is none for it
   */
  boolean tryRun(Runnable task) {
    return side.tryRun(task);
  }
}
