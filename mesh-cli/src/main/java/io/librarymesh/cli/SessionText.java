package io.librarymesh.cli;

import io.librarymesh.Explanation.Session;
import io.librarymesh.config.StatefulSession;
import java.util.Optional;
import java.util.regex.Pattern;

/** How a request stays with the host of its session, for people. */
final class SessionText {
  private static final Pattern ADDRESS = Pattern.compile("[\\w.:\\[\\]%-]+:\\d{1,5}");

  private SessionText() {}

  /** Such as {@code cookie sid of /shop, strictly; the request asks for 10.0.0.1:80}. */
  static String of(Session session) {
    String host =
        session.host().isEmpty()
            ? "begins with this request"
            : "the request asks for " + name(session.host());
    return state(session.config().state())
        + (session.config().strict() ? ", strictly" : "")
        + "; "
        + host;
  }

  /** What becomes of the host that is asked for, in one cluster; empty when none is. */
  static Optional<String> host(Session session, String problem) {
    if (session.host().isEmpty()) {
      return Optional.empty();
    }
    String instead = session.config().strict() ? ": 503 UH" : ", so another one gets it";
    return Optional.of(
        name(session.host()) + (problem.isEmpty() ? " gets the call" : " is " + problem + instead));
  }

  /** Callers can bring any bytes, and not all of them are for a terminal. */
  private static String name(String host) {
    return ADDRESS.matcher(host).matches() ? host : "something that is no endpoint";
  }

  private static String state(StatefulSession.State state) {
    if (state instanceof StatefulSession.Cookie cookie) {
      return "cookie " + cookie.name() + (cookie.path().isEmpty() ? "" : " of " + cookie.path());
    }
    return "header " + ((StatefulSession.Header) state).name();
  }
}
