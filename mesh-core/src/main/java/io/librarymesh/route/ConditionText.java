package io.librarymesh.route;

import io.librarymesh.config.HeaderMatch;
import io.librarymesh.config.PathMatch;
import io.librarymesh.config.QueryParameterMatch;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.ValueMatch;
import org.jspecify.annotations.Nullable;

/** Conditions in words, for people who ask why a rule does not apply. */
final class ConditionText {
  private ConditionText() {}

  static String path(PathMatch match, String found) {
    String expected;
    boolean caseSensitive = true;
    if (match instanceof PathMatch.Prefix prefix) {
      expected = "prefix " + quoted(prefix.value());
      caseSensitive = prefix.caseSensitive();
    } else if (match instanceof PathMatch.SeparatedPrefix prefix) {
      expected = quoted(prefix.value()) + " or a path below it";
      caseSensitive = prefix.caseSensitive();
    } else if (match instanceof PathMatch.Exact exact) {
      expected = "exactly " + quoted(exact.value());
      caseSensitive = exact.caseSensitive();
    } else if (match instanceof PathMatch.Regex regex) {
      expected = "regex " + quoted(regex.regex());
    } else {
      expected = match.toString();
    }
    return "path: " + quoted(found) + " (expected: " + expected + folded(!caseSensitive) + ")";
  }

  static String header(HeaderMatch match, @Nullable String found) {
    String not = match.invert() ? "not " : "";
    return "header "
        + match.name()
        + ": "
        + (found == null ? "missing" : quoted(found))
        + " (expected: "
        + not
        + value(match.value())
        + ")";
  }

  static String queryParameter(QueryParameterMatch match, String query) {
    return "query parameter "
        + match.name()
        + ": "
        + (query.isEmpty() ? "no query" : "query " + quoted(query))
        + " (expected: "
        + value(match.value())
        + ")";
  }

  private static String value(ValueMatch match) {
    if (match instanceof ValueMatch.Present present) {
      return present.expected() ? "present" : "absent";
    }
    if (match instanceof ValueMatch.Range range) {
      return "a number from " + range.start() + " to below " + range.end();
    }
    return text(((ValueMatch.Text) match).match());
  }

  private static String text(StringMatch match) {
    if (match instanceof StringMatch.Exact exact) {
      return "exactly " + quoted(exact.value()) + folded(exact.ignoreCase());
    }
    if (match instanceof StringMatch.Prefix prefix) {
      return "prefix " + quoted(prefix.value()) + folded(prefix.ignoreCase());
    }
    if (match instanceof StringMatch.Suffix suffix) {
      return "suffix " + quoted(suffix.value()) + folded(suffix.ignoreCase());
    }
    if (match instanceof StringMatch.Contains part) {
      return "containing " + quoted(part.value()) + folded(part.ignoreCase());
    }
    return "regex " + quoted(((StringMatch.Regex) match).regex());
  }

  private static String folded(boolean ignoreCase) {
    return ignoreCase ? " in any case" : "";
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }
}
