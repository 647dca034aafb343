package io.librarymesh.config;

import io.librarymesh.config.PathNormalization.EscapedSlashes;
import java.util.List;

/**
 * What a server asks of the requests on one of its ports.
 *
 * @param paths the form of the path that the rules see, and that goes on to the application
 * @param client where requests come from
 * @param filters in the order in which a request takes them
 */
public record InboundPolicy(
    PathNormalization paths, ClientAddress client, List<InboundFilter> filters) {
  /** What istiod asks for unless told otherwise ({@code BASE}). */
  public static final PathNormalization BASE =
      new PathNormalization(true, false, EscapedSlashes.KEEP_UNCHANGED);

  /**
   * @throws IllegalArgumentException if escaped slashes are to be answered with a redirect, which a
   *     server within the application has no way to send for every protocol
   */
  public InboundPolicy {
    if (paths.escapedSlashes() == EscapedSlashes.UNESCAPE_AND_REDIRECT) {
      throw new IllegalArgumentException(
          "escaped slashes: UNESCAPE_AND_REDIRECT (expected: another action for a server)");
    }
    filters = List.copyOf(filters);
  }
}
