package io.librarymesh.config;

import java.util.Locale;
import java.util.Optional;

/** A condition under which an attempt may be repeated. Source: Envoy {@code x-envoy-retry-on}. */
public enum RetryOn {
  FIVE_XX("5xx"),
  GATEWAY_ERROR("gateway-error"),
  RESET("reset"),
  RESET_BEFORE_REQUEST("reset-before-request"),
  CONNECT_FAILURE("connect-failure"),
  RETRIABLE_4XX("retriable-4xx"),
  REFUSED_STREAM("refused-stream"),
  RETRIABLE_STATUS_CODES("retriable-status-codes"),
  RETRIABLE_HEADERS("retriable-headers"),
  ENVOY_RATELIMITED("envoy-ratelimited"),
  HTTP3_POST_CONNECT_FAILURE("http3-post-connect-failure"),
  CANCELLED("cancelled"),
  DEADLINE_EXCEEDED("deadline-exceeded"),
  INTERNAL("internal"),
  RESOURCE_EXHAUSTED("resource-exhausted"),
  UNAVAILABLE("unavailable");

  private final String token;

  RetryOn(String token) {
    this.token = token;
  }

  /** The word as it is written in configuration, such as {@code gateway-error}. */
  public String token() {
    return token;
  }

  /** The condition written as {@code token}; empty when there is none of that name. */
  public static Optional<RetryOn> of(String token) {
    String wanted = token.strip().toLowerCase(Locale.ROOT);
    for (RetryOn value : values()) {
      if (value.token.equals(wanted)) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }
}
