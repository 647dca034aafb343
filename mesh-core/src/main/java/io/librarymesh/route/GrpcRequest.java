package io.librarymesh.route;

import io.librarymesh.config.Timeouts.GrpcTimeout;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the headers of a gRPC request say. Source: gRPC over HTTP/2, {@code Request-Headers}; Envoy
 * {@code Grpc::Common}.
 */
public final class GrpcRequest {
  /** The deadline of a request: up to eight digits and a unit. */
  public static final String TIMEOUT = "grpc-timeout";

  /** No deadline, or none that can be read. */
  public static final long NO_TIMEOUT = -1;

  private static final String CONTENT_TYPE = "application/grpc";
  private static final int MAX_DIGITS = 8;
  private static final long MAX_VALUE = 99_999_999;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private GrpcRequest() {}

  /** Whether a message with this {@code content-type} is of gRPC. */
  public static boolean isGrpc(@Nullable String contentType) {
    return contentType != null
        && contentType.startsWith(CONTENT_TYPE)
        && (contentType.length() == CONTENT_TYPE.length()
            || contentType.charAt(CONTENT_TYPE.length()) == '+'
            || contentType.charAt(CONTENT_TYPE.length()) == ';');
  }

  /** Whether this is one; every one is a POST, which spares all others a look at their headers. */
  public static boolean isGrpc(RequestHead head) {
    return head.method().equals("POST") && isGrpc(head.header("content-type"));
  }

  /** The deadline of a request in whole milliseconds, or {@link #NO_TIMEOUT}. */
  public static long timeoutNanos(RequestHead head) {
    String text = head.header(TIMEOUT);
    if (text == null || text.isEmpty()) {
      return NO_TIMEOUT;
    }
    long value = HeaderNumber.of(text.substring(0, text.length() - 1), MAX_DIGITS);
    if (value == HeaderNumber.NONE) {
      return NO_TIMEOUT;
    }
    return switch (text.charAt(text.length() - 1)) {
      case 'H' -> TimeUnit.HOURS.toNanos(value);
      case 'M' -> TimeUnit.MINUTES.toNanos(value);
      case 'S' -> TimeUnit.SECONDS.toNanos(value);
      case 'm' -> TimeUnit.MILLISECONDS.toNanos(value);
      case 'u' -> wholeMillis(TimeUnit.MICROSECONDS.toNanos(value));
      case 'n' -> wholeMillis(value);
      default -> NO_TIMEOUT;
    };
  }

  private static long wholeMillis(long nanos) {
    return (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI * NANOS_PER_MILLI;
  }

  /** How the header says a time, in the finest unit that has room for it. */
  public static String timeout(long nanos) {
    long millis = nanos / NANOS_PER_MILLI;
    if (millis <= MAX_VALUE) {
      return millis + "m";
    }
    long seconds = TimeUnit.MILLISECONDS.toSeconds(millis);
    if (seconds <= MAX_VALUE) {
      return seconds + "S";
    }
    long minutes = TimeUnit.SECONDS.toMinutes(seconds);
    // Nothing is longer than 2^63 ns, for which hours have room.
    return minutes <= MAX_VALUE ? minutes + "M" : TimeUnit.MINUTES.toHours(minutes) + "H";
  }

  /**
   * What bounds a gRPC request in place of its route's timeout.
   *
   * @return 0 for no bound
   */
  public static long routeTimeoutNanos(RequestHead head, GrpcTimeout rule) {
    long asked = Math.max(0, timeoutNanos(head));
    if (rule.offsetNanos() < asked) {
      asked -= rule.offsetNanos();
    }
    boolean tooLong = asked == 0 || asked > rule.maxNanos();
    return rule.maxNanos() != 0 && tooLong ? rule.maxNanos() : asked;
  }

  /**
   * What bounds a request with a deadline as a whole; 0 when its time is over already.
   *
   * @param asked the deadline
   */
  public static long streamDurationNanos(long asked, GrpcTimeout rule) {
    long granted = rule.maxNanos() == 0 ? asked : Math.min(asked, rule.maxNanos());
    return Math.max(0, granted - rule.offsetNanos());
  }
}
