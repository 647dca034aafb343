package io.librarymesh;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/**
 * Runs the operations of a class in interleavings of threads that a model checker chooses, and
 * fails when their results are none that some order of them gives on one thread.
 *
 * <p>{@code -Dinterleavings.scenarios} says how many scenarios there are, {@code
 * -Dinterleavings.invocations} how many interleavings of each are tried.
 */
public final class Interleavings {
  public static final int THREADS = 2;

  private static final int SCENARIOS = Integer.getInteger("interleavings.scenarios", 5);
  private static final int INVOCATIONS = Integer.getInteger("interleavings.invocations", 150);

  private Interleavings() {}

  public static void check(Class<?> operations) {
    check(operations, INVOCATIONS);
  }

  /** With fewer interleavings, where each takes long. */
  public static void checkSome(Class<?> operations) {
    check(operations, INVOCATIONS / 4);
  }

  private static void check(Class<?> operations, int invocations) {
    new ModelCheckingOptions()
        .threads(THREADS)
        .actorsPerThread(4)
        .actorsBefore(2)
        .actorsAfter(2)
        .iterations(SCENARIOS)
        .invocationsPerIteration(invocations)
        .check(operations);
  }
}
