package io.librarymesh.testkit.conformance;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The fields of one mapping. What nobody has asked for at the end is a mistake. */
final class CaseFields {
  private final CaseNode owner;
  private final Map<String, CaseNode> unread;

  CaseFields(CaseNode owner, Map<String, CaseNode> entries) {
    this.owner = owner;
    this.unread = new LinkedHashMap<>(entries);
  }

  CaseNode owner() {
    return owner;
  }

  boolean has(String name) {
    return unread.containsKey(name);
  }

  /** A field that somebody else will read. */
  Optional<CaseNode> peek(String name) {
    return Optional.ofNullable(unread.get(name));
  }

  Optional<CaseNode> optional(String name) {
    return Optional.ofNullable(unread.remove(name));
  }

  CaseNode required(String name) {
    return optional(name).orElseThrow(() -> owner.error(name + ": missing (expected: a value)"));
  }

  <T> T read(String name, T otherwise, Function<CaseNode, T> reader) {
    return optional(name).map(reader).orElse(otherwise);
  }

  String text(String name, String otherwise) {
    return read(name, otherwise, CaseNode::text);
  }

  int integer(String name, int otherwise) {
    return read(name, otherwise, CaseNode::integer);
  }

  boolean flag(String name, boolean otherwise) {
    return read(name, otherwise, CaseNode::flag);
  }

  long nanos(String name, long otherwise) {
    return read(name, otherwise, CaseNode::nanos);
  }

  <T> List<T> list(String name, Function<CaseNode, T> reader) {
    return read(name, List.of(), node -> node.items(reader));
  }

  /** Which one of some names that exclude each other is there; empty when none is. */
  Optional<CaseNode> oneOf(List<String> names) {
    List<String> present = names.stream().filter(unread::containsKey).toList();
    if (present.size() > 1) {
      throw owner.error(present + " (expected: only one of them)");
    }
    return present.stream().findFirst().flatMap(this::optional);
  }

  /** Fails when a field is left that nobody has read. */
  void end() {
    for (Map.Entry<String, CaseNode> left : unread.entrySet()) {
      throw left.getValue().error(left.getKey() + ": unknown field in " + owner.key());
    }
  }
}
