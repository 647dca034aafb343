package io.librarymesh.pick;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The position of a round robin. Survives the rotations that it runs over, so that an update or an
 * ejection does not send the next calls to the first host again. Any thread.
 */
final class Cursor {
  private final AtomicLong position;

  Cursor(int start) {
    position = new AtomicLong(start);
  }

  /** The next index into a rotation of {@code length} hosts. */
  int next(int length) {
    return (int) (position.getAndIncrement() % length);
  }
}
