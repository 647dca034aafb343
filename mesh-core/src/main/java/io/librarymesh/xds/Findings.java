package io.librarymesh.xds;

import java.util.ArrayList;
import java.util.List;

/**
 * What reading one resource brings to light: errors, which refuse it, and warnings about what it
 * asks for and does not get. Confined to one reading.
 */
final class Findings {
  /**
   * Enough to mend a resource by; a broken one of thousands of routes must not flood the server.
   */
  private static final int MAX_EACH = 20;

  private final Collected errors = new Collected();
  private final Collected warnings = new Collected();

  /**
   * Adds an error.
   *
   * @param message what was found and what was expected, such as {@code 700 (expected: 200..599)}
   */
  void error(FieldPath at, String message) {
    errors.add(at, message);
  }

  /** Adds a warning. */
  void warn(FieldPath at, String message) {
    warnings.add(at, message);
  }

  boolean hasErrors() {
    return errors.count > 0;
  }

  /** In the order they were found, each with its path. */
  List<String> errors() {
    return errors.lines();
  }

  /** In the order they were found, each with its path. */
  List<String> warnings() {
    return warnings.lines();
  }

  private static final class Collected {
    private final List<String> lines = new ArrayList<>();
    private int count;

    void add(FieldPath at, String message) {
      if (count++ < MAX_EACH) {
        String path = at.toString();
        lines.add(path.isEmpty() ? message : path + ": " + message);
      }
    }

    List<String> lines() {
      List<String> result = new ArrayList<>(lines);
      if (count > MAX_EACH) {
        result.add("and " + (count - MAX_EACH) + " more");
      }
      return List.copyOf(result);
    }
  }
}
