package io.librarymesh.testkit.conformance;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is expected of some headers; others may be there.
 *
 * @param lines by name; no lines mean that the header must not be there
 * @param values the lines of a name, joined with a comma
 * @param parts what is known of the first line of a name
 */
record HeaderExpectation(
    Map<String, List<String>> lines, Map<String, String> values, Map<String, Parts> parts) {

  /** What a line begins and ends with, between which there may be anything. */
  record Parts(String starts, String ends) {
    private boolean areOf(String line) {
      return line.length() >= starts.length() + ends.length()
          && line.startsWith(starts)
          && line.endsWith(ends);
    }

    @Override
    public String toString() {
      return starts + "..." + ends;
    }
  }

  /**
   * A list asks for these lines, a text for this value however many lines it is in, {@code {starts:
   * text, ends: text}} for a value of which only the beginning, the end or both are known.
   */
  static HeaderExpectation read(CaseNode node) {
    Map<String, List<String>> lines = new LinkedHashMap<>();
    Map<String, String> values = new LinkedHashMap<>();
    Map<String, Parts> parts = new LinkedHashMap<>();
    node.entries()
        .forEach(
            (name, value) -> {
              if (value.isText()) {
                values.put(name, value.text());
              } else if (value.isList()) {
                lines.put(name, value.items(CaseNode::text));
              } else {
                CaseFields fields = value.fields();
                String starts = fields.text("starts", "");
                String ends = starts.isEmpty() ? fields.required("ends").text() : "";
                parts.put(name, new Parts(starts, fields.text("ends", ends)));
                fields.end();
              }
            });
    return new HeaderExpectation(lines, values, parts);
  }

  boolean isMetBy(Map<String, List<String>> headers) {
    return lines.entrySet().stream()
            .allMatch(e -> e.getValue().equals(headers.getOrDefault(e.getKey(), List.of())))
        && values.entrySet().stream()
            .allMatch(
                e ->
                    headers.containsKey(e.getKey())
                        && e.getValue().equals(String.join(",", headers.get(e.getKey()))))
        && parts.entrySet().stream()
            .allMatch(
                e ->
                    headers.getOrDefault(e.getKey(), List.of()).stream()
                        .limit(1)
                        .anyMatch(e.getValue()::areOf));
  }

  @Override
  public String toString() {
    Map<String, Object> all = new LinkedHashMap<>(values);
    all.putAll(lines);
    all.putAll(parts);
    return all.toString();
  }
}
