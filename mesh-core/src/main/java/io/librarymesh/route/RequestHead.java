package io.librarymesh.route;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the mesh reads of a request, without copying it. An adapter implements this over its
 * client's own request.
 *
 * <p>Read only by the thread that drives the call.
 */
public interface RequestHead extends HeaderLookup {
  /** Such as {@code GET}; case-sensitive. */
  String method();

  /** {@code http} or {@code https}. */
  String scheme();

  /** The Host header: {@code host} or {@code host:port}, as the caller set it. */
  String authority();

  /** Path and query as they go over the wire, beginning with a slash; no fragment. */
  String path();

  /**
   * The value of a header; several lines of one name are joined with a comma.
   *
   * @param name lower-case, never a pseudo header
   * @return null when the request has no such header
   */
  @Override
  @Nullable String header(String name);

  /**
   * The lines of a header, in order; empty when the request has no such header. Asked only where
   * joined lines would not do. What this returns unless overridden takes a value for one line.
   *
   * @param name lower-case, never a pseudo header
   */
  default List<String> headerLines(String name) {
    String value = header(name);
    return value == null ? List.of() : List.of(value);
  }

  /**
   * Whether the name of some header begins like this. Asked once for each attempt, before headers
   * are looked up one by one; what this returns unless overridden has them looked up always.
   *
   * @param prefix lower-case
   * @return false only when no header does
   */
  default boolean mayHaveHeader(String prefix) {
    return true;
  }
}
