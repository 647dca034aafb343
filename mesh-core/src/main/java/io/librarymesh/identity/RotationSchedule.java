package io.librarymesh.identity;

import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import java.time.Duration;
import java.time.Instant;

/**
 * When to ask for the next certificate: half of a lifetime after the last one, give or take a
 * hundredth, so that a fleet that started together does not renew together; after a failure sooner,
 * with growing pauses (Istio's {@code SECRET_GRACE_PERIOD_RATIO} and its jitter).
 */
final class RotationSchedule {
  private static final double AT = 0.5;
  private static final double JITTER = 0.01;

  /** From here on an operator should know. */
  private static final double LATE = 0.8;

  private static final int DRAW_BOUND = 1_000_001;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final RandomSource random;
  private Duration pause = FIRST_PAUSE;

  RotationSchedule(RandomSource random) {
    this.random = random;
  }

  /** When to renew what was received at {@code received} and ends at {@code notAfter}. */
  Instant renewal(Instant received, Instant notAfter) {
    pause = FIRST_PAUSE;
    double draw = random.nextInt(DRAW_BOUND, Draw.ROTATION_JITTER) / (double) (DRAW_BOUND - 1);
    double share = AT - JITTER + 2 * JITTER * draw;
    return received.plusNanos((long) (Duration.between(received, notAfter).toNanos() * share));
  }

  /** How long to wait after a failure, in whole milliseconds. */
  Duration afterFailure() {
    long whole = pause.toMillis();
    Duration wait =
        Duration.ofMillis(
            whole / 2 + random.nextInt((int) (whole / 2) + 1, Draw.ROTATION_BACK_OFF));
    Duration doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    return wait;
  }

  /** Whether a renewal is overdue by so much that it is worth an alarm. */
  static boolean isLate(Instant received, Instant notAfter, Instant now) {
    long lifetime = Duration.between(received, notAfter).toNanos();
    return Duration.between(received, now).toNanos() > lifetime * LATE;
  }
}
