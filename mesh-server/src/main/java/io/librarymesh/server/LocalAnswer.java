package io.librarymesh.server;

import io.librarymesh.authz.InboundVerdict;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a caller gets who is not let in, as Envoy writes it; callers who speak gRPC get a status of
 * gRPC.
 *
 * @param headers by name
 * @param text what it says; empty: nothing
 */
record LocalAnswer(int status, Map<String, String> headers, String text) {
  private static final int OK = 200;

  static LocalAnswer of(InboundVerdict.Denied denied, @Nullable String contentType) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (!denied.challenge().isEmpty()) {
      headers.put("www-authenticate", denied.challenge());
    }
    if (isGrpc(contentType)) {
      headers.put("content-type", "application/grpc");
      headers.put("grpc-status", Integer.toString(denied.grpcStatus()));
      headers.put("grpc-message", denied.body().replace("%", "%25"));
      return new LocalAnswer(OK, headers, "");
    }
    if (!denied.body().isEmpty()) {
      headers.put("content-type", "text/plain");
    }
    return new LocalAnswer(denied.status(), headers, denied.body());
  }

  byte[] body() {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static boolean isGrpc(@Nullable String contentType) {
    return contentType != null
        && (contentType.equals("application/grpc")
            || contentType.startsWith("application/grpc+")
            || contentType.startsWith("application/grpc;"));
  }
}
