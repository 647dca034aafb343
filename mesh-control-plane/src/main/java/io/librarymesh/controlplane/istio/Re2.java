package io.librarymesh.controlplane.istio;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.regex.Matcher;

/** Tells whether an expression is one that Envoy and this mesh can evaluate. */
public final class Re2 {
  /** Istio's limit, in characters. */
  static final int MAX_LENGTH = 1024;

  /**
   * Copies of one thing that nested counted repetitions may ask for. Go's package regexp, which
   * Istio validates with, has the same limit; RE2/J has none, and would fill the heap with the
   * copies of {@code ((a{1000}){1000}){1000}}.
   */
  private static final int MAX_COPIES = 1000;

  private static final java.util.regex.Pattern COUNT =
      java.util.regex.Pattern.compile("\\{([0-9]{1,9})(?:,([0-9]{0,9}))?\\}");

  private Re2() {}

  /** What is wrong with the expression, if anything. */
  public static Optional<String> problem(String regex) {
    if (regex.isEmpty()) {
      return Optional.of("empty (expected: an RE2 expression)");
    }
    if (regex.length() > MAX_LENGTH) {
      return Optional.of(regex.length() + " characters (expected: at most " + MAX_LENGTH + ")");
    }
    if (copiesTooOften(regex)) {
      return Optional.of(
          Quoting.quote(regex) + " (expected: nested counts of at most " + MAX_COPIES + " in all)");
    }
    try {
      Pattern.compile(regex);
      return Optional.empty();
    } catch (PatternSyntaxException broken) {
      return Optional.of(
          Quoting.quote(regex)
              + ": "
              + Quoting.clip(broken.getDescription())
              + " (expected: RE2 syntax, which has no look-around and no back-references)");
    }
  }

  /**
   * Whether nested counts multiply beyond the limit; a scan, since compiling is what it prevents.
   */
  private static boolean copiesTooOften(String regex) {
    Deque<Long> outer = new ArrayDeque<>();
    long inGroup = 1;
    long last = 1;
    int i = 0;
    while (i < regex.length()) {
      char c = regex.charAt(i);
      Matcher count = COUNT.matcher(regex).region(i, regex.length());
      if (c == '(') {
        outer.push(inGroup);
        inGroup = 1;
        last = 1;
      } else if (c == ')') {
        last = inGroup;
        inGroup = Math.max(outer.isEmpty() ? 1 : outer.pop(), last);
      } else if (c == '{' && count.lookingAt()) {
        last *= Math.max(1, highest(count));
        inGroup = Math.max(inGroup, last);
        if (last > MAX_COPIES) {
          return true;
        }
      } else {
        last = 1;
      }
      i = end(regex, i, c == '{' && count.lookingAt() ? count.end() : i + 1);
    }
    return false;
  }

  private static long highest(Matcher count) {
    long low = Long.parseLong(count.group(1));
    String high = count.group(2);
    return high == null || high.isEmpty() ? low : Math.max(low, Long.parseLong(high));
  }

  /** Where the piece that begins at {@code start} ends: escapes, quotes and classes are one. */
  private static int end(String regex, int start, int otherwise) {
    char c = regex.charAt(start);
    if (c == '\\' && regex.startsWith("\\Q", start)) {
      int close = regex.indexOf("\\E", start);
      return close < 0 ? regex.length() : close + 2;
    }
    if (c == '\\') {
      return start + 2;
    }
    if (c != '[') {
      return otherwise;
    }
    int at = start + 1;
    if (at < regex.length() && regex.charAt(at) == '^') {
      at++;
    }
    // A bracket that stands first in a class is a member of it.
    boolean first = true;
    while (at < regex.length() && (first || regex.charAt(at) != ']')) {
      first = false;
      if (regex.charAt(at) == '\\') {
        at += 2;
      } else if (regex.startsWith("[:", at) && regex.indexOf(":]", at + 2) > 0) {
        at = regex.indexOf(":]", at + 2) + 2;
      } else {
        at++;
      }
    }
    return at + 1;
  }
}
