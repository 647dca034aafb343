package io.librarymesh.route;

/**
 * Receives how the headers of a message differ from those it came with, in order. Names are in
 * lower case and never pseudo headers; {@code host} is not among them.
 */
public interface HeaderSink {
  /** Adds a line behind those that are there. */
  void add(String name, String value);

  /** Takes away all lines of a name; there may be none. */
  void remove(String name);

  /** Puts one line in the place of all. */
  default void set(String name, String value) {
    remove(name);
    add(name, value);
  }
}
