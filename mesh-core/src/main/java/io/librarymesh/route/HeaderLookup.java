package io.librarymesh.route;

import org.jspecify.annotations.Nullable;

/** Finds the headers of a message. */
@FunctionalInterface
public interface HeaderLookup {
  /**
   * The value of a header; several lines of one name are joined with a comma.
   *
   * @param name lower-case
   * @return null when the message has no such header
   */
  @Nullable String header(String name);
}
