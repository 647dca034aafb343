package io.librarymesh.controlplane.istio;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Checks a file's bytes and characters before any parser sees them. */
final class SourceText {
  /** What stands for bytes that are not UTF-8, and what somebody may have written. */
  private static final char REPLACEMENT = '\uFFFD';

  private SourceText() {}

  /** Strict UTF-8; a byte order mark is dropped. */
  static String decode(byte[] bytes, ReadLimits limits) throws YamlRefusal {
    if (bytes.length > limits.maxBytes()) {
      throw tooLarge(bytes.length, limits);
    }
    // One copy instead of three; only what is broken, or says so itself, is decoded again.
    String likely = new String(bytes, StandardCharsets.UTF_8);
    return likely.indexOf(REPLACEMENT) < 0 ? likely : decodeStrictly(bytes);
  }

  private static String decodeStrictly(byte[] bytes) throws YamlRefusal {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(in, out, true);
    String text = out.flip().toString();
    if (result.isError()) {
      throw new YamlRefusal(
          lineAt(text, text.length()),
          columnAt(text, text.length()),
          "not UTF-8 from byte " + in.position() + " on (expected: a UTF-8 text file)");
    }
    return text;
  }

  /** Refuses what would cost the parser too much, and NUL, which no text has. */
  static String check(String text, ReadLimits limits) throws YamlRefusal {
    if (text.length() > limits.maxBytes()) {
      throw tooLarge(text.length(), limits);
    }
    int lineStart = 0;
    int parted = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\0') {
        throw new YamlRefusal(
            lineAt(text, i), columnAt(text, i), "a NUL character (expected: a text file)");
      }
      if (c == '\n' || c == ',') {
        parted++;
      }
      if (c == '\n') {
        lineStart = i + 1;
      } else if (i - lineStart >= limits.maxLineLength()) {
        throw new YamlRefusal(
            lineAt(text, i),
            1,
            "a line of more than " + limits.maxLineLength() + " characters; break it up");
      }
    }
    if (parted > limits.maxValues()) {
      throw new YamlRefusal(
          0, 0, "more than " + limits.maxValues() + " lines and commas; split the file");
    }
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  static int lineAt(String text, int offset) {
    int line = 1;
    for (int i = 0; i < offset; i++) {
      if (text.charAt(i) == '\n') {
        line++;
      }
    }
    return line;
  }

  static int columnAt(String text, int offset) {
    int lineStart = text.lastIndexOf('\n', offset - 1) + 1;
    return text.codePointCount(lineStart, offset) + 1;
  }

  private static YamlRefusal tooLarge(int size, ReadLimits limits) {
    return new YamlRefusal(
        0, 0, size + " bytes (expected: at most " + limits.maxBytes() + "); split the file");
  }
}
