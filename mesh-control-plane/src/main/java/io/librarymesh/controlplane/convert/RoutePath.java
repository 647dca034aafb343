package io.librarymesh.controlplane.convert;

import io.librarymesh.controlplane.istio.HttpMatchRequest;
import io.librarymesh.controlplane.istio.StringMatch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The path of a match as an HTTPRoute says it.
 *
 * <p>A prefix of a VirtualService is one of characters, and one of an HTTPRoute one of whole
 * segments, so that but for the root it becomes a regular expression.
 *
 * @param type {@code Exact}, {@code PathPrefix} or {@code RegularExpression}
 * @param value what it is compared with
 */
record RoutePath(String type, String value) {
  static final String EXACT = "Exact";
  static final String PREFIX = "PathPrefix";
  static final String REGEX = "RegularExpression";

  private static final String ROOT = "/";
  private static final Pattern PLAIN = Pattern.compile("/(?:[-A-Za-z0-9._~!$&'()*+,;=:@]|/(?!/))*");
  private static final List<String> NOT_PLAIN = List.of("//", "/./", "/../");

  /** As near as it can be to what was written. */
  static RoutePath near(HttpMatchRequest match) {
    Optional<HttpMatchRequest.UriMatch> uri = match.uri();
    if (isRoot(uri)) {
      return new RoutePath(PREFIX, ROOT);
    }
    boolean exact =
        uri.filter(u -> !u.ignoreUriCase())
            .map(HttpMatchRequest.UriMatch::match)
            .filter(m -> m instanceof StringMatch.Exact e && isPlain(e.value()))
            .isPresent();
    return exact
        ? new RoutePath(EXACT, ((StringMatch.Exact) uri.orElseThrow().match()).value())
        : expression(match);
  }

  /** The same as a regular expression, which is tried after all others. */
  static RoutePath expression(HttpMatchRequest match) {
    Optional<HttpMatchRequest.UriMatch> uri = match.uri();
    if (isRoot(uri)) {
      return new RoutePath(REGEX, "/.*");
    }
    StringMatch written = uri.orElseThrow().match();
    if (written instanceof StringMatch.Regex regex) {
      return new RoutePath(REGEX, regex.value());
    }
    String text = uri.orElseThrow().ignoreUriCase() ? "(?i)" : "";
    return new RoutePath(
        REGEX,
        written instanceof StringMatch.Exact exact
            ? text + quoted(exact.value())
            : text + quoted(((StringMatch.Prefix) written).value()) + ".*");
  }

  /** Whether every path is meant. */
  static boolean isRoot(Optional<HttpMatchRequest.UriMatch> uri) {
    return uri.isEmpty()
        || (uri.get().match() instanceof StringMatch.Prefix prefix
            && (prefix.value().equals(ROOT) || prefix.value().isEmpty()))
        || (uri.get().match() instanceof StringMatch.Regex regex
            && (regex.value().equals(".*") || regex.value().equals("/.*")));
  }

  private static boolean isPlain(String path) {
    return PLAIN.matcher(path).matches()
        && NOT_PLAIN.stream().noneMatch(path::contains)
        && !path.endsWith("/.")
        && !path.endsWith("/..");
  }

  /** A text for RE2, without more escapes than it needs: the longer of two is tried first. */
  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ("\\.+*?()|[]{}^$".indexOf(c) >= 0) {
        quoted.append('\\');
      }
      quoted.append(c);
    }
    return quoted.toString();
  }

  /** How narrow it is: what is higher is tried first. */
  int rank() {
    return switch (type) {
      case EXACT -> 3;
      case PREFIX -> 2;
      default -> 1;
    };
  }

  Map<String, Object> yaml() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("type", type);
    map.put("value", value);
    return map;
  }
}
