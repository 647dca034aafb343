package io.librarymesh.config;

import io.librarymesh.config.HashPolicy.CookieAttribute;
import java.util.List;
import java.util.Locale;

/**
 * How the calls of one session stay with one host: an answer tells its caller the address of the
 * host, and the caller asks for that address with its next call. Source: Envoy {@code
 * filters.http.stateful_session.v3.StatefulSession}.
 *
 * @param state where the address is kept
 * @param strict whether a call fails when the host it asks for is not available, rather than being
 *     sent to another one
 */
public record StatefulSession(State state, boolean strict) {
  /** Calls have no session. */
  public static final StatefulSession NONE = new StatefulSession(State.NONE, false);

  /** Whether calls may have a session. */
  public boolean enabled() {
    return !(state instanceof NoState);
  }

  /** Where the address of a session's host is kept. */
  public sealed interface State {
    /** Nowhere. */
    State NONE = NoState.INSTANCE;
  }

  private enum NoState implements State {
    INSTANCE
  }

  /**
   * In a cookie. Source: Envoy {@code http.stateful_session.cookie.v3.CookieBasedSessionState}.
   *
   * @param maxAgeSeconds how long the caller keeps it; 0 for as long as the caller runs
   * @param path of the requests that have a session, and of the cookie; empty for all
   * @param attributes of the cookie besides, in order
   */
  public record Cookie(
      String name, long maxAgeSeconds, String path, List<CookieAttribute> attributes)
      implements State {
    public Cookie {
      requireName(name);
      Ranges.requireNotNegative("maxAgeSeconds", maxAgeSeconds);
      attributes = List.copyOf(attributes);
    }
  }

  /**
   * In a header of that name, of requests and of responses. Source: Envoy {@code
   * http.stateful_session.header.v3.HeaderBasedSessionState}.
   *
   * @param name in lower case
   */
  public record Header(String name) implements State {
    public Header {
      requireName(name);
      name = name.toLowerCase(Locale.ROOT);
    }
  }

  private static void requireName(String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("name: empty (expected: a name)");
    }
  }
}
