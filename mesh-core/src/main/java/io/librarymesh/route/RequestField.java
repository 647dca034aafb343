package io.librarymesh.route;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A header of a request or what its pseudo headers say, found by one name. */
final class RequestField {
  private final String name;
  private final Source source;

  private RequestField(String name, Source source) {
    this.name = name;
    this.source = source;
  }

  /**
   * The field of a name.
   *
   * @param name in lower case
   */
  static RequestField of(String name) {
    return new RequestField(name, Source.of(name));
  }

  /** Its value; null when the request has no such header. */
  @Nullable String value(RequestHead head) {
    return switch (source) {
      case METHOD -> head.method();
      case SCHEME -> head.scheme();
      case AUTHORITY -> head.authority();
      case PATH -> head.path();
      case HEADER -> head.header(name);
      case NONE -> null;
    };
  }

  /** Its lines, in order. */
  List<String> lines(RequestHead head) {
    if (source == Source.HEADER) {
      return head.headerLines(name);
    }
    String value = value(head);
    return value == null ? List.of() : List.of(value);
  }

  /** Its first line; null when the request has no such header. */
  @Nullable String first(RequestHead head) {
    List<String> lines = lines(head);
    return lines.isEmpty() ? null : lines.get(0);
  }

  /** Where the value comes from. */
  private enum Source {
    METHOD,
    SCHEME,
    AUTHORITY,
    PATH,
    HEADER,
    /** A pseudo header that no request has. */
    NONE;

    static Source of(String name) {
      return switch (name) {
        case ":method" -> METHOD;
        case ":scheme" -> SCHEME;
        case ":path" -> PATH;
        // Envoy keeps one header for both, so a condition on either reads the same value.
        case ":authority", "host" -> AUTHORITY;
        default -> name.startsWith(":") ? NONE : HEADER;
      };
    }
  }
}
