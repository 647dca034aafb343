package io.librarymesh.outcome;

import io.librarymesh.route.RequestHead;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request head for tests. */
record Request(Map<String, String> headers) implements RequestHead {
  static final Request PLAIN = new Request(Map.of());
  static final Request GRPC = of("application/grpc");

  static Request of(String contentType) {
    return new Request(Map.of("content-type", contentType));
  }

  @Override
  public String method() {
    return "POST";
  }

  @Override
  public String scheme() {
    return "http";
  }

  @Override
  public String authority() {
    return "reviews";
  }

  @Override
  public String path() {
    return "/";
  }

  @Override
  public @Nullable String header(String name) {
    return headers.get(name);
  }
}
