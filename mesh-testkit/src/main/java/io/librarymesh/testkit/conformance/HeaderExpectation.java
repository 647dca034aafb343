package io.librarymesh.testkit.conformance;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is expected of some headers; others may be there.
 *
 * @param lines by name; no lines mean that the header must not be there
 * @param values the lines of a name, joined with a comma
 */
record HeaderExpectation(Map<String, List<String>> lines, Map<String, String> values) {

  /** A list asks for these lines, a text for this value however many lines it is in. */
  static HeaderExpectation read(CaseNode node) {
    Map<String, List<String>> lines = new LinkedHashMap<>();
    Map<String, String> values = new LinkedHashMap<>();
    node.entries()
        .forEach(
            (name, value) -> {
              if (value.isText()) {
                values.put(name, value.text());
              } else {
                lines.put(name, value.items(CaseNode::text));
              }
            });
    return new HeaderExpectation(lines, values);
  }

  boolean isMetBy(Map<String, List<String>> headers) {
    return lines.entrySet().stream()
            .allMatch(e -> e.getValue().equals(headers.getOrDefault(e.getKey(), List.of())))
        && values.entrySet().stream()
            .allMatch(
                e ->
                    headers.containsKey(e.getKey())
                        && e.getValue().equals(String.join(",", headers.get(e.getKey()))));
  }

  @Override
  public String toString() {
    Map<String, Object> all = new LinkedHashMap<>(values);
    all.putAll(lines);
    return all.toString();
  }
}
