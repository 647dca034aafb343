package io.librarymesh.controlplane.convert;

import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Names of fields as protobuf spells them in its own language, {@code outlier_detection}: files may
 * have them, a cluster drops them.
 */
final class SnakeCase {

  /** What stands in these are names that people chose. */
  private static final Set<String> CHOSEN =
      Set.of(
          "labels",
          "annotations",
          "matchLabels",
          "sourceLabels",
          "selector",
          "headers",
          "withoutHeaders",
          "queryParams",
          "appendHeaders",
          "appendRequestHeaders",
          "removeRequestHeaders",
          "appendResponseHeaders",
          "removeResponseHeaders",
          "set",
          "add",
          "to",
          "environmentVariables",
          "properties");

  private SnakeCase() {}

  /** Protobuf's JSON name of a field. */
  static String camelCase(String name) {
    if (name.indexOf('_') <= 0) {
      return name;
    }
    StringBuilder camel = new StringBuilder(name.length());
    boolean upper = false;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '_') {
        upper = true;
      } else {
        camel.append(upper ? Character.toUpperCase(c) : c);
        upper = false;
      }
    }
    return camel.toString();
  }

  /** Renames the fields of a {@code spec} and of all that is in it. */
  static void spell(Block document, Pass pass) {
    document.field("spec").ifPresent(spec -> walk(spec.value(), pass));
  }

  private static void walk(Node node, Pass pass) {
    if (node instanceof SequenceNode list) {
      list.getValue().forEach(item -> walk(item, pass));
    } else if (node instanceof MappingNode mapping) {
      for (Field field : new Block(pass.text(), mapping).fields()) {
        if (!field.key().equals(field.name())) {
          pass.change(BlockEdits.rename(field, field.name()));
        }
        // Of an address the ports are a map, of a service a list.
        boolean ports = field.name().equals("ports") && field.block().isPresent();
        if (!ports && !CHOSEN.contains(field.name())) {
          walk(field.value(), pass);
        }
      }
    }
  }
}
