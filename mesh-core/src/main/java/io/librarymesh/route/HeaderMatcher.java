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
public final class HeaderMatcher {
  private final String name;
  private final RequestField field;
  private final ValueMatcher value;
  private final boolean invert;
  private final boolean treatMissingAsEmpty;

  private HeaderMatcher(HeaderMatch match, ValueMatcher value) {
    this.name = match.name();
    this.field = RequestField.of(match.name());
    this.value = value;
    this.invert = match.invert();
    this.treatMissingAsEmpty = match.treatMissingAsEmpty();
  }

  /**
   * Compiles a condition.
   *
   * @throws IllegalArgumentException when a regular expression is not RE2
   */
  public static HeaderMatcher compile(HeaderMatch match) {
    return new HeaderMatcher(match, ValueMatcher.compile(match.value()));
  }

  /** Whether a request meets the condition. */
  public boolean matches(RequestHead head) {
    return matches(text(head));
  }

  /** Whether an answer does; it has no pseudo headers. */
  public boolean matchesAnswer(HeaderLookup answer) {
    return matches(answer.header(name));
  }

  private boolean matches(@Nullable String found) {
    String text = found;
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
    return field.value(head);
  }
}
