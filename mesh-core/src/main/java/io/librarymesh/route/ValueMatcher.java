package io.librarymesh.route;

import io.librarymesh.config.ValueMatch;

/** A compiled {@link ValueMatch}: a condition on a value that is there, as a region of a text. */
public sealed interface ValueMatcher {
  /** Whether {@code text[from, to)} meets the condition. */
  boolean matches(String text, int from, int to);

  /**
   * Compiles a condition.
   *
   * @throws IllegalArgumentException when a regular expression is not RE2
   */
  static ValueMatcher compile(ValueMatch match) {
    if (match instanceof ValueMatch.Present present) {
      return new Presence(present.expected());
    } else if (match instanceof ValueMatch.Range range) {
      return new Range(range.start(), range.end());
    } else if (match instanceof ValueMatch.Text text) {
      return new Text(TextMatcher.compile(text.match()));
    }
    throw new AssertionError(match);
  }

  /** Whether a value is there at all; the caller answers for a missing one. */
  record Presence(boolean expected) implements ValueMatcher {
    @Override
    public boolean matches(String text, int from, int to) {
      return expected;
    }
  }

  /** The text of the value matches. */
  record Text(TextMatcher matcher) implements ValueMatcher {
    @Override
    public boolean matches(String text, int from, int to) {
      return matcher.matches(text, from, to);
    }
  }

  /** The value is an integer in {@code [start, end)}. */
  record Range(long start, long end) implements ValueMatcher {
    @Override
    public boolean matches(String text, int from, int to) {
      int last = to;
      int first = from;
      while (first < last && isSpace(text.charAt(first))) {
        first++;
      }
      while (last > first && isSpace(text.charAt(last - 1))) {
        last--;
      }
      boolean negative = first < last && text.charAt(first) == '-';
      if (negative || (first < last && text.charAt(first) == '+')) {
        first++;
      }
      return first < last && matchesDigits(text, first, last, negative);
    }

    // Counts downwards, because the lowest long has no positive counterpart.
    private boolean matchesDigits(String text, int from, int to, boolean negative) {
      long number = 0;
      for (int i = from; i < to; i++) {
        int digit = text.charAt(i) - '0';
        if (digit < 0 || digit > 9 || number < Long.MIN_VALUE / 10) {
          return false;
        }
        number = number * 10 - digit;
        if (number > 0) {
          return false;
        }
      }
      if (!negative) {
        if (number == Long.MIN_VALUE) {
          return false;
        }
        number = -number;
      }
      return number >= start && number < end;
    }

    private static boolean isSpace(char c) {
      return c == ' ' || (c >= '\t' && c <= '\r');
    }
  }
}
