package io.librarymesh.attempt;

import io.librarymesh.config.RetryPolicy;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import io.librarymesh.route.HeaderLookup;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait before a retry when the upstream said so. Source: Envoy {@code
 * RetryStateImpl::parseResetInterval} and {@code JitteredLowerBoundBackOffStrategy}.
 */
public final class RateLimitedBackOff {
  private static final long NANOS_PER_MILLI = 1_000_000L;

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
    long seconds = wholeNumber(text);
    if (seconds < 0 || !header.unixTimestamp()) {
      return seconds < 0 ? NONE : seconds * 1000;
    }
    long then = seconds * 1000;
    return then < nowMillis ? NONE : then - nowMillis;
  }

  /** -1 when it is none, or one of centuries. */
  private static long wholeNumber(@Nullable String text) {
    String digits = text == null ? "" : text.strip();
    if (digits.isEmpty() || digits.length() > 12) {
      return NONE;
    }
    long value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return NONE;
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
