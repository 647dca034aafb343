package io.librarymesh.testkit.conformance;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is expected of some headers; others may be there.
 *
 * @param lines by name; no lines mean that the header must not be there
 * @param values the lines of a name, joined with a comma
 * @param starts what the first line of a name begins with
 */
record HeaderExpectation(
    Map<String, List<String>> lines, Map<String, String> values, Map<String, String> starts) {

  /**
   * A list asks for these lines, a text for this value however many lines it is in, {@code {starts:
   * text}} for a value of which only the beginning is known.
   */
  static HeaderExpectation read(CaseNode node) {
    Map<String, List<String>> lines = new LinkedHashMap<>();
    Map<String, String> values = new LinkedHashMap<>();
    Map<String, String> starts = new LinkedHashMap<>();
    node.entries()
        .forEach(
            (name, value) -> {
              if (value.isText()) {
                values.put(name, value.text());
              } else if (value.isList()) {
                lines.put(name, value.items(CaseNode::text));
              } else {
                CaseFields fields = value.fields();
                starts.put(name, fields.required("starts").text());
                fields.end();
              }
            });
    return new HeaderExpectation(lines, values, starts);
  }

  boolean isMetBy(Map<String, List<String>> headers) {
    return lines.entrySet().stream()
            .allMatch(e -> e.getValue().equals(headers.getOrDefault(e.getKey(), List.of())))
        && values.entrySet().stream()
            .allMatch(
                e ->
                    headers.containsKey(e.getKey())
                        && e.getValue().equals(String.join(",", headers.get(e.getKey()))))
        && starts.entrySet().stream()
            .allMatch(
                e ->
                    headers.getOrDefault(e.getKey(), List.of()).stream()
                        .limit(1)
                        .anyMatch(line -> line.startsWith(e.getValue())));
  }

  @Override
  public String toString() {
    Map<String, Object> all = new LinkedHashMap<>(values);
    all.putAll(lines);
    starts.forEach((name, text) -> all.put(name, text + "..."));
    return all.toString();
  }
}
