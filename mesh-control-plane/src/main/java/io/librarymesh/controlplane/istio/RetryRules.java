package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Set;

/** Rules of {@code retries}. */
final class RetryRules {
  /** Envoy's {@code x-envoy-retry-on} and {@code x-envoy-retry-grpc-on}, as far as Istio has it. */
  static final List<String> TOKENS =
      List.of(
          "5xx",
          "gateway-error",
          "reset",
          "reset-before-request",
          "connect-failure",
          "retriable-4xx",
          "refused-stream",
          "retriable-status-codes",
          "retriable-headers",
          "envoy-ratelimited",
          "http3-post-connect-failure",
          "cancelled",
          "deadline-exceeded",
          "internal",
          "resource-exhausted",
          "unavailable");

  /** The statuses that have a text in Go's net/http, which is what Istio asks. */
  private static final Set<Integer> STATUSES =
      Set.of(
          100, 101, 102, 103, 200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303,
          304, 305, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413,
          414, 415, 416, 417, 418, 421, 422, 423, 424, 425, 426, 428, 429, 431, 451, 500, 501, 502,
          503, 504, 505, 506, 507, 508, 510, 511);

  private RetryRules() {}

  static void check(HttpRetry retries, FieldPath path, ValueRules rules) {
    if (retries.attempts() < 0) {
      rules.invalid(path.field("attempts"), retries.attempts(), "0 or more");
    }
    boolean tuned =
        retries.perTryTimeout().isPresent()
            || !retries.retryOn().isEmpty()
            || retries.retryRemoteLocalities().isPresent();
    if (retries.attempts() == 0 && tuned) {
      rules
          .report()
          .invalid(
              path.field("attempts"),
              "0 or missing beside perTryTimeout, retryOn or retryRemoteLocalities (expected: above"
                  + " 0; to switch retries off, write attempts alone)");
    }
    rules.duration(
        path.field("perTryTimeout"), retries.perTryTimeout(), "left out it is that of the route");
    rules.duration(path.field("backoff"), retries.backoff(), "left out it is 25ms");
    for (String token : retries.retryOn()) {
      if (!TOKENS.contains(token) && !isStatus(token)) {
        rules
            .report()
            .invalid(
                path.field("retryOn"),
                Quoting.quote(token)
                    + " (expected: conditions of Envoy and HTTP statuses, with commas)"
                    + Spelling.hint(token, TOKENS));
      }
    }
  }

  private static boolean isStatus(String token) {
    return token.matches("[1-5][0-9]{2}") && STATUSES.contains(Integer.parseInt(token));
  }
}
