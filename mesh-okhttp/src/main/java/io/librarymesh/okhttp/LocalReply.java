package io.librarymesh.okhttp;

import io.librarymesh.Step;
import java.util.List;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;

/** Makes a response of what the mesh answers by itself. */
final class LocalReply {
  private LocalReply() {}

  static Response response(Step.Reply reply, Request request, String flags) {
    Response.Builder response =
        new Response.Builder()
            .request(request)
            .protocol(Protocol.HTTP_1_1)
            .code(reply.status())
            .message(reason(reply.status()));
    if (!reply.body().isEmpty()) {
      List<String> type = reply.headers().getOrDefault("content-type", List.of());
      MediaType media = type.isEmpty() ? null : MediaType.parse(type.get(0));
      response.body(ResponseBody.create(reply.body().bytes(), media));
    }
    reply.headers().forEach((name, lines) -> lines.forEach(line -> response.addHeader(name, line)));
    if (!flags.isEmpty()) {
      response.header(MeshResponse.FLAGS_HEADER, flags);
    }
    return response.build();
  }

  /** The reason phrases of RFC 9110 that a mesh has use for; any other status goes without. */
  private static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 301 -> "Moved Permanently";
      case 302 -> "Found";
      case 303 -> "See Other";
      case 307 -> "Temporary Redirect";
      case 308 -> "Permanent Redirect";
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 408 -> "Request Timeout";
      case 429 -> "Too Many Requests";
      case 500 -> "Internal Server Error";
      case 501 -> "Not Implemented";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      default -> "";
    };
  }
}
