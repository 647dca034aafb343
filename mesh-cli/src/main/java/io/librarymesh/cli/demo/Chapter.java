package io.librarymesh.cli.demo;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * One lesson of the workshop.
 *
 * @param title a few words
 * @param sign by what it is seen that the YAML is in force
 * @param yaml the rules that are put in force before it is played
 * @param edit the rules that are put in force while it is played; empty when they stay as they are
 * @param play sends requests and says what was expected and what came
 */
record Chapter(String title, Sign sign, String yaml, Optional<String> edit, Play play) {
  Chapter(String title, String route, String yaml, Play play) {
    this(title, Sign.route(route), yaml, Optional.empty(), play);
  }

  /** What happens in a chapter. */
  @FunctionalInterface
  interface Play {
    List<Check> on(Stage stage) throws IOException, InterruptedException;
  }
}
