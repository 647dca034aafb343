package io.librarymesh.route;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;

/**
 * A regular expression with what takes the place of each of its matches. Source: Envoy {@code
 * type.matcher.v3.RegexMatchAndSubstitute}, which is RE2's {@code GlobalReplace}: matches do not
 * overlap, and an empty match right behind another match is passed over.
 *
 * <p>Immutable; any thread.
 */
final class RegexSubstitution {
  private final Pattern pattern;
  private final String[] literals;
  private final int[] groups;

  /** The substitution is {@code literals[0] groups[0] literals[1] groups[1] ...}. */
  private RegexSubstitution(Pattern pattern, String[] literals, int[] groups) {
    this.pattern = pattern;
    this.literals = literals;
    this.groups = groups;
  }

  /**
   * Compiles an expression and its substitution.
   *
   * @throws IllegalArgumentException when one of them is not well-formed
   */
  static RegexSubstitution compile(String regex, String substitution) {
    Pattern pattern = TextMatcher.Regex.compile(regex).pattern();
    Template template = new Template(substitution, pattern.groupCount());
    return new RegexSubstitution(
        pattern,
        template.literals.toArray(String[]::new),
        template.groups.stream().mapToInt(Integer::intValue).toArray());
  }

  /** The text with every match replaced; the same object when there is none. */
  String replaceAll(String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      return text;
    }
    StringBuilder result = new StringBuilder();
    int copied = 0;
    int lastEnd = -1;
    boolean found = true;
    while (found) {
      int next = matcher.end();
      if (matcher.start() == lastEnd && next == lastEnd) {
        next++;
      } else {
        result.append(text, copied, matcher.start());
        append(matcher, text, result);
        copied = next;
        lastEnd = next;
      }
      found = next <= text.length() && matcher.find(next);
    }
    return result.append(text, copied, text.length()).toString();
  }

  private void append(Matcher matcher, String text, StringBuilder to) {
    for (int i = 0; i < literals.length; i++) {
      to.append(literals[i]);
      if (i < groups.length && matcher.start(groups[i]) >= 0) {
        to.append(text, matcher.start(groups[i]), matcher.end(groups[i]));
      }
    }
  }

  /** Takes a substitution apart. */
  private static final class Template {
    private final List<String> literals = new ArrayList<>();
    private final List<Integer> groups = new ArrayList<>();

    Template(String text, int groupCount) {
      StringBuilder literal = new StringBuilder();
      int last = '0' + Math.min(groupCount, 9);
      int copied = 0;
      for (int i = text.indexOf('\\'); i >= 0; i = text.indexOf('\\', copied)) {
        literal.append(text, copied, i);
        char escaped = i + 1 < text.length() ? text.charAt(i + 1) : ' ';
        if (escaped == '\\') {
          literal.append('\\');
        } else if (escaped >= '0' && escaped <= last) {
          literals.add(literal.toString());
          groups.add(escaped - '0');
          literal.setLength(0);
        } else {
          throw new IllegalArgumentException(
              text + " (expected: \\\\ or \\0 to \\" + (char) last + " after each \\)");
        }
        copied = i + 2;
      }
      literals.add(literal.append(text, copied, text.length()).toString());
    }
  }
}
