package io.librarymesh;

/** Receives the headers that the mesh sets on an attempt, replacing any of the same name. */
@FunctionalInterface
public interface HeaderSink {
  /**
   * Sets one header.
   *
   * @param name lower-case
   */
  void set(String name, String value);
}
