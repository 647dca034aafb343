package io.librarymesh.controlplane.admin;

import java.util.Collection;
import java.util.Map;

/**
 * Writes JSON from maps, collections, texts, numbers and booleans; anything else is written as
 * text. Map entries keep their order.
 */
final class Json {

  private final StringBuilder text = new StringBuilder();

  private Json() {}

  /** The value as one line of JSON. */
  static String of(Object value) {
    Json json = new Json();
    json.write(value);
    return json.text.toString();
  }

  private void write(Object value) {
    if (value instanceof Map<?, ?> map) {
      writeMap(map);
    } else if (value instanceof Collection<?> items) {
      writeItems(items);
    } else if (value instanceof Number || value instanceof Boolean) {
      text.append(value);
    } else {
      writeText(value.toString());
    }
  }

  private void writeMap(Map<?, ?> map) {
    text.append('{');
    String separator = "";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      text.append(separator);
      writeText(String.valueOf(entry.getKey()));
      text.append(':');
      write(entry.getValue());
      separator = ",";
    }
    text.append('}');
  }

  private void writeItems(Collection<?> items) {
    text.append('[');
    String separator = "";
    for (Object item : items) {
      text.append(separator);
      write(item);
      separator = ",";
    }
    text.append(']');
  }

  private void writeText(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          if (c < ' ' || Character.isSurrogate(c)) {
            text.append("\\u").append(Integer.toHexString(0x10000 | c), 1, 5);
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }
}
