package io.librarymesh.controlplane.istio;

/** How pieces of a user's text appear in a message: on one line, and never long. */
final class Quoting {
  private static final int LONGEST = 60;

  private Quoting() {}

  /** The text in double quotes, cut when it is long. */
  static String quote(String text) {
    return "\"" + clip(text) + "\"";
  }

  /** The text without line breaks and control characters, cut when it is long. */
  static String clip(String text) {
    int end = Math.min(text.length(), LONGEST);
    StringBuilder clipped = new StringBuilder(end + 3);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      clipped.append(Character.isISOControl(c) || Character.isSurrogate(c) ? ' ' : c);
    }
    return text.length() > end ? clipped.append("...").toString() : clipped.toString();
  }

  /** The text with a blank for each line break and control character. */
  static String withoutControls(String text) {
    StringBuilder clean = new StringBuilder(text);
    for (int i = 0; i < clean.length(); i++) {
      if (Character.isISOControl(clean.charAt(i))) {
        clean.setCharAt(i, ' ');
      }
    }
    return clean.toString();
  }
}
