package io.librarymesh.controlplane.convert;

import java.util.List;

/** What is to be written into a mapping: a key with its value. */
sealed interface Line {

  /**
   * A single value.
   *
   * @param key the key without quotes
   * @param token the value as it stands in YAML and in JSON, with quotes where it needs them
   */
  record Value(String key, String token) implements Line {}

  /** A mapping. */
  record Nested(String key, List<Line> lines) implements Line {

    /** Copies the list. */
    public Nested {
      lines = List.copyOf(lines);
    }
  }

  /** A list of single values, as they stand in YAML and in JSON. */
  record Items(String key, List<String> tokens) implements Line {

    /** Copies the list. */
    public Items {
      tokens = List.copyOf(tokens);
    }
  }

  /** Something that stands elsewhere in the text, with the comments inside it. */
  record Moved(Field field) implements Line {}
}
