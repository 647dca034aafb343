package io.librarymesh.authz;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a request to a server. An adapter implements this over its server's own request.
 *
 * <p>Read only by the thread that asks for the decision.
 */
public interface InboundRequest extends InboundConnection {
  /** Such as {@code GET}; case-sensitive. */
  String method();

  /** {@code http} or {@code https}, as the caller connected. */
  String scheme();

  /** The Host header or {@code :authority}, as the caller sent it; empty when there is none. */
  String authority();

  /** The request target as it came over the wire, with its query, nothing decoded. */
  String path();

  /**
   * The values of a header, one for each line, in order; empty when the request has no such header.
   *
   * @param name lower-case, never a pseudo header
   */
  List<String> headerLines(String name);

  /** The names of all headers, lower-case, no pseudo headers. */
  Set<String> headerNames();

  /**
   * The path by which the framework finds what answers, where it understands paths its own way:
   * without {@code ;parameters}, decoded as a whole. What is denied for either path is denied.
   *
   * @return begins with a slash; null where the framework takes {@link #path} as it is
   */
  default @Nullable String dispatchPath() {
    return null;
  }
}
