package io.librarymesh;

import io.librarymesh.config.Body;
import io.librarymesh.route.GrpcRequest;
import io.librarymesh.route.RequestHead;
import io.librarymesh.telemetry.ResponseFlag;
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
  private static final int DEADLINE_EXCEEDED = 4;

  private GrpcReplies() {}

  /** The reply as the caller understands it. */
  static Step.Reply forCaller(Step.Reply reply, RequestHead head) {
    return GrpcRequest.isGrpc(head.header("content-type")) && !reply.headers().containsKey(STATUS)
        ? of(reply, grpcStatus(reply))
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

  /** Source: Envoy {@code ActiveStream::onStreamMaxDurationReached} for the first. */
  private static int grpcStatus(Step.Reply reply) {
    if (reply.flags().contains(ResponseFlag.DT)) {
      return DEADLINE_EXCEEDED;
    }
    return switch (reply.status()) {
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
