package io.librarymesh.pick;

import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The position of a round robin. Survives the rotations that it runs over, so that an update or an
 * ejection does not send the next calls to the first host again.
 */
final class Cursor {
  private final AtomicLong position = new AtomicLong();
  private boolean started;

  /** Any thread. */
  long next() {
    return position.getAndIncrement();
  }

  /**
   * Draws where to begin, the first time that there is a choice. Called under the lock of the
   * cluster.
   */
  void start(int length, RandomSource random) {
    if (!started && length > 1) {
      started = true;
      position.set(random.nextInt(length, Draw.ROUND_ROBIN_START));
    }
  }
}
