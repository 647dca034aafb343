package io.librarymesh.route;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.librarymesh.config.RegexSize;
import io.librarymesh.config.StringMatch;
import org.jspecify.annotations.Nullable;

/**
 * A compiled condition on a region of a text. Regions spare the caller from cutting values out of a
 * path; only a regular expression makes a copy.
 */
public sealed interface TextMatcher {
  /** Whether {@code text[from, to)} meets the condition. */
  boolean matches(String text, int from, int to);

  /**
   * Compiles a condition.
   *
   * @throws IllegalArgumentException when a regular expression is not RE2
   */
  static TextMatcher compile(StringMatch match) {
    if (match instanceof StringMatch.Exact exact) {
      return new Exact(exact.value(), exact.ignoreCase());
    } else if (match instanceof StringMatch.Prefix prefix) {
      return new Prefix(prefix.value(), prefix.ignoreCase());
    } else if (match instanceof StringMatch.Suffix suffix) {
      return new Suffix(suffix.value(), suffix.ignoreCase());
    } else if (match instanceof StringMatch.Contains contains) {
      return new Contains(contains.value(), contains.ignoreCase());
    } else if (match instanceof StringMatch.Regex regex) {
      return Regex.compile(regex.regex());
    }
    throw new AssertionError(match);
  }

  private static boolean regionEquals(String text, int offset, String part, boolean ignoreCase) {
    return ignoreCase ? AsciiCase.regionEquals(text, offset, part) : text.startsWith(part, offset);
  }

  /** The region equals {@code value}. */
  record Exact(String value, boolean ignoreCase) implements TextMatcher {
    @Override
    public boolean matches(String text, int from, int to) {
      return to - from == value.length() && regionEquals(text, from, value, ignoreCase);
    }
  }

  /** The region begins with {@code value}. */
  record Prefix(String value, boolean ignoreCase) implements TextMatcher {
    @Override
    public boolean matches(String text, int from, int to) {
      return to - from >= value.length() && regionEquals(text, from, value, ignoreCase);
    }
  }

  /** The region ends with {@code value}. */
  record Suffix(String value, boolean ignoreCase) implements TextMatcher {
    @Override
    public boolean matches(String text, int from, int to) {
      int offset = to - value.length();
      return offset >= from && regionEquals(text, offset, value, ignoreCase);
    }
  }

  /** The region has {@code value} somewhere. */
  record Contains(String value, boolean ignoreCase) implements TextMatcher {
    @Override
    public boolean matches(String text, int from, int to) {
      for (int offset = from; offset <= to - value.length(); offset++) {
        if (regionEquals(text, offset, value, ignoreCase)) {
          return true;
        }
      }
      return false;
    }
  }

  /** The whole region matches; RE2 needs time linear in the region whatever the expression. */
  record Regex(Pattern pattern) implements TextMatcher {
    private static final int SHOWN_LENGTH = 100;

    static Regex compile(String regex) {
      try {
        RegexSize.check(regex);
        return new Regex(Pattern.compile(regex));
      } catch (PatternSyntaxException e) {
        throw refusal(regex, e.getDescription(), e);
      } catch (IllegalArgumentException e) {
        throw refusal(regex, e.getMessage(), e);
      }
    }

    private static IllegalArgumentException refusal(
        String regex, @Nullable String reason, Exception cause) {
      int length = Math.min(regex.length(), SHOWN_LENGTH);
      String shown = length < regex.length() ? regex.substring(0, length) + "..." : regex;
      return new IllegalArgumentException(
          shown + " (expected: an RE2 expression; " + reason + ")", cause);
    }

    @Override
    public boolean matches(String text, int from, int to) {
      return pattern.matches(text.substring(from, to));
    }
  }
}
