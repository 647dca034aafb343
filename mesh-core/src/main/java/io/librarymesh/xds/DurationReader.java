package io.librarymesh.xds;

import com.google.protobuf.Duration;
import java.util.concurrent.TimeUnit;

/** Reads {@code google.protobuf.Duration} into nanoseconds. */
final class DurationReader {
  /** Longer is the same as for ever, and sums of two still fit. */
  private static final long MAX_SECONDS = TimeUnit.DAYS.toSeconds(36_500);

  private DurationReader() {}

  /** Zero or more; adds an error when it is negative or not well-formed. */
  static long nanos(Duration duration, FieldPath at, Findings findings) {
    long seconds = duration.getSeconds();
    int nanos = duration.getNanos();
    if (seconds < 0 || nanos < 0 || nanos > 999_999_999) {
      findings.error(at, text(duration) + " (expected: >= 0s)");
      return 0;
    }
    return TimeUnit.SECONDS.toNanos(Math.min(seconds, MAX_SECONDS)) + nanos;
  }

  /** More than zero; adds an error and gives one second when it is not. */
  static long positiveNanos(Duration duration, FieldPath at, Findings findings) {
    if (duration.getSeconds() == 0 && duration.getNanos() == 0) {
      findings.error(at, "0s (expected: > 0s)");
      return TimeUnit.SECONDS.toNanos(1);
    }
    return Math.max(1, nanos(duration, at, findings));
  }

  private static String text(Duration duration) {
    return duration.getNanos() == 0
        ? duration.getSeconds() + "s"
        : duration.getSeconds() + "s " + duration.getNanos() + "ns";
  }
}
