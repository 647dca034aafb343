package io.librarymesh.okhttp;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import okhttp3.Connection;
import okhttp3.Interceptor;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The interceptors of attempts. They keep OkHttp from turning one attempt into several exchanges
 * where no switch of the client does.
 */
final class SingleExchange {
  private SingleExchange() {}

  /** Application interceptor: sets the caller's timeouts where they differ from the client's. */
  static Response withTimeouts(Interceptor.Chain chain) throws IOException {
    CallTag tag = CallTag.of(chain.request());
    Interceptor.Chain next = chain;
    if (tag != null && tag.readTimeoutMillis != next.readTimeoutMillis()) {
      next = next.withReadTimeout(tag.readTimeoutMillis, TimeUnit.MILLISECONDS);
    }
    if (tag != null && tag.writeTimeoutMillis != next.writeTimeoutMillis()) {
      next = next.withWriteTimeout(tag.writeTimeoutMillis, TimeUnit.MILLISECONDS);
    }
    return next.proceed(chain.request());
  }

  /**
   * Network interceptor: sends over a connection that lives, and once, what the mesh wants sent.
   * OkHttp repeats a request that was answered with 503 and {@code Retry-After: 0}; it does not
   * when that header is hidden.
   *
   * @throws StaleConnectionException when the peer has closed the pooled connection
   */
  static Response overLiveConnection(Interceptor.Chain chain) throws IOException {
    EndpointSocket socket = socket(chain);
    if (socket != null && isHttp1(chain) && socket.isStale()) {
      throw new StaleConnectionException();
    }
    Response response = proceed(chain, socket);
    String retryAfter = response.code() == 503 ? response.header("Retry-After") : null;
    CallTag tag = CallTag.of(chain.request());
    if (retryAfter == null || tag == null) {
      return response;
    }
    tag.hideRetryAfter(retryAfter);
    return response.newBuilder().removeHeader("Retry-After").build();
  }

  /** Null where nobody has a question to it. */
  private static @Nullable EndpointSocket socket(Interceptor.Chain chain) {
    Connection connection = chain.connection();
    boolean asked = isHttp1(chain) || chain.request().tag(ConnectionUse.class) != null;
    return asked && connection != null
        ? EndpointSockets.under(connection, chain.getSocketFactory())
        : null;
  }

  /** Connections of HTTP/2 have a reader that notices the end by itself. */
  private static boolean isHttp1(Interceptor.Chain chain) {
    Connection connection = chain.connection();
    return connection != null && connection.protocol() == Protocol.HTTP_1_1;
  }

  /** Sends what the mesh made of the request; for OkHttp it stays the one that it was. */
  private static Response proceed(Interceptor.Chain chain, @Nullable EndpointSocket socket)
      throws IOException {
    Request request = chain.request();
    Request onTheWire = ConnectionUse.over(socket, OutgoingRequest.onTheWire(request));
    Response response = chain.proceed(onTheWire);
    return onTheWire == request ? response : response.newBuilder().request(request).build();
  }

  /** The connection ended before it was used again; nothing was sent. */
  static final class StaleConnectionException extends IOException {
    private static final long serialVersionUID = 1L;

    StaleConnectionException() {
      super("the pooled connection was closed by the peer");
    }

    @Override
    public Throwable fillInStackTrace() {
      return this;
    }
  }
}
