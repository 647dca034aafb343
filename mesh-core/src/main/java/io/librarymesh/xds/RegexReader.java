package io.librarymesh.xds;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.librarymesh.config.RegexRewrite;
import io.librarymesh.config.RegexSize;
import io.librarymesh.proto.envoy.type.matcher.v3.RegexMatchAndSubstitute;

/** Checks regular expressions, so that compiling a route later cannot fail. */
final class RegexReader {
  private static final int NOT_COMPILED = -1;

  private RegexReader() {}

  /** Returns the expression as it is; adds an error when it cannot be used. */
  static String read(String regex, FieldPath at, Findings findings) {
    countGroups(regex, at, findings);
    return regex;
  }

  /** Reads an expression with its substitution. */
  static RegexRewrite rewrite(RegexMatchAndSubstitute rewrite, FieldPath at, Findings findings) {
    String regex = rewrite.getPattern().getRegex();
    String substitution = rewrite.getSubstitution();
    int groups = countGroups(regex, at.field("pattern").field("regex"), findings);
    if (groups != NOT_COMPILED) {
      checkGroups(substitution, Math.min(groups, 9), at.field("substitution"), findings);
    }
    return new RegexRewrite(regex, substitution);
  }

  private static int countGroups(String regex, FieldPath at, Findings findings) {
    if (regex.isEmpty()) {
      findings.error(at, "empty (expected: an RE2 expression)");
      return NOT_COMPILED;
    }
    try {
      RegexSize.check(regex);
      return Pattern.compile(regex).groupCount();
    } catch (PatternSyntaxException e) {
      findings.error(at, regex + " (expected: an RE2 expression; " + e.getDescription() + ")");
    } catch (IllegalArgumentException e) {
      findings.error(at, "an RE2 expression that is too large: " + e.getMessage());
    }
    return NOT_COMPILED;
  }

  /** A backslash stands before another one, or before the number of a group that there is. */
  private static void checkGroups(String text, int last, FieldPath at, Findings findings) {
    for (int i = text.indexOf('\\'); i >= 0; i = text.indexOf('\\', i + 2)) {
      char next = i + 1 < text.length() ? text.charAt(i + 1) : ' ';
      if (next != '\\' && (next < '0' || next > '0' + last)) {
        findings.error(at, text + " (expected: \\\\ or \\0 to \\" + last + " after each \\)");
        return;
      }
    }
  }
}
