package io.librarymesh.config;

/**
 * How a request is changed before it is sent, its headers aside. Source: Envoy {@code
 * route.v3.RouteAction}.
 *
 * @param appendForwardedHost whether {@code x-forwarded-host} gets the authority that a rewrite
 *     replaces
 */
public record RequestRewrite(PathRewrite path, HostRewrite host, boolean appendForwardedHost) {
  /** Changes nothing. */
  public static final RequestRewrite NONE =
      new RequestRewrite(PathRewrite.NONE, HostRewrite.NONE, false);

  public RequestRewrite {
    if (path instanceof PathRewrite.Whole) {
      throw new IllegalArgumentException("path: " + path + " (expected: a prefix or a regex)");
    }
  }
}
