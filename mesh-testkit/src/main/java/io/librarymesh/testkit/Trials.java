package io.librarymesh.testkit;

import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * A property test: the same check over many generated samples. A failure names seed and trial, and
 * the same pair gives the same sample again.
 */
public final class Trials {
  private Trials() {}

  /** Runs {@code property} on {@code trials} samples; at least one. */
  public static void run(long seed, int trials, Consumer<Sample> property) {
    if (trials < 1) {
      throw new IllegalArgumentException("trials: " + trials + " (expected: >= 1)");
    }
    for (int trial = 0; trial < trials; trial++) {
      try {
        again(seed, trial, property);
      } catch (AssertionError | RuntimeException failure) {
        throw new AssertionError(
            "seed " + seed + ", trial " + trial + ": " + failure.getMessage(), failure);
      }
    }
  }

  /** Runs {@code property} on the one sample that a failure named. */
  public static void again(long seed, int trial, Consumer<Sample> property) {
    // The odd factor spreads neighbouring trials over the whole space of seeds.
    property.accept(new Sample(new SplittableRandom(seed ^ (trial * 0x9E3779B97F4A7C15L))));
  }
}
