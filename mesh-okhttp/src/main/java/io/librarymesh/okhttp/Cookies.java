package io.librarymesh.okhttp;

import java.util.List;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.Request;
import okhttp3.Response;

/**
 * The caller's cookies. They are loaded before the mesh looks at the request, since routes match on
 * them, and saved from the answer that the caller gets, not from those that the mesh discards.
 */
record Cookies(CookieJar jar) {
  Request load(Request request) {
    List<Cookie> cookies = jar.loadForRequest(request.url());
    if (cookies.isEmpty()) {
      return request;
    }
    StringBuilder header = new StringBuilder();
    for (Cookie cookie : cookies) {
      header.append(header.length() == 0 ? "" : "; ");
      header.append(cookie.name()).append('=').append(cookie.value());
    }
    return request.newBuilder().header("Cookie", header.toString()).build();
  }

  void save(Request request, Response response) {
    if (jar == CookieJar.NO_COOKIES) {
      return;
    }
    List<Cookie> cookies = Cookie.parseAll(request.url(), response.headers());
    if (!cookies.isEmpty()) {
      jar.saveFromResponse(request.url(), cookies);
    }
  }
}
