package io.librarymesh;

import io.librarymesh.route.RequestHead;
import org.jspecify.annotations.Nullable;

/** A request head of a test that drives calls itself; it has no header but {@code content-type}. */
record PlainRequest(String method, String authority, String path, @Nullable String contentType)
    implements RequestHead {
  static PlainRequest get(String authority) {
    return new PlainRequest("GET", authority, "/", null);
  }

  static PlainRequest ofGrpc(String authority) {
    return new PlainRequest("POST", authority, "/hello.Greeter/Greet", "application/grpc");
  }

  @Override
  public String scheme() {
    return "http";
  }

  @Override
  public @Nullable String header(String name) {
    return name.equals("content-type") ? contentType : null;
  }
}
