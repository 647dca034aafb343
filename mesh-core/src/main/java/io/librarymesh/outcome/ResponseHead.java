package io.librarymesh.outcome;

import org.jspecify.annotations.Nullable;

/**
 * What the mesh reads of an upstream's answer before its body. Read only by the thread that drives
 * the call.
 */
public interface ResponseHead {
  /** The status code, 200..599: informational answers are not reported. */
  int status();

  /**
   * The value of a header; several lines of one name are joined with a comma.
   *
   * @param name lower-case
   * @return null when the answer has no such header
   */
  @Nullable String header(String name);
}
