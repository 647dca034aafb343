package io.librarymesh.server;

import io.librarymesh.authz.InboundVerdict;
import io.librarymesh.config.Body;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a caller gets who is not let in, as Envoy writes it; callers who speak gRPC get a status of
 * gRPC.
 *
 * @param headers lines by name
 * @param content what it says; empty: nothing
 */
record LocalAnswer(int status, Map<String, List<String>> headers, Body content) {
  private static final int OK = 200;

  static LocalAnswer of(InboundVerdict.Denied denied, @Nullable String contentType) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    InboundVerdict.Answer answer = denied.answer().orElse(null);
    if (answer != null) {
      headers.putAll(answer.headers());
    }
    if (!denied.challenge().isEmpty()) {
      headers.put("www-authenticate", List.of(denied.challenge()));
    }
    if (isGrpc(contentType)) {
      headers.put("content-type", List.of("application/grpc"));
      headers.put("grpc-status", List.of(Integer.toString(denied.grpcStatus())));
      headers.put("grpc-message", List.of(message(denied.body())));
      return new LocalAnswer(OK, headers, Body.EMPTY);
    }
    if (answer != null) {
      return new LocalAnswer(denied.status(), headers, answer.body());
    }
    if (!denied.body().isEmpty()) {
      headers.put("content-type", List.of("text/plain"));
    }
    return new LocalAnswer(denied.status(), headers, Body.ofText(denied.body()));
  }

  byte[] body() {
    return content.bytes();
  }

  /** One line, as gRPC has it over HTTP: what is not printable is escaped. */
  private static String message(String text) {
    StringBuilder out = new StringBuilder();
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      if (each >= ' ' && each < 0x7f && each != '%') {
        out.append((char) each);
      } else {
        out.append('%')
            .append(Character.toUpperCase(Character.forDigit((each >> 4) & 15, 16)))
            .append(Character.toUpperCase(Character.forDigit(each & 15, 16)));
      }
    }
    return out.toString();
  }

  private static boolean isGrpc(@Nullable String contentType) {
    return contentType != null
        && (contentType.equals("application/grpc")
            || contentType.startsWith("application/grpc+")
            || contentType.startsWith("application/grpc;"));
  }
}
