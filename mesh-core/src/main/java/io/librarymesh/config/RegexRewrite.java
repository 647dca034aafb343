package io.librarymesh.config;

import static java.util.Objects.requireNonNull;

/**
 * Replaces every part of a text that matches, such as of a path without its query. Source: Envoy
 * {@code type.matcher.v3.RegexMatchAndSubstitute}.
 *
 * @param pattern RE2; empty only in {@link #NONE}
 * @param substitution with {@code \0} to {@code \9} for the groups of a match and {@code \\} for a
 *     backslash
 */
public record RegexRewrite(String pattern, String substitution) implements PathRewrite {
  /** Leaves every text as it is. */
  public static final RegexRewrite NONE = new RegexRewrite("", "");

  public RegexRewrite {
    requireNonNull(pattern, "pattern");
    requireNonNull(substitution, "substitution");
  }
}
