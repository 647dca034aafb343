package io.librarymesh.route;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects what is wrong with a configuration, so that one attempt to compile reports all of it.
 */
final class ConfigErrors {
  private final List<String> errors = new ArrayList<>();

  /**
   * Adds an error.
   *
   * @param path where, such as {@code virtualHosts[1].domains[0]}
   * @param message what is wrong and what was expected
   */
  void add(String path, String message) {
    errors.add(path + ": " + message);
  }

  /**
   * Ends the collecting.
   *
   * @throws IllegalArgumentException with all errors, separated by semicolons
   */
  void throwIfAny() {
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", errors));
    }
  }
}
