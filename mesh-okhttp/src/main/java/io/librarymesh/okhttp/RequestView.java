package io.librarymesh.okhttp;

import io.librarymesh.route.RequestHead;
import java.io.IOException;
import java.util.List;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttp;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/** A request as it will look on the wire: OkHttp adds some headers after the mesh has decided. */
final class RequestView implements RequestHead {
  private final Request request;

  /** Asked for more than once, and OkHttp makes it anew each time. */
  private @Nullable String path;

  RequestView(Request request) {
    this.request = request;
  }

  Request request() {
    return request;
  }

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public String scheme() {
    return request.url().scheme();
  }

  @Override
  public String authority() {
    String host = request.header("Host");
    if (host != null) {
      return host;
    }
    HttpUrl url = request.url();
    String name = url.host().indexOf(':') < 0 ? url.host() : "[" + url.host() + "]";
    return url.port() == HttpUrl.defaultPort(url.scheme()) ? name : name + ":" + url.port();
  }

  @Override
  public String path() {
    String known = path;
    if (known == null) {
      // The URL puts its parts together anew whenever it is asked for them.
      String url = request.url().toString();
      int begin = url.indexOf('/', request.url().scheme().length() + "://".length());
      int fragment = url.indexOf('#', begin);
      known = fragment < 0 ? url.substring(begin) : url.substring(begin, fragment);
      path = known;
    }
    return known;
  }

  @Override
  public @Nullable String header(String name) {
    String value = value(request.headers(), name);
    RequestBody body = request.body();
    return switch (name) {
      case "host" -> authority();
      case "user-agent" -> value == null ? "okhttp/" + OkHttp.VERSION : value;
      case "accept-encoding" -> value == null && request.header("Range") == null ? "gzip" : value;
      case "content-type" -> body == null ? value : contentType(body, value);
      case "content-length" -> body == null ? value : contentLength(body);
      case "transfer-encoding" ->
          body == null ? value : contentLength(body) == null ? "chunked" : null;
      default -> value;
    };
  }

  @Override
  public List<String> headerLines(String name) {
    List<String> lines = request.headers(name);
    return lines.size() > 1 ? lines : RequestHead.super.headerLines(name);
  }

  @Override
  public boolean mayHaveHeader(String prefix) {
    Headers headers = request.headers();
    for (int i = 0; i < headers.size(); i++) {
      if (headers.name(i).regionMatches(true, 0, prefix, 0, prefix.length())) {
        return true;
      }
    }
    return false;
  }

  /** The lines of one header, joined; made for no garbage when there is one line or none. */
  static @Nullable String value(Headers headers, String name) {
    String value = null;
    for (int i = 0; i < headers.size(); i++) {
      if (headers.name(i).equalsIgnoreCase(name)) {
        value = value == null ? headers.value(i) : value + "," + headers.value(i);
      }
    }
    return value;
  }

  private static @Nullable String contentType(RequestBody body, @Nullable String value) {
    MediaType type = body.contentType();
    return type == null ? value : type.toString();
  }

  private static @Nullable String contentLength(RequestBody body) {
    try {
      long length = body.contentLength();
      return length < 0 ? null : Long.toString(length);
    } catch (IOException e) {
      return null; // OkHttp will ask again, and fail for it
    }
  }
}
