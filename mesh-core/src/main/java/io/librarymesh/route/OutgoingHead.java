package io.librarymesh.route;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request as it goes out: what the caller made, and what its route changed. Made only for calls
 * whose route changes something. Confined to a call.
 */
public final class OutgoingHead implements RequestHead {
  private final RequestHead caller;
  private final HeaderChanges headers;
  private String authority;
  private String path;

  OutgoingHead(RequestHead caller) {
    this(caller, new HeaderChanges(caller), caller.authority(), caller.path());
  }

  private OutgoingHead(RequestHead caller, HeaderChanges headers, String authority, String path) {
    this.caller = caller;
    this.headers = headers;
    this.authority = authority;
    this.path = path;
  }

  /** The same request, to be changed further by itself. */
  OutgoingHead copy() {
    return new OutgoingHead(caller, headers.copy(), authority, path);
  }

  @Override
  public String method() {
    return caller.method();
  }

  @Override
  public String scheme() {
    return caller.scheme();
  }

  @Override
  public String authority() {
    return authority;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public @Nullable String header(String name) {
    return headers.header(name);
  }

  @Override
  public List<String> headerLines(String name) {
    return headers.lines(name, caller.headerLines(name));
  }

  /** Tells {@code sink} how the headers differ from the caller's. */
  public void headersTo(HeaderSink sink) {
    headers.applyTo(sink);
  }

  HeaderChanges headers() {
    return headers;
  }

  /**
   * Replaces the authority.
   *
   * @param appendForwardedHost whether {@code x-forwarded-host} gets the old one, unless it ends
   *     with that already
   */
  void rewriteAuthority(String rewritten, boolean appendForwardedHost) {
    if (appendForwardedHost && !authority.isEmpty()) {
      String before = headers.header("x-forwarded-host");
      if (before == null || before.isEmpty()) {
        headers.set("x-forwarded-host", authority);
      } else if (!before.substring(before.lastIndexOf(',') + 1).strip().equals(authority)) {
        headers.set("x-forwarded-host", before + "," + authority);
      }
    }
    authority = rewritten;
  }

  /** Replaces the path and says what it was. */
  void rewritePath(String rewritten) {
    headers.set("x-envoy-original-path", path);
    path = rewritten;
  }
}
