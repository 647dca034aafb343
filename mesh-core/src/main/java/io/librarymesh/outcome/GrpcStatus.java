package io.librarymesh.outcome;

import io.librarymesh.route.GrpcRequest;
import io.librarymesh.route.HeaderNumber;
import io.librarymesh.route.RequestHead;

/** The status of a gRPC answer that has no body, which stands in its headers. */
final class GrpcStatus {
  /** No status, or none that can be read. */
  static final int NONE = HeaderNumber.NONE;

  static final int CANCELLED = 1;
  static final int DEADLINE_EXCEEDED = 4;
  static final int RESOURCE_EXHAUSTED = 8;
  static final int INTERNAL = 13;
  static final int UNAVAILABLE = 14;

  private static final int[] HTTP = {
    200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401
  };

  private GrpcStatus() {}

  /** The {@code grpc-status} header as a number, or {@link #NONE}. */
  static int of(ResponseHead head) {
    return (int) HeaderNumber.of(head.header("grpc-status"), 4);
  }

  /**
   * The HTTP status that outlier detection takes the answer for: only a gRPC request has one that
   * counts. Source: Envoy's router, {@code grpc_request_}.
   */
  static int httpStatus(RequestHead request, ResponseHead head) {
    int status = of(head);
    if (status == NONE || !GrpcRequest.isGrpc(request.header("content-type"))) {
      return head.status();
    }
    return status < HTTP.length ? HTTP[status] : 500;
  }
}
