package io.librarymesh.route;

import io.librarymesh.config.HashPolicy.CookieAttribute;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cookies as they stand in headers. Source: Envoy {@code Http::Utility}, RFC 6265. */
final class CookieText {
  private CookieText() {}

  /** The value of a cookie without its quotes; null when there is none or it is empty. */
  static @Nullable String value(RequestHead head, String name) {
    List<String> lines = head.headerLines("cookie");
    for (int i = 0; i < lines.size(); i++) {
      String value = value(lines.get(i), name);
      if (value != null) {
        return value.isEmpty() ? null : value;
      }
    }
    return null;
  }

  private static @Nullable String value(String line, String name) {
    for (int at = 0; at < line.length(); ) {
      int next = line.indexOf(';', at);
      int end = next < 0 ? line.length() : next;
      while (at < end && line.charAt(at) == ' ') {
        at++;
      }
      int equals = at + name.length();
      if (equals < end && line.charAt(equals) == '=' && line.startsWith(name, at)) {
        return unquoted(line.substring(equals + 1, end).strip());
      }
      at = end + 1;
    }
    return null;
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  /**
   * The value of {@code set-cookie} that gives a cookie to the caller, out of reach of scripts.
   *
   * @param maxAgeSeconds 0 for none
   * @param path empty for none
   */
  static String give(
      String name,
      String value,
      long maxAgeSeconds,
      String path,
      List<CookieAttribute> attributes) {
    StringBuilder text = new StringBuilder();
    text.append(name).append("=\"").append(value).append('"');
    if (maxAgeSeconds > 0) {
      text.append("; Max-Age=").append(maxAgeSeconds);
    }
    if (!path.isEmpty()) {
      text.append("; Path=").append(path);
    }
    for (CookieAttribute attribute : attributes) {
      text.append("; ").append(attribute.name());
      if (!attribute.value().isEmpty()) {
        text.append('=').append(attribute.value());
      }
    }
    return text.append("; HttpOnly").toString();
  }
}
