package io.librarymesh.config;

/**
 * A condition on the path, which is compared without query and fragment. Source: Envoy {@code
 * route.v3.RouteMatch}.
 */
public sealed interface PathMatch {
  /** The path starts with the bytes of {@code value}: {@code /foo} matches {@code /foobar}. */
  record Prefix(String value, boolean caseSensitive) implements PathMatch {}

  /** The path equals {@code value}, or goes on with a slash after it. */
  record SeparatedPrefix(String value, boolean caseSensitive) implements PathMatch {}

  /** The path equals {@code value}. */
  record Exact(String value, boolean caseSensitive) implements PathMatch {}

  /** The whole path matches the RE2 expression {@code regex}. */
  record Regex(String regex) implements PathMatch {}
}
