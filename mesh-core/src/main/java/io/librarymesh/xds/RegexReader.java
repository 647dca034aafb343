package io.librarymesh.xds;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * Checks regular expressions, so that compiling a route later cannot fail.
 *
 * <p>RE2 matches in linear time, but RE2/J expands counted repetitions when it compiles and bounds
 * neither their product nor the depth of groups: a resource of thirty characters could exhaust the
 * heap. The size is therefore estimated first.
 */
final class RegexReader {
  /** Instructions, about; what compiles in some tens of milliseconds. */
  static final int MAX_SIZE = 32_768;

  /** RE2/J parses groups by recursion. */
  static final int MAX_DEPTH = 200;

  private RegexReader() {}

  /** Returns the expression as it is; adds an error when it cannot be used. */
  static String read(String regex, FieldPath at, Findings findings) {
    if (regex.isEmpty()) {
      findings.error(at, "empty (expected: an RE2 expression)");
      return regex;
    }
    Estimate estimate = new Estimate(regex);
    if (estimate.depth > MAX_DEPTH) {
      findings.error(
          at, "groups nested too deep (expected: at most " + MAX_DEPTH + " in each other)");
    } else if (estimate.size > MAX_SIZE) {
      findings.error(
          at, "compiles to about " + estimate.size + " steps (expected: <= " + MAX_SIZE + ")");
    } else {
      compile(regex, at, findings);
    }
    return regex;
  }

  private static void compile(String regex, FieldPath at, Findings findings) {
    try {
      Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      findings.error(at, regex + " (expected: an RE2 expression; " + e.getDescription() + ")");
    }
  }

  /** One pass over the expression; what is not well-formed is left to the compiler to refuse. */
  private static final class Estimate {
    private final String regex;
    private int position;
    private int open;
    int depth;
    final long size;

    Estimate(String regex) {
      this.regex = regex;
      long total = 0;
      while (position < regex.length()) {
        total = bounded(total + sequence());
        position++; // a closing bracket without an opening one
      }
      size = total;
    }

    /** Until the closing bracket of this group, or the end. */
    private long sequence() {
      long total = 0;
      while (position < regex.length() && regex.charAt(position) != ')') {
        long piece = piece();
        total = bounded(total + bounded(piece * repetitions()));
      }
      return total;
    }

    private long piece() {
      char c = regex.charAt(position++);
      if (c == '\\') {
        return escape();
      }
      if (c == '[') {
        skipClass();
        return 1;
      }
      if (c != '(') {
        return 1;
      }
      open++;
      depth = Math.max(depth, open);
      // Counting goes on below the limit only, so that this recursion is bounded as well.
      long inner = open > MAX_DEPTH ? 0 : sequence();
      open--;
      position++;
      return inner + 2;
    }

    private long escape() {
      if (position < regex.length() && regex.charAt(position) == 'Q') {
        int end = regex.indexOf("\\E", position);
        int length = (end < 0 ? regex.length() : end) - position;
        position = end < 0 ? regex.length() : end + 2;
        return length;
      }
      position++;
      return 1;
    }

    private void skipClass() {
      if (position < regex.length() && regex.charAt(position) == '^') {
        position++;
      }
      position++; // a bracket in the first place is a member
      while (position < regex.length() && regex.charAt(position) != ']') {
        position += regex.charAt(position) == '\\' ? 2 : 1;
      }
      position++;
    }

    /** How often the piece before is repeated: the largest number of {@code {n,m}}. */
    private long repetitions() {
      long product = 1;
      while (position < regex.length() && regex.charAt(position) == '{') {
        int end = regex.indexOf('}', position);
        if (end < 0) {
          return product;
        }
        long largest = 1;
        for (String number : regex.substring(position + 1, end).split(",", -1)) {
          if (!number.matches("\\d{0,4}")) {
            return product;
          }
          largest = Math.max(largest, number.isEmpty() ? 1 : Long.parseLong(number));
        }
        product = bounded(product * largest);
        position = end + 1;
      }
      return product;
    }

    private static long bounded(long size) {
      return Math.min(size, Integer.MAX_VALUE);
    }
  }
}
