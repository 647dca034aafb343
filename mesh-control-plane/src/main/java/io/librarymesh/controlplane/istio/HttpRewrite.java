package io.librarymesh.controlplane.istio;

import java.util.Optional;

/**
 * Changes to a request before it is forwarded; Istio's {@code HTTPRewrite}.
 *
 * @param uri replaces the matched prefix, or the whole path of an exact or regex match
 * @param authority replaces the Host header
 * @param uriRegexRewrite substitutes in the path; excludes {@code uri}
 */
public record HttpRewrite(
    Optional<String> uri, Optional<String> authority, Optional<RegexRewrite> uriRegexRewrite) {

  /**
   * A global substitution on the path without query.
   *
   * @param match RE2 expression, at most 1024 characters
   * @param rewrite the replacement, with {@code \0} to {@code \9} for groups
   */
  public record RegexRewrite(String match, String rewrite) {}
}
