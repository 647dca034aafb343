package io.librarymesh.identity;

/** Text of peers for messages: what could command a terminal or forge a line is escaped. */
final class Printable {
  private static final int MAX_LENGTH = 120;

  private Printable() {}

  /** In single quotes, at most 120 characters of it, all of visible ASCII. */
  static String of(String text) {
    StringBuilder out = new StringBuilder("'");
    int shown = Math.min(text.length(), MAX_LENGTH);
    for (int i = 0; i < shown; i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c < 0x7f && c != '\'' && c != '\\') {
        out.append(c);
      } else {
        out.append(String.format("\\u%04x", (int) c));
      }
    }
    return out.append(shown < text.length() ? "...'" : "'").toString();
  }
}
