package io.librarymesh.route;

import org.jspecify.annotations.Nullable;

/**
 * What the mesh reads of a request, without copying it. An adapter implements this over its
 * client's own request.
 *
 * <p>Read only by the thread that drives the call.
 */
public interface RequestHead {
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
  @Nullable String header(String name);
}
