package io.librarymesh.config;

import java.util.Locale;

/**
 * A condition on one request header. Several lines of one name are joined with a comma before they
 * are compared. A missing header fails every value condition, inverted or not, unless {@code
 * treatMissingAsEmpty}.
 *
 * @param name lower-case; {@code :method}, {@code :scheme}, {@code :authority} and {@code :path}
 *     are allowed
 * @param invert the result is negated
 */
public record HeaderMatch(
    String name, ValueMatch value, boolean invert, boolean treatMissingAsEmpty) {
  public HeaderMatch {
    name = name.toLowerCase(Locale.ROOT);
  }
}
