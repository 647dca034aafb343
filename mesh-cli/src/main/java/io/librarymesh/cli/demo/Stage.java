package io.librarymesh.cli.demo;

import java.io.IOException;

/**
 * Where chapters play: a control plane over a directory of YAML, three greeters and a helloweb in
 * JVMs of their own.
 */
interface Stage {
  Load load();

  /**
   * Tells a greeter how to behave.
   *
   * @param behaviour a query such as {@code fail=100&status=503}; empty for well
   */
  void behave(String version, String behaviour) throws IOException;

  /**
   * Edits the rules in the directory, as a user would, and does not wait.
   *
   * @return when, on the clock of {@link System#nanoTime}
   */
  long write(String yaml) throws IOException;

  /**
   * Waits until an answer of helloweb shows that the rules are in force.
   *
   * @return when the first such call began, on the clock of {@link System#nanoTime}
   */
  long awaitInForce(Sign sign) throws IOException, InterruptedException;

  /** What a stranger without a certificate finds at the port of a greeter. */
  PeerLook look(String version) throws IOException;
}
