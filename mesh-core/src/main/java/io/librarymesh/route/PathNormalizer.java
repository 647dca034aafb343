package io.librarymesh.route;

import io.librarymesh.config.PathNormalization;
import io.librarymesh.config.PathNormalization.EscapedSlashes;

/**
 * Brings the path of a request into the one form that rules and upstream see: escaped slashes
 * first, then dot segments and escapes, adjacent slashes last.
 *
 * <p>A normal path costs one look at each of its characters and no memory. What comes out is never
 * longer than what went in and stays as it is when it goes in again. A path that does not begin
 * with a slash, such as {@code *}, has no such form and stays.
 *
 * <p>Immutable; any thread. Source: Envoy {@code ConnectionManagerUtility::maybeNormalizePath}.
 */
public final class PathNormalizer {
  private final PathNormalization options;
  private final boolean none;
  private final boolean unescapes;

  private PathNormalizer(PathNormalization options) {
    this.options = options;
    this.none = options.isNone();
    this.unescapes = options.escapedSlashes() != EscapedSlashes.KEEP_UNCHANGED;
  }

  /** Compiles what a listener asks for. */
  public static PathNormalizer compile(PathNormalization options) {
    return new PathNormalizer(options);
  }

  /**
   * Decides about one path.
   *
   * @param path with its query, as it goes over the wire
   */
  public PathDecision decide(String path) {
    return none || !isConspicuous(path) ? PathDecision.Normal.INSTANCE : rewrite(path);
  }

  /** Whether a path has any of what a normal one has not; a few normal ones are suspected, too. */
  private static boolean isConspicuous(String path) {
    if (path.isEmpty() || path.charAt(0) != '/') {
      return false;
    }
    char before = '/';
    for (int i = 1; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '%' || c == '\\' || (before == '/' && (c == '/' || c == '.'))) {
        return true;
      } else if (c == '?' || c == '#') {
        return false;
      }
      before = c;
    }
    return false;
  }

  private PathDecision rewrite(String path) {
    PathWriter writer = new PathWriter(path);
    boolean unescaped = unescapes && writer.unescapeSlashes();
    if (unescaped && options.escapedSlashes() == EscapedSlashes.REJECT_REQUEST) {
      return new PathDecision.Refused("it has an escaped slash");
    }
    if (options.normalize() && !writer.normalize()) {
      return new PathDecision.Refused("it has %00");
    }
    if (options.mergeSlashes()) {
      writer.mergeSlashes();
    }
    String normal = writer.toString();
    if (normal.equals(path)) {
      return PathDecision.Normal.INSTANCE;
    }
    return unescaped && options.escapedSlashes() == EscapedSlashes.UNESCAPE_AND_REDIRECT
        ? new PathDecision.Redirected(normal)
        : new PathDecision.Changed(normal);
  }
}
