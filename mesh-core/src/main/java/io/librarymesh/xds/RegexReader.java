package io.librarymesh.xds;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.librarymesh.config.RegexSize;

/** Checks regular expressions, so that compiling a route later cannot fail. */
final class RegexReader {
  private RegexReader() {}

  /** Returns the expression as it is; adds an error when it cannot be used. */
  static String read(String regex, FieldPath at, Findings findings) {
    if (regex.isEmpty()) {
      findings.error(at, "empty (expected: an RE2 expression)");
      return regex;
    }
    try {
      RegexSize.check(regex);
      Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      findings.error(at, regex + " (expected: an RE2 expression; " + e.getDescription() + ")");
    } catch (IllegalArgumentException e) {
      findings.error(at, "an RE2 expression that is too large: " + e.getMessage());
    }
    return regex;
  }
}
