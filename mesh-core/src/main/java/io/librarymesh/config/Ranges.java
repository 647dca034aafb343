package io.librarymesh.config;

/**
 * Checks of numbers in records. A class of its own, because a nested record that called its outer
 * record for this would initialise it too early, and the constants of both would see each other
 * half made.
 */
final class Ranges {
  private Ranges() {}

  static void requireNotNegative(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0)");
    }
  }

  /**
   * @param unsaid a value that stands for none
   */
  static void requireNotNegativeOr(long unsaid, String name, long value) {
    if (value != unsaid) {
      requireNotNegative(name, value);
    }
  }

  static void requirePositive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
    }
  }

  static void requirePercent(String name, double value) {
    if (!(value >= 0 && value <= 100)) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 0..100)");
    }
  }

  static void requirePercent(String name, int value) {
    if (value < 0 || value > 100) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 0..100)");
    }
  }
}
