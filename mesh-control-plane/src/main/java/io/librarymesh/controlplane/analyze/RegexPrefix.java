package io.librarymesh.controlplane.analyze;

/** The text that everything begins with that a regular expression matches as a whole. */
final class RegexPrefix {
  private static final String SPECIAL = ".[]()*+?{}|^$\\";
  private static final String OPTIONAL = "*?{";

  private RegexPrefix() {}

  /** At least what is certain; empty where nothing is. */
  static String of(String regex) {
    if (hasAlternatives(regex)) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    int at = regex.startsWith("^") ? 1 : 0;
    while (at < regex.length()) {
      char c = regex.charAt(at);
      int next = at + 1;
      if (c == '\\' && next < regex.length() && !Character.isLetterOrDigit(regex.charAt(next))) {
        c = regex.charAt(next);
        next++;
      } else if (SPECIAL.indexOf(c) >= 0) {
        break;
      }
      if (next < regex.length() && OPTIONAL.indexOf(regex.charAt(next)) >= 0) {
        break;
      }
      text.append(c);
      at = next;
    }
    return text.toString();
  }

  /** Whether there is an alternative outside of all brackets. */
  private static boolean hasAlternatives(String regex) {
    int depth = 0;
    boolean inClass = false;
    for (int i = 0; i < regex.length(); i++) {
      char c = regex.charAt(i);
      if (c == '\\') {
        i++;
      } else if (inClass) {
        inClass = c != ']';
      } else if (c == '[') {
        inClass = true;
        // A bracket that closes at once is one of the characters.
        i += regex.startsWith("[^]", i) ? 2 : regex.startsWith("[]", i) ? 1 : 0;
      } else if (c == '|' && depth == 0) {
        return true;
      } else {
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      }
    }
    return false;
  }
}
