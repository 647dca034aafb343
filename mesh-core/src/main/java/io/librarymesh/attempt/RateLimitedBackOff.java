package io.librarymesh.attempt;

import io.librarymesh.config.RetryPolicy;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import io.librarymesh.route.HeaderLookup;
import io.librarymesh.route.HeaderNumber;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait before a retry when the upstream said so. Source: Envoy {@code
 * RetryStateImpl::parseResetInterval} and {@code JitteredLowerBoundBackOffStrategy}.
 */
public final class RateLimitedBackOff {
  private static final long NANOS_PER_MILLI = 1_000_000L;

  /** Of seconds, so that milliseconds do not overflow. */
  private static final int MAX_DIGITS = 12;

  /** Nobody said anything of use. */
  public static final long NONE = -1;

  private RateLimitedBackOff() {}

  /**
   * A whole number of milliseconds, in nanoseconds, uniform in {@code [asked, 1.5 * asked)}; {@link
   * #NONE} when no header is of use: not a whole number, a time that is past, more than the
   * longest.
   *
   * @param nowMillis since 1970
   */
  public static long intervalNanos(
      RetryPolicy.RateLimitedBackOff backOff,
      HeaderLookup answer,
      long nowMillis,
      RandomSource random) {
    for (RetryPolicy.ResetHeader header : backOff.resetHeaders()) {
      long asked = askedMillis(header, answer.header(header.name()), nowMillis);
      if (asked >= 0 && asked <= TimeUnit.NANOSECONDS.toMillis(backOff.maxNanos())) {
        int spread = (int) Math.min(asked / 2, Integer.MAX_VALUE);
        long jitter = spread == 0 ? 0 : random.nextInt(spread, Draw.RETRY_JITTER);
        return (asked + jitter) * NANOS_PER_MILLI;
      }
    }
    return NONE;
  }

  private static long askedMillis(
      RetryPolicy.ResetHeader header, @Nullable String text, long nowMillis) {
    long seconds = HeaderNumber.of(text == null ? null : text.strip(), MAX_DIGITS);
    if (seconds < 0 || !header.unixTimestamp()) {
      return seconds < 0 ? NONE : seconds * 1000;
    }
    long then = seconds * 1000;
    return then < nowMillis ? NONE : then - nowMillis;
  }
}
