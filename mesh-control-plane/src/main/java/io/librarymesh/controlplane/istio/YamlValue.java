package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Optional;

/**
 * A document as a tree in which everything knows its place. Lines and columns are one-based.
 * Aliases are resolved: the same value then stands in more than one place.
 */
sealed interface YamlValue {

  int line();

  int column();

  /** How many values this one holds, itself included, with every alias counted in full. */
  int size();

  /** What kind of thing this is, for a message: {@code the number 5}, {@code a list}. */
  String describe();

  /** The types of scalars that YAML 1.2's core schema tells apart. */
  enum ScalarType {
    STRING,
    INTEGER,
    FLOAT,
    BOOLEAN,
    NULL
  }

  /**
   * A single value.
   *
   * @param text the value without quotes
   * @param plain whether it was written without quotes
   */
  record Scalar(ScalarType type, String text, boolean plain, int line, int column)
      implements YamlValue {

    @Override
    public int size() {
      return 1;
    }

    @Override
    public String describe() {
      return switch (type) {
        case STRING -> Quoting.quote(text);
        case INTEGER, FLOAT -> "the number " + Quoting.clip(text);
        case BOOLEAN -> "the boolean " + text;
        case NULL -> "nothing";
      };
    }
  }

  /** A list. */
  record Sequence(List<YamlValue> items, int size, int line, int column) implements YamlValue {

    @Override
    public String describe() {
      return items.isEmpty() ? "an empty list" : "a list";
    }
  }

  /** A mapping; keys are unique. */
  record Mapping(List<Entry> entries, int size, int line, int column) implements YamlValue {

    /** A mapping that nobody wrote, at the place of something else. */
    static Mapping emptyAt(YamlValue place) {
      return new Mapping(List.of(), 1, place.line(), place.column());
    }

    @Override
    public String describe() {
      return entries.isEmpty() ? "an empty mapping" : "a mapping";
    }

    /** The entry with exactly this key. */
    Optional<Entry> entry(String key) {
      for (Entry entry : entries) {
        if (entry.key().equals(key)) {
          return Optional.of(entry);
        }
      }
      return Optional.empty();
    }
  }

  /** A key with its own place, and its value. */
  record Entry(String key, int line, int column, YamlValue value) {}
}
