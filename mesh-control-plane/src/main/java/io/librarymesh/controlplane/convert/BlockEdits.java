package io.librarymesh.controlplane.convert;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * Changes of mappings as changes of their text: in lines or in braces, as the mapping is written,
 * and with quotes around keys where it has them. An answer that is empty means that it cannot be
 * done here, and somebody has to do it by hand.
 */
final class BlockEdits {
  private static final String STEP = "  ";

  private BlockEdits() {}

  /** Another name for a field. */
  static TextEdit rename(Field field, String name) {
    YamlText text = field.owner().text();
    return new TextEdit(text.start(field.keyNode()), text.end(field.keyNode()), key(field, name));
  }

  /** Another text for a single value. */
  static TextEdit value(YamlText text, Node scalar, String token) {
    return new TextEdit(text.start(scalar), text.end(scalar), token);
  }

  /** Another text for the single value of a field, in the quotes of the one that goes. */
  static TextEdit retext(Field field, String value) {
    return value(field.owner().text(), field.value(), quotedAs((ScalarNode) field.value(), value));
  }

  /** A text without anything that needs an escape, in the quotes of another one. */
  static String quotedAs(ScalarNode other, String value) {
    return switch (other.getScalarStyle()) {
      case DOUBLE_QUOTED -> '"' + value + '"';
      case SINGLE_QUOTED -> "'" + value + "'";
      default -> value;
    };
  }

  /** Other fields in the place of one. */
  static Optional<TextEdit> replace(Field field, List<Line> lines) {
    if (field.isAlias() || !fits(field.owner(), lines)) {
      return Optional.empty();
    }
    return Optional.of(new TextEdit(field.start(), field.end(), print(field, lines)));
  }

  /** One field more, behind the others of a mapping that is not empty. */
  static Optional<TextEdit> append(Block block, Line line) {
    List<Field> fields = block.fields();
    if (fields.isEmpty() || !fits(block, List.of(line))) {
      return Optional.empty();
    }
    Field last = fields.get(fields.size() - 1);
    if (last.isAlias()) {
      return Optional.empty();
    }
    YamlText text = block.text();
    String printed = print(fields.get(0), List.of(line));
    if (block.isFlow()) {
      return Optional.of(new TextEdit(last.end(), last.end(), ", " + printed));
    }
    int at = text.lineEnd(last.end());
    String indent = " ".repeat(text.column(fields.get(0).start()));
    return Optional.of(new TextEdit(at, at, "\n" + indent + printed));
  }

  /** No field; not for the only one of a mapping, which has to go as a whole. */
  static Optional<TextEdit> delete(Field field) {
    List<Field> all = field.owner().fields();
    int index = all.indexOf(field);
    if (all.size() < 2 || field.isAlias()) {
      return Optional.empty();
    }
    YamlText text = field.owner().text();
    boolean last = index == all.size() - 1;
    if (field.owner().isFlow()) {
      return Optional.of(
          last
              ? new TextEdit(all.get(index - 1).end(), field.end(), "")
              : new TextEdit(field.start(), all.get(index + 1).start(), ""));
    }
    if (!text.beginsLine(field.start())) {
      // The first of an item of a list, whose dash stands before it.
      return Optional.of(new TextEdit(field.start(), all.get(index + 1).start(), ""));
    }
    int end = text.lineEnd(field.end());
    int start = text.lineStart(field.start());
    return Optional.of(
        end < text.text().length()
            ? new TextEdit(start, end + 1, "")
            : new TextEdit(start - 1, end, ""));
  }

  /** What stands in lines cannot be moved into braces. */
  private static boolean fits(Block block, List<Line> lines) {
    return !block.isFlow()
        || lines.stream()
            .noneMatch(
                line ->
                    line instanceof Line.Nested nested
                        ? !fits(block, nested.lines())
                        : line instanceof Line.Moved moved && !moved.field().owner().isFlow());
  }

  private static String print(Field like, List<Line> lines) {
    if (like.owner().isFlow()) {
      return lines.stream().map(line -> flow(like, line)).collect(Collectors.joining(", "));
    }
    String indent = " ".repeat(like.owner().text().column(like.start()));
    return lines.stream()
        .map(line -> block(like, line, indent))
        .collect(Collectors.joining("\n" + indent));
  }

  private static String flow(Field like, Line line) {
    if (line instanceof Line.Value value) {
      return key(like, value.key()) + ": " + value.token();
    } else if (line instanceof Line.Items items) {
      return key(like, items.key()) + ": [" + String.join(", ", items.tokens()) + "]";
    } else if (line instanceof Line.Nested nested) {
      return key(like, nested.key()) + ": {" + print(like, nested.lines()) + "}";
    }
    Field field = ((Line.Moved) line).field();
    return field.owner().text().text().substring(field.start(), field.end());
  }

  /**
   * @param indent what stands before the line already, and has to before further ones
   */
  private static String block(Field like, Line line, String indent) {
    if (line instanceof Line.Value value) {
      return key(like, value.key()) + ": " + value.token();
    }
    String deeper = indent + STEP;
    if (line instanceof Line.Items items) {
      return key(like, items.key())
          + ":"
          + items.tokens().stream()
              .map(t -> "\n" + deeper + "- " + t)
              .collect(Collectors.joining());
    } else if (line instanceof Line.Nested nested) {
      return key(like, nested.key())
          + ":"
          + nested.lines().stream()
              .map(inner -> "\n" + deeper + block(like, inner, deeper))
              .collect(Collectors.joining());
    }
    return moved(((Line.Moved) line).field(), indent.length());
  }

  /** Its further lines are moved to the right by as much as the first. */
  private static String moved(Field field, int column) {
    YamlText text = field.owner().text();
    int by = column - text.column(field.start());
    String[] lines = text.text().substring(field.start(), field.end()).split("\n", -1);
    StringBuilder moved = new StringBuilder(lines[0]);
    for (int i = 1; i < lines.length; i++) {
      moved.append('\n');
      if (!lines[i].isBlank()) {
        moved.append(
            by >= 0
                ? " ".repeat(by) + lines[i]
                : lines[i].substring(Math.min(-by, indentOf(lines[i]))));
      }
    }
    return moved.toString();
  }

  private static int indentOf(String line) {
    return line.length() - line.stripLeading().length();
  }

  private static String key(Field like, String name) {
    return like.isQuoted() ? '"' + name + '"' : name;
  }
}
