package io.librarymesh.controlplane.convert;

import java.util.Optional;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** A key of a mapping with its value, as they stand in a text. */
record Field(Block owner, NodeTuple tuple) {

  /** As it is written. */
  String key() {
    return tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
  }

  /** In camelCase. */
  String name() {
    return SnakeCase.camelCase(key());
  }

  Node keyNode() {
    return tuple.getKeyNode();
  }

  Node value() {
    return tuple.getValueNode();
  }

  /** The value if it is a mapping. */
  Optional<Block> block() {
    return Block.of(owner.text(), value());
  }

  /** The value if it is a single one. */
  Optional<String> scalar() {
    return value() instanceof ScalarNode scalar ? Optional.of(scalar.getValue()) : Optional.empty();
  }

  /** Whether the key is in double quotes, as in JSON. */
  boolean isQuoted() {
    return keyNode() instanceof ScalarNode scalar
        && scalar.getScalarStyle() == ScalarStyle.DOUBLE_QUOTED;
  }

  /** Whether the value stands elsewhere, which is always before it. */
  boolean isAlias() {
    YamlText text = owner.text();
    return text.start(value()) < text.end(keyNode());
  }

  int start() {
    return owner.text().start(keyNode());
  }

  int end() {
    return owner.text().end(value());
  }
}
