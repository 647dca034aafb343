package io.librarymesh.okhttp;

import java.io.IOException;
import okhttp3.Authenticator;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * What the caller's client sends after an answer that asks for more, by its own settings. OkHttp
 * does this beneath its application interceptors, where the mesh stands, so it is done here for the
 * whole call instead; the attempts follow nothing. The rules are those of OkHttp.
 */
record FollowUps(Authenticator authenticator, boolean redirects, boolean tlsRedirects) {
  /** How many there may be in one call. */
  static final int MAX = 20;

  /**
   * The request to send after {@code request} got {@code response}; null when that is the answer.
   */
  @Nullable Request next(Request request, Response response) throws IOException {
    Request next =
        switch (response.code()) {
          // What the mesh added to the request is not to be sent again.
          case 401 ->
              authenticator.authenticate(null, response.newBuilder().request(request).build());
          case 300, 301, 302, 303, 307, 308 -> redirects ? redirect(request, response) : null;
          default -> null;
        };
    RequestBody body = next == null ? null : next.body();
    return body != null && body.isOneShot() ? null : next;
  }

  private @Nullable Request redirect(Request request, Response response) {
    String location = response.header("Location");
    HttpUrl target = location == null ? null : request.url().resolve(location);
    if (target == null || (target.isHttps() != request.url().isHttps() && !tlsRedirects)) {
      return null;
    }
    Request.Builder next = request.newBuilder().url(target);
    if (becomesGet(request.method(), response.code())) {
      next.method("GET", null)
          .removeHeader("Transfer-Encoding")
          .removeHeader("Content-Length")
          .removeHeader("Content-Type");
    }
    if (!sameOrigin(request.url(), target)) {
      next.removeHeader("Authorization");
    }
    return next.build();
  }

  private static boolean becomesGet(String method, int code) {
    if (method.equals("GET") || method.equals("HEAD") || method.equals("PROPFIND")) {
      return false;
    }
    return code == 303 || (code != 307 && code != 308 && !method.equals("QUERY"));
  }

  private static boolean sameOrigin(HttpUrl one, HttpUrl other) {
    return one.host().equals(other.host())
        && one.port() == other.port()
        && one.scheme().equals(other.scheme());
  }
}
