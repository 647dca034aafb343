package io.librarymesh.outcome;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A response head for tests. */
record Head(int status, Map<String, String> headers) implements ResponseHead {
  static Head of(int status) {
    return new Head(status, Map.of());
  }

  static Head of(int status, String name, String value) {
    return new Head(status, Map.of(name, value));
  }

  /** An answer without a body, as a gRPC server gives it at once. */
  static Head trailersOnly(int grpcStatus) {
    return new Head(
        200,
        Map.of("content-type", "application/grpc", "grpc-status", Integer.toString(grpcStatus)));
  }

  @Override
  public @Nullable String header(String name) {
    return headers.get(name);
  }
}
