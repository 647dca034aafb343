package io.librarymesh.route;

import org.jspecify.annotations.Nullable;

/** The value of a header as a whole number, without an exception where it is none. */
public final class HeaderNumber {
  /** No number: nothing, something else, or too many digits. */
  public static final int NONE = -1;

  private HeaderNumber() {}

  /**
   * The number, 0 or more, or {@link #NONE}.
   *
   * @param maxDigits at most 18, so that no number overflows
   */
  public static long of(@Nullable String text, int maxDigits) {
    if (text == null || text.isEmpty() || text.length() > maxDigits) {
      return NONE;
    }
    long value = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return NONE;
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
