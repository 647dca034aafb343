package io.librarymesh.controlplane.convert;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * The fields for headers of Istio up to 1.0, which its API no longer has and nobody looks at. As
 * {@code headers} they have the effect again that their authors meant, which is said.
 */
final class RetiredHeaders {

  /** Where each stands today: of which message, and under which name. */
  private static final Map<String, List<String>> TODAY = today();

  private RetiredHeaders() {}

  private static Map<String, List<String>> today() {
    Map<String, List<String>> today = new LinkedHashMap<>();
    today.put("appendHeaders", List.of("request", "add"));
    today.put("appendRequestHeaders", List.of("request", "add"));
    today.put("removeRequestHeaders", List.of("request", "remove"));
    today.put("appendResponseHeaders", List.of("response", "add"));
    today.put("removeResponseHeaders", List.of("response", "remove"));
    return today;
  }

  static void spell(Block rule, Pass pass) {
    List<Field> written =
        rule.fields().stream().filter(field -> TODAY.containsKey(field.name())).toList();
    if (written.isEmpty()) {
      return;
    }
    Field first = written.get(0);
    if (rule.field("headers").isPresent() || written.stream().anyMatch(Field::isAlias)) {
      written.forEach(
          field ->
              pass.warn(
                  field,
                  "has no effect, and is not moved into the headers that are there; write "
                      + String.join(".", TODAY.getOrDefault(field.name(), List.of()))
                      + " into them"));
      return;
    }
    written.forEach(
        field -> pass.warn(field, "had no effect in this place, and has one in headers"));
    List<Optional<TextEdit>> edits = new ArrayList<>();
    edits.add(BlockEdits.replace(first, List.of(new Line.Nested("headers", messages(written)))));
    written.stream().skip(1).forEach(field -> edits.add(BlockEdits.delete(field)));
    pass.changeOrWarn(first, "write headers", edits);
  }

  private static List<Line> messages(List<Field> written) {
    List<Line> messages = new ArrayList<>();
    for (String message : List.of("request", "response")) {
      List<Line> operations = new ArrayList<>();
      List<Line> added = new ArrayList<>();
      List<String> removed = new ArrayList<>();
      for (Field field : written) {
        List<String> place = TODAY.getOrDefault(field.name(), List.of());
        if (place.get(0).equals(message)) {
          if (place.get(1).equals("add")) {
            added.addAll(added(field));
          } else {
            removed.addAll(removed(field));
          }
        }
      }
      if (!removed.isEmpty()) {
        operations.add(new Line.Items("remove", removed));
      }
      if (!added.isEmpty()) {
        operations.add(new Line.Nested("add", added));
      }
      if (!operations.isEmpty()) {
        messages.add(new Line.Nested(message, operations));
      }
    }
    return messages;
  }

  private static List<Line> added(Field field) {
    List<Line> added = new ArrayList<>();
    for (Field header : field.block().map(Block::fields).orElse(List.of())) {
      added.add(new Line.Value(header.key(), header.owner().text().textOf(header.value())));
    }
    return added;
  }

  /** What goes was the keys of a map; some wrote a list. */
  private static List<String> removed(Field field) {
    YamlText text = field.owner().text();
    List<String> removed = new ArrayList<>();
    if (field.value() instanceof SequenceNode list) {
      for (Node item : list.getValue()) {
        if (item instanceof ScalarNode) {
          removed.add(text.textOf(item));
        }
      }
    }
    for (Field header : field.block().map(Block::fields).orElse(List.of())) {
      removed.add(text.textOf(header.keyNode()));
    }
    return removed;
  }
}
