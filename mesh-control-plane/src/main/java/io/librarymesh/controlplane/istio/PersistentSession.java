package io.librarymesh.controlplane.istio;

import java.util.Map;
import java.util.Optional;

/**
 * Where the calls of a session keep the host that they stay with; Istio's labels {@code
 * istio.io/persistent-session} and {@code istio.io/persistent-session-header} of a Service or
 * ServiceEntry.
 */
public sealed interface PersistentSession {
  /** {@code NAME} of a cookie, or {@code NAME:PATH}; goes before the other. */
  String COOKIE_LABEL = "istio.io/persistent-session";

  /** The name of a header. */
  String HEADER_LABEL = "istio.io/persistent-session-header";

  /** Endpoints with this label, whatever its value, keep their sessions and get no other calls. */
  String DRAINING_LABEL = "istio.io/draining";

  /**
   * In a cookie that lasts as long as its caller.
   *
   * @param path of the requests that have a session
   */
  record Cookie(String name, String path) implements PersistentSession {}

  /** In a header. */
  record Header(String name) implements PersistentSession {}

  /** What the labels of a service say; empty values say nothing. */
  static Optional<PersistentSession> of(Map<String, String> labels) {
    String cookie = labels.getOrDefault(COOKIE_LABEL, "");
    if (!cookie.isEmpty()) {
      int colon = cookie.indexOf(':');
      return Optional.of(
          colon < 0
              ? new Cookie(cookie, "/")
              : new Cookie(cookie.substring(0, colon), cookie.substring(colon + 1)));
    }
    return Optional.of(labels.getOrDefault(HEADER_LABEL, ""))
        .filter(name -> !name.isEmpty())
        .map(Header::new);
  }
}
