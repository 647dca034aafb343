package io.librarymesh.controlplane.serve;

import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;

/**
 * Numbers of resources of which something may have to be said, in the order in which they came.
 * Takes no room while it is empty. Confined to the state executor.
 */
final class DueQueue {

  private static final int[] NOTHING = {};
  private static final int FIRST_CAPACITY = 4;

  private int[] numbers = NOTHING;
  private int size;

  void add(int number) {
    if (size == numbers.length) {
      numbers = Arrays.copyOf(numbers, Math.max(FIRST_CAPACITY, size * 2));
    }
    numbers[size] = number;
    size++;
  }

  void forEach(IntConsumer action) {
    for (int i = 0; i < size; i++) {
      action.accept(numbers[i]);
    }
  }

  boolean any(IntPredicate condition) {
    for (int i = 0; i < size; i++) {
      if (condition.test(numbers[i])) {
        return true;
      }
    }
    return false;
  }

  /** Keeps those of which the condition holds, which is asked once for each. */
  void retain(IntPredicate condition) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      int number = numbers[i];
      if (condition.test(number)) {
        numbers[kept] = number;
        kept++;
      }
    }
    size = kept;
    if (kept == 0) {
      numbers = NOTHING;
    }
  }
}
