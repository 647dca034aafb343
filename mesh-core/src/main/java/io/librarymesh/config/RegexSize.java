package io.librarymesh.config;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Estimates how large an expression gets when it is compiled, from its text alone. RE2/J writes
 * repetitions out and has no bound of its own, so a few nested ones such as {@code
 * ((a{1,100}){1,100}){1,100}} would take all memory.
 *
 * <p>Counts one for each literal, class and operator. It need not understand expressions that are
 * not valid, because the compiler refuses them.
 */
public final class RegexSize {
  /** What Istio sets Envoy's {@code re2.max_program_size.error_level} to. */
  public static final int MAX_SIZE = 32_768;

  /** How deep RE2 lets groups nest. */
  static final int MAX_DEPTH = 1_000;

  private final String regex;
  private final Deque<Long> outerSizes = new ArrayDeque<>();
  private long size;
  private long lastPart;
  private int position;

  private RegexSize(String regex) {
    this.regex = regex;
  }

  /**
   * Checks an expression before it is compiled.
   *
   * @throws IllegalArgumentException when its groups nest too deep or its repetitions are too many
   */
  public static void check(String regex) {
    RegexSize estimate = new RegexSize(regex);
    while (estimate.position < regex.length()) {
      estimate.readPart();
      if (estimate.outerSizes.size() > MAX_DEPTH) {
        throw new IllegalArgumentException("groups nest deeper than " + MAX_DEPTH);
      }
      // Checked at each step, so that the products below cannot overflow.
      if (estimate.size > MAX_SIZE) {
        throw new IllegalArgumentException(
            "with repetitions written out it has more than " + MAX_SIZE + " parts");
      }
    }
  }

  private void readPart() {
    char c = regex.charAt(position);
    position++;
    switch (c) {
      case '(' -> openGroup();
      case ')' -> closeGroup();
      case '[' -> {
        skipClass();
        addPart(1);
      }
      case '\\' -> {
        skipEscape();
        addPart(1);
      }
      case '{' -> repeat();
      default -> addPart(1);
    }
  }

  private void addPart(long partSize) {
    lastPart = partSize;
    size += partSize;
  }

  private void openGroup() {
    outerSizes.push(size);
    size = 1;
    lastPart = 1;
  }

  private void closeGroup() {
    long group = size;
    size = outerSizes.isEmpty() ? 0 : outerSizes.pop();
    addPart(group);
  }

  private void skipClass() {
    if (regex.startsWith("^", position)) {
      position++;
    }
    if (regex.startsWith("]", position)) {
      position++;
    }
    while (position < regex.length() && regex.charAt(position) != ']') {
      if (regex.startsWith("[:", position)) {
        int end = regex.indexOf(":]", position + 2);
        position = end < 0 ? position + 1 : end + 2;
      } else {
        position += regex.charAt(position) == '\\' ? 2 : 1;
      }
    }
    position++;
  }

  private void skipEscape() {
    if (regex.startsWith("Q", position)) {
      int end = regex.indexOf("\\E", position);
      int literal = (end < 0 ? regex.length() : end) - position;
      size += literal;
      position += literal + 1;
    }
    position++;
  }

  // The bounds of {n}, {n,} or {n,m}; any other brace is a literal.
  private void repeat() {
    int end = regex.indexOf('}', position);
    String bounds = end < 0 ? "" : regex.substring(position, end);
    if (!bounds.matches("[0-9]{1,4}(,[0-9]{0,4})?")) {
      addPart(1);
      return;
    }
    long times = 1;
    for (String bound : bounds.split(",", -1)) {
      times = Math.max(times, bound.isEmpty() ? 1 : Long.parseLong(bound));
    }
    size += lastPart * (times - 1);
    lastPart *= times;
    position = end + 1;
  }
}
