package io.librarymesh.controlplane.convert;

import io.librarymesh.controlplane.istio.SourcePosition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.CollectionNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * The text of a file with the trees of its documents, whose nodes know where they stand. Only for
 * text that the reader has found to be YAML within its limits: this one has none. Immutable.
 */
final class YamlText {
  private final String file;
  private final String text;

  /** Offsets by code points, where characters are not all of one; else empty. */
  private final int[] offsets;

  private final List<Node> documents;

  private YamlText(String file, String text) {
    this.file = file;
    this.text = text;
    this.offsets = offsets(text);
    LoadSettings settings =
        LoadSettings.builder()
            .setSchema(new CoreSchema())
            .setAllowDuplicateKeys(true)
            .setCodePointLimit(Integer.MAX_VALUE)
            .build();
    List<Node> all = new ArrayList<>();
    new Compose(settings).composeAllFromString(text).forEach(all::add);
    this.documents = List.copyOf(all);
  }

  static YamlText of(String file, String text) {
    return new YamlText(file, text);
  }

  String text() {
    return text;
  }

  /** The roots, in the order of the file. */
  List<Node> documents() {
    return documents;
  }

  /** The offset of the first character of what is written at a node. */
  int start(Node node) {
    return offset(node.getStartMark().orElseThrow());
  }

  /** The offset behind the last character of what is written at a node, comments left out. */
  int end(Node node) {
    if (node instanceof CollectionNode<?> collection
        && collection.getFlowStyle() == FlowStyle.BLOCK) {
      Node last = last(collection);
      return last == null ? start(node) : end(last);
    }
    int start = start(node);
    int end = offset(node.getEndMark().orElseThrow());
    // A text in a block ends where the next thing begins.
    while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
      end--;
    }
    return end;
  }

  private static @Nullable Node last(CollectionNode<?> collection) {
    if (collection instanceof MappingNode mapping && !mapping.getValue().isEmpty()) {
      NodeTuple tuple = mapping.getValue().get(mapping.getValue().size() - 1);
      return tuple.getValueNode();
    }
    return collection instanceof SequenceNode list && !list.getValue().isEmpty()
        ? list.getValue().get(list.getValue().size() - 1)
        : null;
  }

  /** What is written at a node. */
  String textOf(Node node) {
    return text.substring(start(node), end(node));
  }

  SourcePosition position(Node node) {
    Mark mark = node.getStartMark().orElseThrow();
    return new SourcePosition(file, mark.getLine() + 1, mark.getColumn() + 1);
  }

  /** The offset of the first character of the line that an offset is in. */
  int lineStart(int offset) {
    return text.lastIndexOf('\n', offset - 1) + 1;
  }

  /** The offset of the line break that ends the line that an offset is in, or of the end. */
  int lineEnd(int offset) {
    int end = text.indexOf('\n', offset);
    return end < 0 ? text.length() : end;
  }

  /** How many characters stand before an offset in its line. */
  int column(int offset) {
    return offset - lineStart(offset);
  }

  /** Whether there are but blanks before an offset in its line. */
  boolean beginsLine(int offset) {
    return text.substring(lineStart(offset), offset).isBlank();
  }

  /** Marks count code points. */
  private int offset(Mark mark) {
    return offsets.length == 0 ? mark.getIndex() : offsets[mark.getIndex()];
  }

  private static int[] offsets(String text) {
    int count = text.codePointCount(0, text.length());
    if (count == text.length()) {
      return new int[0];
    }
    int[] offsets = new int[count + 1];
    for (int i = 0; i < count; i++) {
      offsets[i + 1] = text.offsetByCodePoints(offsets[i], 1);
    }
    return offsets;
  }
}
