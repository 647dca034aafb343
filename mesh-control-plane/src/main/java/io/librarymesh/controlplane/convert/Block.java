package io.librarymesh.controlplane.convert;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** A mapping as it stands in a text. */
record Block(YamlText text, MappingNode node) {

  /** A node as a mapping, if it is one. */
  static Optional<Block> of(YamlText text, Node node) {
    return node instanceof MappingNode mapping
        ? Optional.of(new Block(text, mapping))
        : Optional.empty();
  }

  /** Whether it is written in braces. */
  boolean isFlow() {
    return node.getFlowStyle() == FlowStyle.FLOW;
  }

  /** What stands in it, in its order. */
  List<Field> fields() {
    List<Field> fields = new ArrayList<>();
    for (NodeTuple tuple : node.getValue()) {
      fields.add(new Field(this, tuple));
    }
    return fields;
  }

  /** The field of a name in either case; of both that in camelCase, as for the reader. */
  Optional<Field> field(String name) {
    Field snake = null;
    for (Field field : fields()) {
      if (field.key().equals(name)) {
        return Optional.of(field);
      }
      snake = field.name().equals(name) ? field : snake;
    }
    return Optional.ofNullable(snake);
  }

  /** The text of a field that is a single value. */
  Optional<String> text(String name) {
    return field(name).flatMap(Field::scalar);
  }

  /** A field that is a mapping. */
  Optional<Block> block(String name) {
    return field(name).flatMap(Field::block);
  }

  /** The mappings of a field that is a list. */
  List<Block> blocks(String name) {
    List<Block> blocks = new ArrayList<>();
    if (field(name).map(Field::value).orElse(null) instanceof SequenceNode list) {
      list.getValue().forEach(item -> of(text, item).ifPresent(blocks::add));
    }
    return blocks;
  }
}
