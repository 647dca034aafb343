package io.librarymesh.testkit.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** A value in a case file that knows where it stands. */
final class CaseNode {
  private static final Pattern DURATION = Pattern.compile("(\\d+)(ns|us|ms|s|m|h)");
  private static final Map<String, Long> UNITS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private final String file;
  private final String key;
  private final Node node;

  /**
   * A value of a case file.
   *
   * @param file the file's name for messages
   * @param key the key whose value this is
   */
  CaseNode(String file, String key, Node node) {
    this.file = file;
    this.key = key;
    this.node = node;
  }

  /** {@code file:line}, lines from one. */
  String location() {
    return file + ":" + node.getStartMark().map(Mark::getLine).map(line -> line + 1).orElse(0);
  }

  String key() {
    return key;
  }

  boolean isText() {
    return node instanceof ScalarNode;
  }

  boolean isList() {
    return node instanceof SequenceNode;
  }

  /** A mistake in this value: what it is and what it should have been. */
  CaseSyntaxException wrong(String expected) {
    String found = node instanceof ScalarNode scalar ? scalar.getValue() : kind();
    return error(key + ": " + found + " (expected: " + expected + ")");
  }

  CaseSyntaxException error(String message) {
    return new CaseSyntaxException(location() + ": " + message);
  }

  /** Runs a constructor that checks ranges, so that what it refuses gets a place. */
  <T> T check(Function<CaseNode, T> made) {
    try {
      return made.apply(this);
    } catch (IllegalArgumentException refused) {
      throw new CaseSyntaxException(location() + ": " + refused.getMessage(), refused);
    }
  }

  String text() {
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw wrong("a text");
  }

  /** A part of a text, with the place of the whole. */
  CaseNode part(int begin, int end) {
    if (node instanceof ScalarNode scalar) {
      String part = scalar.getValue().substring(begin, end).strip();
      return new CaseNode(
          file,
          key,
          new ScalarNode(
              scalar.getTag(),
              true,
              part,
              scalar.getScalarStyle(),
              scalar.getStartMark(),
              scalar.getEndMark()));
    }
    throw wrong("a text");
  }

  int integer() {
    try {
      return Integer.parseInt(text());
    } catch (NumberFormatException notANumber) {
      throw wrong("an integer");
    }
  }

  double number() {
    try {
      return Double.parseDouble(text());
    } catch (NumberFormatException notANumber) {
      throw wrong("a number");
    }
  }

  boolean flag() {
    return switch (text()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong("true or false");
    };
  }

  /** A duration such as {@code 250ms}. */
  long nanos() {
    Matcher matcher = DURATION.matcher(text());
    if (!matcher.matches()) {
      throw wrong("a number with ns, us, ms, s, m or h");
    }
    return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit(matcher.group(2)));
  }

  <E extends Enum<E>> E constant(Class<E> type) {
    for (E value : type.getEnumConstants()) {
      if (value.name().equals(text())) {
        return value;
      }
    }
    throw wrong("one of " + List.of(type.getEnumConstants()));
  }

  List<CaseNode> items() {
    if (!(node instanceof SequenceNode sequence)) {
      throw wrong("a list");
    }
    List<CaseNode> items = new ArrayList<>();
    for (Node item : sequence.getValue()) {
      items.add(new CaseNode(file, key, item));
    }
    return items;
  }

  <T> List<T> items(Function<CaseNode, T> reader) {
    return items().stream().map(reader).toList();
  }

  /** The items of a list, or a single text as a list of one. */
  <T> List<T> oneOrMore(Function<CaseNode, T> reader) {
    return isText() ? List.of(reader.apply(this)) : items(reader);
  }

  /** The values of a mapping by key, in the order they stand. */
  Map<String, CaseNode> entries() {
    if (!(node instanceof MappingNode mapping)) {
      throw wrong("a mapping");
    }
    Map<String, CaseNode> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String name = new CaseNode(file, key, tuple.getKeyNode()).text();
      CaseNode value = new CaseNode(file, name, tuple.getValueNode());
      if (Optional.ofNullable(entries.put(name, value)).isPresent()) {
        throw value.error(name + ": given twice");
      }
    }
    return entries;
  }

  <T> Map<String, T> entries(Function<CaseNode, T> reader) {
    Map<String, T> read = new LinkedHashMap<>();
    entries().forEach((name, value) -> read.put(name, reader.apply(value)));
    return read;
  }

  /** The mapping as fields that must all be known. */
  CaseFields fields() {
    return new CaseFields(this, entries());
  }

  private static long unit(String name) {
    Long unit = UNITS.get(name);
    return unit == null ? 1 : unit;
  }

  private String kind() {
    return node instanceof MappingNode ? "a mapping" : "a list";
  }
}
