package io.librarymesh.route;

/**
 * A path while it is brought into its normal form, with its query, which stays. Confined to a call.
 *
 * <p>Source: Envoy {@code PathUtil} and the {@code url::CanonicalizePath} of googleurl that it
 * calls. As there, a percent sign that begins no escape stays, escapes that are not decoded keep
 * the case of their digits, and {@code ..} at the root leads to the root. Three differences, all
 * for paths that no client should send: nothing is escaped that should have been, an escape stays
 * where its character would complete another one ({@code %2%65}), and slashes alone are merged to
 * one instead of two.
 */
final class PathWriter {
  private static final int ESCAPE = 3;

  /** Unreserved characters of RFC 3986; the dot is looked at by itself. */
  private static final String UNRESERVED_MARKS = "-_~";

  private final String query;
  private String path;

  /** What has been written of the next form. */
  private StringBuilder text;

  PathWriter(String path) {
    int end = RequestPath.end(path);
    this.path = path.substring(0, end);
    this.query = path.substring(end);
    this.text = new StringBuilder(end);
  }

  /** Decodes {@code %2F} and {@code %5C}. Returns whether there were any. */
  boolean unescapeSlashes() {
    int at = 0;
    while (at < path.length()) {
      int value = value(at);
      boolean slash = value == '/' || value == '\\';
      text.append(slash ? (char) value : path.charAt(at));
      at += slash ? ESCAPE : 1;
    }
    return take();
  }

  /**
   * Resolves dot segments, decodes escapes of unreserved characters and makes slashes of
   * backslashes.
   *
   * @return false when there is a {@code %00}
   */
  boolean normalize() {
    int at = 0;
    while (at < path.length()) {
      char c = path.charAt(at);
      int value = c == '%' ? value(at) : c;
      if (value == 0) {
        return false;
      }
      if (value == '.') {
        at = dot(at);
      } else if (c == '%') {
        at = escape(at, value);
      } else {
        text.append(c == '\\' ? '/' : c);
        at++;
      }
    }
    boolean unused = take();
    return true;
  }

  /** Makes one slash of adjacent ones. */
  void mergeSlashes() {
    char before = 0;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c != '/' || before != '/') {
        text.append(c);
      }
      before = c;
    }
    boolean unused = take();
  }

  /** The path with its query. */
  @Override
  public String toString() {
    return path + query;
  }

  /** Takes what was written for the path. Returns whether that is shorter. */
  private boolean take() {
    boolean shorter = text.length() < path.length();
    path = text.toString();
    text = new StringBuilder(path.length());
    return shorter;
  }

  /** Writes what begins with a dot. Returns where it ends. */
  private int dot(int at) {
    int next = at + dotLength(at);
    if (text.charAt(text.length() - 1) != '/') {
      text.append('.');
      return next;
    } else if (endsSegment(next)) {
      return next + 1;
    }
    int second = next + dotLength(next);
    if (second > next && endsSegment(second)) {
      backUp();
      return second + 1;
    }
    text.append('.');
    return next;
  }

  /** How long a dot is, escaped or not; 0 when there is none. */
  private int dotLength(int at) {
    if (at >= path.length()) {
      return 0;
    }
    if (path.charAt(at) == '.') {
      return 1;
    }
    return value(at) == '.' ? ESCAPE : 0;
  }

  private boolean endsSegment(int at) {
    return at >= path.length() || path.charAt(at) == '/' || path.charAt(at) == '\\';
  }

  /** Takes the last segment away. */
  private void backUp() {
    int last = text.length() - 1;
    if (last > 0) {
      text.setLength(text.lastIndexOf("/", last - 1) + 1);
    }
  }

  /** Writes an escape, or a percent sign that begins none. Returns where it ends. */
  private int escape(int at, int value) {
    if (value < 0) {
      text.append('%');
      return at + 1;
    }
    if (isUnreserved(value) && !completesEscape(value)) {
      text.append((char) value);
    } else {
      text.append(path, at, at + ESCAPE);
    }
    return at + ESCAPE;
  }

  private static boolean isUnreserved(int value) {
    return (value >= '0' && value <= '9')
        || (value >= 'A' && value <= 'Z')
        || (value >= 'a' && value <= 'z')
        || UNRESERVED_MARKS.indexOf(value) >= 0;
  }

  /** Whether a percent sign that stands alone in what was written would get its digits. */
  private boolean completesEscape(int value) {
    int length = text.length();
    return digit((char) value) >= 0
        && length >= 2
        && (text.charAt(length - 1) == '%'
            || (text.charAt(length - 2) == '%' && digit(text.charAt(length - 1)) >= 0));
  }

  /** The byte whose escape begins at a place; -1 when none does. */
  private int value(int at) {
    if (path.charAt(at) != '%' || at + ESCAPE > path.length()) {
      return -1;
    }
    int high = digit(path.charAt(at + 1));
    int low = digit(path.charAt(at + 2));
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  /** Of ASCII alone. */
  private static int digit(char c) {
    return c < 0x80 ? Character.digit(c, 16) : -1;
  }
}
