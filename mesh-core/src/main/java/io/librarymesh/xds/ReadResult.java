package io.librarymesh.xds;

import java.util.List;

/** What became of one resource that was read. */
sealed interface ReadResult<T> {
  /**
   * The resource is in order.
   *
   * @param warnings what it asks for and does not get, each with its path
   */
  record Accepted<T>(T value, List<String> warnings) implements ReadResult<T> {
    public Accepted {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * The resource cannot be used.
   *
   * @param errors all that is wrong with it, each with its path; not empty
   */
  record Refused<T>(List<String> errors) implements ReadResult<T> {
    public Refused {
      errors = List.copyOf(errors);
    }
  }
}
