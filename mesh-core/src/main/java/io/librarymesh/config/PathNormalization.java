package io.librarymesh.config;

/**
 * How the path of a request is brought into one form before rules see it; the upstream gets that
 * form, too. The query is left alone. Source: Envoy {@code HttpConnectionManager.normalize_path},
 * {@code merge_slashes}, {@code path_with_escaped_slashes_action}, carried out in the order escaped
 * slashes, normalization, merged slashes.
 *
 * @param normalize whether dot segments are resolved, backslashes become slashes and escapes of
 *     unreserved characters are decoded (RFC 3986 6.2.2); a path with {@code %00} is refused then
 * @param mergeSlashes whether adjacent slashes become one
 * @param escapedSlashes what becomes of {@code %2F} and {@code %5C}
 */
public record PathNormalization(
    boolean normalize, boolean mergeSlashes, EscapedSlashes escapedSlashes) {
  /** Paths stay as callers write them. */
  public static final PathNormalization NONE =
      new PathNormalization(false, false, EscapedSlashes.KEEP_UNCHANGED);

  /** What becomes of a path with {@code %2F} or {@code %5C}, in either case of their letters. */
  public enum EscapedSlashes {
    /** They stay. */
    KEEP_UNCHANGED,
    /** The request is refused with 400. */
    REJECT_REQUEST,
    /** They are decoded, and the caller is sent to the path that comes of it with 307. */
    UNESCAPE_AND_REDIRECT,
    /** They are decoded, and the request goes on. */
    UNESCAPE_AND_FORWARD
  }

  /** Whether paths may change or be refused at all. */
  public boolean isNone() {
    return equals(NONE);
  }
}
