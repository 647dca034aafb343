package io.librarymesh.controlplane.convert;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Writes maps, lists, texts, numbers and booleans as YAML in lines, or as JSON. A text is put in
 * quotes where YAML 1.1, which Kubernetes reads, or that of today might take it for something else.
 */
final class YamlWriter {
  /** Words, paths and durations. */
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z/][A-Za-z0-9_./-]*|([0-9]+(h|ms|m|s))+");

  /** Words that are no texts in YAML 1.1. */
  private static final Pattern WORD =
      Pattern.compile("(?i)true|false|yes|no|on|off|y|n|null|nan|inf");

  private YamlWriter() {}

  /** A document in lines, without a line break at the end. */
  static String yaml(Map<String, Object> document) {
    StringBuilder out = new StringBuilder();
    lines(document, 0, out);
    return out.toString();
  }

  /** The same value as JSON in lines. */
  static String json(Object value) {
    StringBuilder out = new StringBuilder();
    json(value, 0, out);
    return out.toString();
  }

  /** Begins where the first line begins, whose indentation is there already. */
  private static void lines(Map<?, ?> map, int indent, StringBuilder out) {
    boolean first = true;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!first) {
        newLine(indent, out);
      }
      first = false;
      out.append(text(String.valueOf(entry.getKey()))).append(':');
      value(entry.getValue(), indent, out);
    }
  }

  private static void value(Object value, int indent, StringBuilder out) {
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      newLine(indent + 2, out);
      lines(map, indent + 2, out);
    } else if (value instanceof List<?> list && !list.isEmpty()) {
      for (Object item : list) {
        newLine(indent + 2, out);
        out.append("- ");
        if (item instanceof Map<?, ?> map && !map.isEmpty()) {
          lines(map, indent + 4, out);
        } else {
          out.append(scalar(item));
        }
      }
    } else {
      out.append(' ').append(scalar(value));
    }
  }

  private static void newLine(int indent, StringBuilder out) {
    out.append('\n').append(" ".repeat(indent));
  }

  private static String scalar(Object value) {
    if (value instanceof Map<?, ?>) {
      return "{}";
    } else if (value instanceof List<?>) {
      return "[]";
    }
    return value instanceof String text ? text(text) : String.valueOf(value);
  }

  private static String text(String text) {
    boolean plain = PLAIN.matcher(text).matches() && !WORD.matcher(text).matches();
    return plain ? text : quoted(text);
  }

  private static void json(Object value, int indent, StringBuilder out) {
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      out.append('{');
      String separator = "";
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.append(separator);
        newLine(indent + 2, out);
        out.append(quoted(String.valueOf(entry.getKey()))).append(": ");
        json(entry.getValue(), indent + 2, out);
        separator = ",";
      }
      newLine(indent, out);
      out.append('}');
    } else if (value instanceof List<?> list && !list.isEmpty()) {
      out.append('[');
      String separator = "";
      for (Object item : list) {
        out.append(separator);
        newLine(indent + 2, out);
        json(item, indent + 2, out);
        separator = ",";
      }
      newLine(indent, out);
      out.append(']');
    } else {
      out.append(value instanceof String text ? quoted(text) : scalar(value));
    }
  }

  /** As JSON has it, which YAML reads as well. */
  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20 || c == 0x7f) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }
}
