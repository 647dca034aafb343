package io.librarymesh.testkit.conformance;

/**
 * An expected quantity: nanoseconds or a count.
 *
 * @param first the least that is right
 * @param last the most that is right
 */
public record Range(long first, long last) {
  public Range {
    if (first > last) {
      throw new IllegalArgumentException(
          "range: " + first + ".." + last + " (expected: first <= last)");
    }
  }

  /** Whether {@code value} is right. */
  public boolean contains(long value) {
    return value >= first && value <= last;
  }

  @Override
  public String toString() {
    return first == last ? Long.toString(first) : first + ".." + last;
  }
}
