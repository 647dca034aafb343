package io.librarymesh.config;

import java.util.Optional;

/**
 * What a caller would see as a failure. The words are those of Envoy's {@code x-envoy-retry-on}
 * where it has one.
 */
public enum FailureCondition {
  /** A status from 500 to 599, whoever says it: an upstream, an injected fault, the mesh. */
  FIVE_XX("5xx"),
  /** 502, 503 or 504, whoever says it. */
  GATEWAY_ERROR("gateway-error"),
  /** There was no connection: flag UF. */
  CONNECT_FAILURE("connect-failure"),
  /** The upstream gave no answer, connect failures included: flags UF, UC, UR and UPE. */
  RESET("reset"),
  /** The call ran out of time: flag UT. */
  TIMEOUT("timeout"),
  /** A limit was reached, of a cluster or of a policy: flag UO. */
  OVERLOAD("overload"),
  /** The policy's own rate limit was reached: flag RL. */
  RATE_LIMITED("rate-limited");

  private final String token;

  FailureCondition(String token) {
    this.token = token;
  }

  /** The word as it is written in configuration, such as {@code gateway-error}. */
  public String token() {
    return token;
  }

  /** The condition written as {@code token}; empty when there is none of that name. */
  public static Optional<FailureCondition> of(String token) {
    for (FailureCondition value : values()) {
      if (value.token.equals(token)) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }
}
