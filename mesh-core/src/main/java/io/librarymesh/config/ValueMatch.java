package io.librarymesh.config;

/**
 * What is asked of the value of a header or query parameter. Source: Envoy {@code
 * route.v3.HeaderMatcher}.
 */
public sealed interface ValueMatch {
  /** The value is there ({@code expected} true) or is not ({@code expected} false). */
  record Present(boolean expected) implements ValueMatch {}

  /** The value is there and its text matches. */
  record Text(StringMatch match) implements ValueMatch {}

  /** The value is a base-10 64-bit integer in {@code [start, end)}. */
  record Range(long start, long end) implements ValueMatch {}
}
