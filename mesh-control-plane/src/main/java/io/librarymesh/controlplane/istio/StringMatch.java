package io.librarymesh.controlplane.istio;

/**
 * How a string of a request is compared; Istio's {@code StringMatch}. Comparison is case-sensitive
 * unless {@link HttpMatchRequest.UriMatch#ignoreUriCase} says otherwise.
 */
public sealed interface StringMatch {

  /** Equal to the value. */
  record Exact(String value) implements StringMatch {}

  /** Starts with the value; a plain string prefix, not a path segment prefix. */
  record Prefix(String value) implements StringMatch {}

  /**
   * Is the value, or goes on with a slash behind it; never ends with a slash. Only paths of the
   * Kubernetes Gateway API.
   */
  record PathPrefix(String value) implements StringMatch {}

  /** Matched as a whole by the RE2 expression, at most 1024 characters long. */
  record Regex(String value) implements StringMatch {}

  /** Present with any value; written {@code {}}. */
  record Present() implements StringMatch {}
}
