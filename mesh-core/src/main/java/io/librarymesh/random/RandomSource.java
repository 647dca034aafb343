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

  /** A value that may be any long, made of two draws. */
  default long nextLong(Draw draw) {
    long drawn = (long) nextInt(Integer.MAX_VALUE, draw) << 31 | nextInt(Integer.MAX_VALUE, draw);
    // Spreads 62 bits over 64, so that remainders and comparisons see no pattern.
    long mixed = (drawn ^ drawn >>> 30) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
    return mixed ^ mixed >>> 31;
  }

  /** The JVM's per-thread generator. */
  static RandomSource system() {
    return (bound, draw) -> ThreadLocalRandom.current().nextInt(bound);
  }
}
