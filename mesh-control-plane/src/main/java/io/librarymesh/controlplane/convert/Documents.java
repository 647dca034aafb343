package io.librarymesh.controlplane.convert;

import io.librarymesh.controlplane.istio.SourcePosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Puts documents in the place of others, in a file of documents, in lists, and in JSON. */
final class Documents {
  private static final String SEPARATOR = "---";

  private final YamlText text;
  private final Map<SourcePosition, List<Map<String, Object>>> replaced;
  private final Edits edits;

  private Documents(
      YamlText text, Map<SourcePosition, List<Map<String, Object>>> replaced, Edits edits) {
    this.text = text;
    this.replaced = replaced;
    this.edits = edits;
  }

  /**
   * The text with other documents.
   *
   * @param replaced by the place of the document that goes; an empty list leaves none
   */
  static String replace(YamlText text, Map<SourcePosition, List<Map<String, Object>>> replaced) {
    Edits edits = new Edits(text.text());
    Documents documents = new Documents(text, replaced, edits);
    text.documents().forEach(documents::document);
    return edits.result();
  }

  private void document(Node root) {
    List<Map<String, Object>> others = replaced.get(text.position(root));
    if (others == null) {
      Block.of(text, root)
          .flatMap(block -> block.field("items"))
          .map(Field::value)
          .filter(SequenceNode.class::isInstance)
          .ifPresent(items -> items((SequenceNode) items));
    } else if (isFlow(root)) {
      edits.add(List.of(new TextEdit(text.start(root), text.end(root), json(others))));
    } else if (others.isEmpty()) {
      edits.add(List.of(without(root)));
    } else {
      String all =
          others.stream()
              .map(YamlWriter::yaml)
              .collect(Collectors.joining("\n" + SEPARATOR + "\n"));
      int end = text.lineEnd(text.end(root));
      edits.add(List.of(new TextEdit(text.start(root), end, all)));
    }
  }

  /** Goes together with the line that parts it from the one before, or from the next. */
  private TextEdit without(Node root) {
    int end = Math.min(text.text().length(), text.lineEnd(text.end(root)) + 1);
    int start = text.start(root);
    int before = text.text().lastIndexOf(SEPARATOR + "\n", start);
    if (before >= 0 && text.beginsLine(before) && isAfterOthers(before)) {
      return new TextEdit(before, end, "");
    }
    int after = text.text().indexOf(SEPARATOR + "\n", end);
    boolean next = after >= 0 && text.text().substring(end, after).isBlank();
    return new TextEdit(start, next ? after + SEPARATOR.length() + 1 : end, "");
  }

  private boolean isAfterOthers(int offset) {
    return text.documents().stream().anyMatch(other -> text.end(other) <= offset);
  }

  /** Of one document that one; of none or several a list. */
  private static String json(List<Map<String, Object>> documents) {
    if (documents.size() == 1) {
      return YamlWriter.json(documents.get(0));
    }
    Map<String, Object> list = Values.of("apiVersion", "v1");
    list.put("kind", "List");
    list.put("items", documents);
    return YamlWriter.json(list);
  }

  private void items(SequenceNode items) {
    boolean any =
        items.getValue().stream().anyMatch(item -> replaced.containsKey(text.position(item)));
    if (!any) {
      return;
    }
    boolean flow = isFlow(items);
    List<String> all = new ArrayList<>();
    String indent = " ".repeat(text.column(text.start(items)));
    for (Node item : items.getValue()) {
      List<Map<String, Object>> others = replaced.get(text.position(item));
      if (others == null) {
        all.add(text.textOf(item));
      } else {
        others.forEach(
            other ->
                all.add(
                    flow
                        ? YamlWriter.json(other)
                        : YamlWriter.yaml(other).replace("\n", "\n" + indent + "  ")));
      }
    }
    String printed;
    if (flow || all.isEmpty()) {
      printed = "[" + String.join(", ", all) + "]";
    } else {
      printed = "- " + String.join("\n" + indent + "- ", all);
    }
    edits.add(List.of(new TextEdit(text.start(items), text.end(items), printed)));
  }

  private static boolean isFlow(Node node) {
    return node instanceof MappingNode mapping
        ? mapping.getFlowStyle() == FlowStyle.FLOW
        : node instanceof SequenceNode list && list.getFlowStyle() == FlowStyle.FLOW;
  }
}
