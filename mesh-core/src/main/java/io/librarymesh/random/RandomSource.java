package io.librarymesh.random;

import java.util.concurrent.ThreadLocalRandom;

/** A source of uniform draws. Any thread. */
@FunctionalInterface
public interface RandomSource {
  /**
   * A uniform value in {@code [0, bound)}.
   *
   * @param bound at least 1
   * @param draw which decision this is; ignored by real sources, matched by scripted ones
   */
  int nextInt(int bound, Draw draw);

  /** The JVM's per-thread generator. */
  static RandomSource system() {
    return (bound, draw) -> ThreadLocalRandom.current().nextInt(bound);
  }
}
