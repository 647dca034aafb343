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
   * longest; or when the first of use asks for no time at all.
   *
   * @param nowMillis since 1970; what is left of a second is cut off, as Envoy does
   */
  public static long intervalNanos(
      RetryPolicy.RateLimitedBackOff backOff,
      HeaderLookup answer,
      long nowMillis,
      RandomSource random) {
    for (RetryPolicy.ResetHeader header : backOff.resetHeaders()) {
      long seconds = askedSeconds(header, answer.header(header.name()), nowMillis);
      if (seconds >= 0 && seconds <= TimeUnit.NANOSECONDS.toSeconds(backOff.maxNanos())) {
        return seconds == 0 ? NONE : jittered(seconds * 1000, random);
      }
    }
    return NONE;
  }

  private static long jittered(long millis, RandomSource random) {
    int spread = (int) Math.min(millis / 2, Integer.MAX_VALUE);
    return (millis + random.nextInt(spread, Draw.RETRY_JITTER)) * NANOS_PER_MILLI;
  }

  private static long askedSeconds(
      RetryPolicy.ResetHeader header, @Nullable String text, long nowMillis) {
    long seconds = HeaderNumber.of(text == null ? null : text.strip(), MAX_DIGITS);
    if (seconds < 0 || !header.unixTimestamp()) {
      return seconds;
    }
    long now = Math.floorDiv(nowMillis, 1000);
    return seconds < now ? NONE : seconds - now;
  }
}
