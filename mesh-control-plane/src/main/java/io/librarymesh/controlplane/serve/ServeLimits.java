package io.librarymesh.controlplane.serve;

import java.time.Duration;
import java.util.Optional;

/**
 * What a server takes on at a time.
 *
 * @param parallelSyncs how many clients are sent their first configuration at the same time; each
 *     counts from a first response to the acknowledgement of everything it was sent
 * @param waitingSyncs how many clients may wait for that; any more are refused with {@code
 *     RESOURCE_EXHAUSTED} and try again after a back-off
 * @param maxConnectionAge after which a connection is ended, give or take a tenth, so that clients
 *     spread over servers that were added; absent for never. Istio's {@code
 *     keepaliveMaxServerConnectionAge}
 * @param lossGrace for how long the endpoints of a workload stay whose stream was lost; zero for
 *     not at all. Also how long a client is expected back whose connection came of age
 */
public record ServeLimits(
    int parallelSyncs, int waitingSyncs, Optional<Duration> maxConnectionAge, Duration lossGrace) {
  private static final Duration LOSS_GRACE = Duration.ofSeconds(10);

  /** As many at a time as keep two processors busy, and connections of any age. */
  public static final ServeLimits DEFAULT = new ServeLimits(64, 10_000);

  /** Connections of any age, and the usual grace. */
  public ServeLimits(int parallelSyncs, int waitingSyncs) {
    this(parallelSyncs, waitingSyncs, Optional.empty(), LOSS_GRACE);
  }

  /** Checks the ranges. */
  public ServeLimits {
    if (parallelSyncs < 1) {
      throw new IllegalArgumentException("parallelSyncs: " + parallelSyncs + " (expected: >= 1)");
    }
    if (waitingSyncs < 0) {
      throw new IllegalArgumentException("waitingSyncs: " + waitingSyncs + " (expected: >= 0)");
    }
    if (lossGrace.isNegative()) {
      throw new IllegalArgumentException("lossGrace: " + lossGrace + " (expected: >= 0)");
    }
    maxConnectionAge.ifPresent(
        age -> {
          if (age.isNegative() || age.isZero()) {
            throw new IllegalArgumentException("maxConnectionAge: " + age + " (expected: > 0)");
          }
        });
  }

  /** The same with another age. */
  public ServeLimits withMaxConnectionAge(Duration age) {
    return new ServeLimits(parallelSyncs, waitingSyncs, Optional.of(age), lossGrace);
  }

  /** The same with another grace. */
  public ServeLimits withLossGrace(Duration grace) {
    return new ServeLimits(parallelSyncs, waitingSyncs, maxConnectionAge, grace);
  }
}
