package io.librarymesh.authz;

import io.librarymesh.config.Metadata;
import io.librarymesh.config.MetadataValue;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON (RFC 8259) from strangers: nothing but the grammar, a name once in an object, a
 * bounded depth, numbers in the range of a double. Whole numbers keep all their digits.
 */
final class JsonText {
  private static final int MAX_DEPTH = 64;
  private static final double TWO_TO_53 = 0x1p53;
  private static final int HEX = 16;
  private static final int UNICODE_DIGITS = 4;

  private final String text;
  private int at;

  private JsonText(String text) {
    this.text = text;
  }

  /**
   * Reads an object.
   *
   * @throws IllegalArgumentException if the text is none, or too deep; the message says where and
   *     repeats nothing of the text
   */
  static Metadata object(String text) {
    JsonText json = new JsonText(text);
    json.space();
    MetadataValue value = json.value(1);
    json.space();
    if (json.at < text.length() || !(value instanceof MetadataValue.Fields fields)) {
      throw json.refusal("one object");
    }
    return fields.fields();
  }

  private MetadataValue value(int depth) {
    if (depth > MAX_DEPTH) {
      throw refusal("at most " + MAX_DEPTH + " levels");
    }
    char c = peek();
    return switch (c) {
      case '{' -> fields(depth);
      case '[' -> items(depth);
      case '"' -> new MetadataValue.Text(string());
      case 't' -> word("true", new MetadataValue.Flag(true));
      case 'f' -> word("false", new MetadataValue.Flag(false));
      case 'n' -> word("null", MetadataValue.Nothing.INSTANCE);
      default -> number();
    };
  }

  private MetadataValue fields(int depth) {
    Map<String, MetadataValue> fields = new HashMap<>();
    at++;
    space();
    if (take('}')) {
      return new MetadataValue.Fields(Metadata.EMPTY);
    }
    do {
      space();
      String name = string();
      space();
      require(':');
      space();
      if (fields.put(name, value(depth + 1)) != null) {
        throw refusal("each name once");
      }
      space();
    } while (take(','));
    require('}');
    return new MetadataValue.Fields(Metadata.of(fields));
  }

  private MetadataValue items(int depth) {
    List<MetadataValue> items = new ArrayList<>();
    at++;
    space();
    if (take(']')) {
      return new MetadataValue.Items(items);
    }
    do {
      space();
      items.add(value(depth + 1));
      space();
    } while (take(','));
    require(']');
    return new MetadataValue.Items(items);
  }

  private String string() {
    require('"');
    StringBuilder read = new StringBuilder();
    while (true) {
      char c = peek();
      at++;
      if (c == '"') {
        return checked(read);
      } else if (c == '\\') {
        read.append(escape());
      } else if (c < ' ') {
        throw refusal("no control characters");
      } else {
        read.append(c);
      }
    }
  }

  /** Halves of characters beyond the first plane come in pairs only. */
  private String checked(StringBuilder read) {
    for (int i = 0; i < read.length(); i++) {
      char c = read.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < read.length()
              && Character.isLowSurrogate(read.charAt(i + 1));
      if (pair) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw refusal("whole characters");
      }
    }
    return read.toString();
  }

  private char escape() {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> throw refusal("an escape");
    };
  }

  private char unicode() {
    int code = 0;
    for (int i = 0; i < UNICODE_DIGITS; i++) {
      char c = peek();
      int digit = c < 128 ? Character.digit(c, HEX) : -1;
      if (digit < 0) {
        throw refusal("four hexadecimal digits");
      }
      code = code * HEX + digit;
      at++;
    }
    return (char) code;
  }

  private MetadataValue number() {
    int start = at;
    take('-');
    if (!take('0')) {
      digits();
    }
    boolean whole = !fraction();
    String digits = text.substring(start, at);
    double value = Double.parseDouble(digits);
    if (Double.isInfinite(value)) {
      throw refusal("a number in the range of a double");
    }
    return whole && Math.abs(value) >= TWO_TO_53
        ? new MetadataValue.Whole(new BigInteger(digits))
        : new MetadataValue.Numeric(value);
  }

  /** What comes after the digits of a whole number. Returns whether there was something. */
  private boolean fraction() {
    int start = at;
    if (take('.')) {
      digits();
    }
    if (take('e') || take('E')) {
      if (!take('+')) {
        take('-');
      }
      digits();
    }
    return at > start;
  }

  private void digits() {
    int start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (at == start) {
      throw refusal("a digit");
    }
  }

  private MetadataValue word(String word, MetadataValue value) {
    if (!text.startsWith(word, at)) {
      throw refusal("a value");
    }
    at += word.length();
    return value;
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() {
    if (at >= text.length()) {
      throw refusal("more");
    }
    return text.charAt(at);
  }

  private boolean take(char c) {
    boolean found = at < text.length() && text.charAt(at) == c;
    at += found ? 1 : 0;
    return found;
  }

  private void require(char c) {
    if (!take(c)) {
      throw refusal("'" + c + "'");
    }
  }

  private IllegalArgumentException refusal(String expected) {
    return new IllegalArgumentException(
        "JSON: at character " + at + " (expected: " + expected + ")");
  }
}
