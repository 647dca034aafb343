package io.librarymesh.okhttp;

import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * What the mesh asks of the connection of a request: how many requests it serves. OkHttp uses a
 * connection no more once a request has gone over it that says {@code Connection: close}; over
 * HTTP/2, where the header is not sent, from when that request is answered.
 *
 * @param maxRequests more than 0
 */
record ConnectionUse(int maxRequests) {
  /** The request with what the mesh asks of its connection; the same object for nothing. */
  static Request on(Request request, int maxRequests) {
    return maxRequests == 0
        ? request
        : request.newBuilder().tag(ConnectionUse.class, new ConnectionUse(maxRequests)).build();
  }

  /** The request as it goes over its connection, for which it counts. */
  static Request over(@Nullable EndpointSocket socket, Request onTheWire) {
    ConnectionUse use = onTheWire.tag(ConnectionUse.class);
    if (use == null || socket == null || socket.countRequest() < use.maxRequests) {
      return onTheWire;
    }
    // An upgraded connection is nobody else's anyway.
    return onTheWire.header("Upgrade") != null
        ? onTheWire
        : onTheWire.newBuilder().header("Connection", "close").build();
  }
}
