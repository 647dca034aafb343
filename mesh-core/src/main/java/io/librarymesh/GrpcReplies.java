package io.librarymesh;

import io.librarymesh.config.Body;
import io.librarymesh.outcome.GrpcStatus;
import io.librarymesh.route.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Local replies for callers that speak gRPC: 200 without a body, the status and the words in
 * headers. Source: Envoy {@code Http::Utility::sendLocalReply} and {@code Grpc::Utility}.
 */
final class GrpcReplies {
  private static final String GRPC = "application/grpc";
  private static final String STATUS = "grpc-status";

  private GrpcReplies() {}

  /** The reply as the caller understands it. */
  static Step.Reply forCaller(Step.Reply reply, RequestHead head) {
    return GrpcStatus.isGrpc(head.header("content-type")) && !reply.headers().containsKey(STATUS)
        ? of(reply, grpcStatus(reply.status()))
        : reply;
  }

  /** The reply with a status of gRPC. */
  static Step.Reply of(Step.Reply reply, int grpcStatus) {
    Map<String, List<String>> headers = new LinkedHashMap<>(reply.headers());
    headers.put("content-type", List.of(GRPC));
    headers.put(STATUS, List.of(Integer.toString(grpcStatus)));
    if (!reply.body().isEmpty()) {
      headers.put("grpc-message", List.of(percentEncoded(reply.body().text())));
    }
    return new Step.Reply(200, Body.EMPTY, headers, reply.flags());
  }

  private static int grpcStatus(int httpStatus) {
    return switch (httpStatus) {
      case 400 -> 13;
      case 401 -> 16;
      case 403 -> 7;
      case 404 -> 12;
      case 429, 502, 503, 504 -> 14;
      default -> 2;
    };
  }

  /** Source: gRPC over HTTP/2, {@code Percent-Encoded}: what is printable but for the sign. */
  private static String percentEncoded(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      if (each >= ' ' && each <= '~' && each != '%') {
        encoded.append((char) each);
      } else {
        encoded.append(String.format("%%%02X", each & 0xff));
      }
    }
    return encoded.toString();
  }
}
