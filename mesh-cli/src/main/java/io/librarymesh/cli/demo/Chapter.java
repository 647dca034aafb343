package io.librarymesh.cli.demo;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * One lesson of the workshop.
 *
 * @param title a few words
 * @param route the name that the YAML gives to the rule for a plain request; seeing it on an answer
 *     proves that the YAML is in force
 * @param yaml the rules that are put in force before it is played
 * @param edit the rules that are put in force while it is played; empty when they stay as they are
 * @param play sends requests and says what was expected and what came
 */
record Chapter(String title, String route, String yaml, Optional<String> edit, Play play) {
  Chapter(String title, String route, String yaml, Play play) {
    this(title, route, yaml, Optional.empty(), play);
  }

  /** What happens in a chapter. */
  @FunctionalInterface
  interface Play {
    List<Check> on(Stage stage) throws IOException, InterruptedException;
  }
}
