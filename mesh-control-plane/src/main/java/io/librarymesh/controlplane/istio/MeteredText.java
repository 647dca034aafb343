package io.librarymesh.controlplane.istio;

import java.io.IOException;
import java.io.Reader;

/**
 * The text of a file on its way to the parser, which gets only so much of it for one value. The
 * parser has no such limit itself, and tells of a value only when it has all of it. Confined to the
 * reading thread.
 */
final class MeteredText extends Reader {

  /** An escape takes the parser about ten times as long as a character. */
  private static final int ESCAPE = 9;

  private final String text;
  private final int limit;
  private int position;
  private int taken;
  private boolean exhausted;

  /**
   * @param limit characters between two values, an escape counting for ten
   */
  MeteredText(String text, int limit) {
    this.text = text;
    this.limit = limit;
  }

  /** A value has ended; the next one may be as long again. */
  void valueEnded() {
    taken = 0;
  }

  /** Whether the reading ended since one value was too long. */
  boolean isExhausted() {
    return exhausted;
  }

  @Override
  public int read(char[] buffer, int offset, int length) throws IOException {
    if (position == text.length()) {
      return -1;
    }
    if (taken > limit) {
      exhausted = true;
      throw new IOException("a value of more than " + limit + " characters");
    }
    int count = Math.min(length, text.length() - position);
    text.getChars(position, position + count, buffer, offset);
    position += count;
    taken += count;
    for (int i = offset; i < offset + count; i++) {
      taken += buffer[i] == '\\' ? ESCAPE : 0;
    }
    return count;
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
