package io.librarymesh.okhttp;

import io.librarymesh.MeshCall;
import io.librarymesh.Step;
import io.librarymesh.time.Scheduler;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executor;
import okhttp3.Request;
import okhttp3.RequestBody;
import okio.Buffer;
import okio.BufferedSink;
import okio.ForwardingSink;
import okio.Okio;
import org.jspecify.annotations.Nullable;

/**
 * Sends copies of requests and throws the answers away. A call never waits for its copies and never
 * learns what became of them: when {@link #MAX_IN_FLIGHT} are on their way, further ones are
 * dropped. Any thread.
 *
 * <p>A body is copied before the call sends it, so it has to be one that can be sent twice, and of
 * at most {@link #MAX_BODY_BYTES}; a request with another body, or one that asks for another
 * protocol, is not copied.
 */
final class Mirrors {
  static final int MAX_IN_FLIGHT = 64;

  /** As much as Envoy buffers of a request by default. */
  static final long MAX_BODY_BYTES = 1 << 20;

  private static final Executor THREADS = SideThreads.pool("library-mesh-mirror");

  private final EndpointClients clients;
  private final SideThreads side = new SideThreads(THREADS, MAX_IN_FLIGHT);

  Mirrors(EndpointClients clients) {
    this.clients = clients;
  }

  /** How many copies are on their way. */
  int inFlight() {
    return side.inFlight();
  }

  /**
   * Lets copies go.
   *
   * @param head the request as the caller made it
   * @param tag of the call that is copied
   */
  void send(List<MeshCall> copies, RequestView head, CallTag tag) {
    Request request = copied(head.request());
    for (int i = 0; request != null && i < copies.size(); i++) {
      MeshCall copy = copies.get(i);
      RequestView view = new RequestView(request);
      // Where there is no thread for it the copy is dropped.
      boolean unused = side.tryRun(() -> send(copy, view, tag.ofCopy()));
    }
  }

  private void send(MeshCall copy, RequestView head, CallTag tag) {
    Caller nobody = new Caller(Scheduler.system(), failure -> {});
    MeshExchange exchange =
        new MeshExchange(copy, clients, MeshFallback.NONE, nobody, null, tag, head);
    try {
      Step.Wait wait = exchange.advance();
      while (wait != null) {
        nobody.await(wait);
        wait = exchange.advance();
      }
      exchange.response().close();
    } catch (IOException e) {
      // The mesh knows what the upstream did, and nobody else wants to.
      exchange.cancel();
    }
  }

  /** The request with a body of its own; null when it cannot be copied. */
  private static @Nullable Request copied(Request request) {
    if (request.header("Upgrade") != null) {
      return null;
    }
    RequestBody body = request.body();
    if (body == null) {
      return request;
    }
    RequestBody copy = copied(body);
    return copy == null ? null : request.newBuilder().method(request.method(), copy).build();
  }

  private static @Nullable RequestBody copied(RequestBody body) {
    if (body.isDuplex() || body.isOneShot()) {
      return null;
    }
    Buffer buffer = new Buffer();
    try (BufferedSink sink = Okio.buffer(bounded(buffer))) {
      if (body.contentLength() > MAX_BODY_BYTES) {
        return null;
      }
      body.writeTo(sink);
    } catch (IOException e) {
      return null; // too long, or the call will find out itself
    }
    return RequestBody.create(buffer.readByteString(), body.contentType());
  }

  private static ForwardingSink bounded(Buffer buffer) {
    return new ForwardingSink(buffer) {
      @Override
      public void write(Buffer source, long byteCount) throws IOException {
        if (buffer.size() + byteCount > MAX_BODY_BYTES) {
          throw new IOException("body: over " + MAX_BODY_BYTES + " bytes");
        }
        super.write(source, byteCount);
      }
    };
  }
}
