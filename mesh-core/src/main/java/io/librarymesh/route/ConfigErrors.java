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

  /** Runs a part of the compilation and adds what it throws as an error. */
  void collect(String path, Runnable part) {
    try {
      part.run();
    } catch (IllegalArgumentException e) {
      add(path, String.valueOf(e.getMessage()));
    }
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
