package io.librarymesh.controlplane.istio;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Answers to browser preflights; Istio's {@code CorsPolicy}.
 *
 * @param allowOrigins origins that are allowed; the older list of plain strings is folded in as
 *     exact matches when this was not written
 * @param allowMethods methods that are allowed, or {@code *}
 * @param allowHeaders request headers that are allowed
 * @param exposeHeaders response headers that a script may read
 * @param maxAge how long a browser may keep the answer, whole seconds
 * @param allowCredentials whether credentials are allowed
 * @param unmatchedPreflights what becomes of a preflight whose origin is not allowed
 */
public record CorsPolicy(
    List<StringMatch> allowOrigins,
    List<String> allowMethods,
    List<String> allowHeaders,
    List<String> exposeHeaders,
    Optional<Duration> maxAge,
    Optional<Boolean> allowCredentials,
    UnmatchedPreflights unmatchedPreflights) {

  /** Copies the lists. */
  public CorsPolicy {
    allowOrigins = List.copyOf(allowOrigins);
    allowMethods = List.copyOf(allowMethods);
    allowHeaders = List.copyOf(allowHeaders);
    exposeHeaders = List.copyOf(exposeHeaders);
  }

  /** What becomes of a preflight whose origin is not allowed; unspecified forwards. */
  public enum UnmatchedPreflights {
    UNSPECIFIED,
    FORWARD,
    IGNORE
  }
}
