package io.librarymesh.route;

import io.librarymesh.config.HeaderMatch;
import org.jspecify.annotations.Nullable;

/**
 * A compiled {@link HeaderMatch}.
 *
 * <p>A missing header fails every condition on its value, inverted or not: inverting says something
 * about a value, not about its absence. Only conditions on presence, and conditions that take a
 * missing header as empty, look further. Source: Envoy {@code HeaderUtility}.
 */
final class HeaderMatcher {
  private final String name;
  private final Source source;
  private final ValueMatcher value;
  private final boolean invert;
  private final boolean treatMissingAsEmpty;

  private HeaderMatcher(HeaderMatch match, ValueMatcher value) {
    this.name = match.name();
    this.source = Source.of(match.name());
    this.value = value;
    this.invert = match.invert();
    this.treatMissingAsEmpty = match.treatMissingAsEmpty();
  }

  /**
   * Compiles a condition.
   *
   * @throws IllegalArgumentException when a regular expression is not RE2
   */
  static HeaderMatcher compile(HeaderMatch match) {
    return new HeaderMatcher(match, ValueMatcher.compile(match.value()));
  }

  boolean matches(RequestHead head) {
    String text = text(head);
    if (text == null) {
      if (value instanceof ValueMatcher.Presence presence) {
        return presence.expected() == invert;
      }
      if (!treatMissingAsEmpty) {
        return false;
      }
      text = "";
    }
    return value.matches(text, 0, text.length()) != invert;
  }

  /** What is compared; null when there is none. */
  @Nullable String text(RequestHead head) {
    return switch (source) {
      case METHOD -> head.method();
      case SCHEME -> head.scheme();
      case AUTHORITY -> head.authority();
      case PATH -> head.path();
      case HEADER -> head.header(name);
      case NONE -> null;
    };
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
