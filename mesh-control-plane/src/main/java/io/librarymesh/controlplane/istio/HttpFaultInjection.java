package io.librarymesh.controlplane.istio;

import java.time.Duration;
import java.util.Optional;

/**
 * Faults that a rule injects, delay first; Istio's {@code HTTPFaultInjection}.
 *
 * @param delay holds requests back
 * @param abort answers requests without forwarding them
 */
public record HttpFaultInjection(Optional<Delay> delay, Optional<Abort> abort) {

  /**
   * A delay.
   *
   * @param percentage share of requests; 0 when none was written, which delays nothing. {@code
   *     percent} is folded in
   * @param fixedDelay how long; absent delays nothing
   */
  public record Delay(Percent percentage, Optional<Duration> fixedDelay) {}

  /**
   * An abort, with an HTTP or a gRPC status.
   *
   * @param percentage share of requests; 0 when none was written, which aborts nothing
   * @param httpStatus the HTTP status, 200 to 599
   * @param grpcStatus the gRPC status by name, for example {@code UNAVAILABLE}
   */
  public record Abort(
      Percent percentage, Optional<Integer> httpStatus, Optional<String> grpcStatus) {}
}
