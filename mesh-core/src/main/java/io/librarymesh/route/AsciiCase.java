package io.librarymesh.route;

/**
 * Folds ASCII case. Letters beyond ASCII are compared as they are, which is what Envoy does and
 * what host names (RFC 9110 4.2.3) need; the JDK's own comparison would fold them too.
 */
final class AsciiCase {
  private AsciiCase() {}

  static char fold(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
  }

  static String fold(String text) {
    StringBuilder folded = new StringBuilder(text);
    for (int i = 0; i < text.length(); i++) {
      folded.setCharAt(i, fold(text.charAt(i)));
    }
    return folded.toString();
  }

  /** Whether {@code text} has {@code part} at {@code offset}; false when it would not fit. */
  static boolean regionEquals(String text, int offset, String part) {
    if (offset < 0 || offset + part.length() > text.length()) {
      return false;
    }
    for (int i = 0; i < part.length(); i++) {
      char a = text.charAt(offset + i);
      char b = part.charAt(i);
      if (a != b && fold(a) != fold(b)) {
        return false;
      }
    }
    return true;
  }
}
