package io.librarymesh.config;

import java.util.List;

/** What is asked of a claim. Source: Envoy {@code type.matcher.v3.ValueMatcher}. */
public sealed interface ClaimMatch {
  /** It is a string that matches. */
  record Text(StringMatch match) implements ClaimMatch {}

  /** It is this boolean. */
  record Flag(boolean value) implements ClaimMatch {}

  /** It is there ({@code expected} true), whatever it is; with false it holds for nothing. */
  record Present(boolean expected) implements ClaimMatch {}

  /** It is a list, one element of which does. */
  record Element(ClaimMatch match) implements ClaimMatch {}

  /** One of these holds. */
  record Some(List<ClaimMatch> matches) implements ClaimMatch {
    public Some {
      matches = List.copyOf(matches);
    }
  }
}
