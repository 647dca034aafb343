package io.librarymesh.route;

import io.librarymesh.config.StatefulSession;
import io.librarymesh.time.WallClock;
import org.jspecify.annotations.Nullable;

/**
 * The compiled sessions of a route. Immutable; any thread. Source: Envoy {@code
 * StatefulSession::decodeHeaders} and the session states it has.
 */
final class SessionPlan {
  private static final long MILLIS_OF_SECOND = 1_000;

  private final StatefulSession config;

  private SessionPlan(StatefulSession config) {
    this.config = config;
  }

  /** Null when the calls of the route have no session. */
  static @Nullable SessionPlan compile(StatefulSession config) {
    return config.enabled() ? new SessionPlan(config) : null;
  }

  boolean strict() {
    return config.strict();
  }

  /**
   * The session of one request, as its caller made it; null when its path has none.
   *
   * @param clock asked only where a cookie says when it expires
   */
  @Nullable RequestSession of(RequestHead head, WallClock clock) {
    if (config.state() instanceof StatefulSession.Cookie cookie) {
      return covers(cookie.path(), head.path())
          ? new RequestSession(this, inCookie(head, cookie.name(), clock))
          : null;
    }
    StatefulSession.Header header = (StatefulSession.Header) config.state();
    var lines = head.headerLines(header.name());
    String host = lines.isEmpty() ? null : SessionAddress.ofPlain(lines.get(0));
    return new RequestSession(this, host == null ? "" : host);
  }

  private static String inCookie(RequestHead head, String name, WallClock clock) {
    String value = CookieText.value(head, name);
    SessionAddress kept = value == null ? null : SessionAddress.of(value);
    boolean counts =
        kept != null
            && (kept.expiresSeconds() == 0 || !kept.expired(clock.millis() / MILLIS_OF_SECOND));
    return kept != null && counts ? kept.address() : "";
  }

  /** As in RFC 6265, 5.1.4: the path itself and what lies below it. */
  static boolean covers(String path, String requestPath) {
    if (path.isEmpty() || path.equals("/")) {
      return true;
    }
    if (!requestPath.startsWith(path)) {
      return false;
    }
    if (path.endsWith("/") || requestPath.length() == path.length()) {
      return true;
    }
    char next = requestPath.charAt(path.length());
    return next == '/' || next == '?' || next == '#';
  }

  /** Tells the caller which host its session is with now. */
  void give(String address, WallClock clock, HeaderSink response) {
    if (config.state() instanceof StatefulSession.Cookie cookie) {
      long age = cookie.maxAgeSeconds();
      long expires = age == 0 ? 0 : clock.millis() / MILLIS_OF_SECOND + age;
      String value = new SessionAddress(address, expires).message();
      response.add(
          "set-cookie",
          CookieText.give(cookie.name(), value, age, cookie.path(), cookie.attributes()));
    } else {
      response.set(((StatefulSession.Header) config.state()).name(), SessionAddress.plain(address));
    }
  }
}
