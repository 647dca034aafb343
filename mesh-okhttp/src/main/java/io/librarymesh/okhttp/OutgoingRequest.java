package io.librarymesh.okhttp;

import io.librarymesh.MeshCall;
import io.librarymesh.route.HeaderSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import okhttp3.HttpUrl;
import okhttp3.Request;

/**
 * The request of an attempt as the mesh wants it. Headers are changed at once. What OkHttp would
 * change back, and the path, which its cache goes by, are changed where the request goes out.
 */
final class OutgoingRequest implements HeaderSink {
  /** What OkHttp puts on a request itself. */
  private static final Set<String> SET_BY_OKHTTP =
      Set.of(
          "accept-encoding",
          "connection",
          "content-length",
          "content-type",
          "transfer-encoding",
          "user-agent");

  private final Request.Builder builder;
  private final List<Consumer<Request.Builder>> onTheWire = new ArrayList<>(0);

  private OutgoingRequest(Request.Builder builder) {
    this.builder = builder;
  }

  /**
   * The request of the attempt that {@code call} asks for.
   *
   * @param head the request as the mesh was told of it
   */
  static Request of(MeshCall call, RequestView head, CallTag tag) {
    Request request = head.request();
    OutgoingRequest outgoing = new OutgoingRequest(request.newBuilder().tag(CallTag.class, tag));
    String authority = call.authority();
    if (!authority.equals(head.authority())) {
      outgoing.builder.header("Host", authority);
    }
    String path = call.path();
    if (!path.equals(head.path())) {
      HttpUrl url = withPath(request.url(), path);
      outgoing.onTheWire.add(wire -> wire.url(url));
    }
    call.requestHeaders(outgoing);
    return outgoing.build();
  }

  /** The request as it goes out; the same object when there is nothing to change any more. */
  static Request onTheWire(Request request) {
    WireChanges changes = request.tag(WireChanges.class);
    if (changes == null) {
      return request;
    }
    Request.Builder wire = request.newBuilder();
    changes.all.forEach(change -> change.accept(wire));
    return wire.build();
  }

  private Request build() {
    if (!onTheWire.isEmpty()) {
      builder.tag(WireChanges.class, new WireChanges(onTheWire));
    }
    return builder.build();
  }

  /** A URL has no path that does not begin with a slash. */
  private static HttpUrl withPath(HttpUrl url, String path) {
    int query = path.indexOf('?');
    String encodedPath = query < 0 ? path : path.substring(0, query);
    return url.newBuilder()
        .encodedPath(encodedPath.startsWith("/") ? encodedPath : "/" + encodedPath)
        .encodedQuery(query < 0 ? null : path.substring(query + 1))
        .build();
  }

  @Override
  public void add(String name, String value) {
    if (SET_BY_OKHTTP.contains(name)) {
      onTheWire.add(wire -> wire.addHeader(name, value));
    } else {
      builder.addHeader(name, value);
    }
  }

  @Override
  public void remove(String name) {
    if (SET_BY_OKHTTP.contains(name)) {
      onTheWire.add(wire -> wire.removeHeader(name));
    } else {
      builder.removeHeader(name);
    }
  }

  /** What is left to change, in order. */
  private record WireChanges(List<Consumer<Request.Builder>> all) {}
}
