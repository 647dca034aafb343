package io.librarymesh.attempt;

import io.librarymesh.config.RetryPolicy;
import io.librarymesh.config.Timeouts;
import io.librarymesh.route.GrpcRequest;
import io.librarymesh.route.RequestHead;
import io.librarymesh.time.Ticker;
import org.jspecify.annotations.Nullable;

/**
 * The timeouts of a route whose calls need a {@link CallTimer}. Immutable; any thread.
 *
 * <p>Source: Envoy {@code FilterUtility::finalTimeout}, {@code FilterUtility::setTimeoutHeaders}
 * and {@code ActiveStream::refreshDurationTimeout}.
 */
public final class TimeoutPlan {
  private final Timeouts timeouts;
  private final long routeNanos;
  private final long streamNanos;
  private final long idleNanos;
  private final long perTryNanos;
  private final long perTryIdleNanos;

  /** Whether it matters if a request is of gRPC. */
  private final boolean asksForGrpc;

  /** Whether every call needs a timer. */
  private final boolean bounds;

  private TimeoutPlan(Timeouts timeouts, RetryPolicy retries) {
    this.timeouts = timeouts;
    this.routeNanos = bound(timeouts.routeNanos());
    this.streamNanos = bound(timeouts.stream().maxNanos());
    this.idleNanos = bound(timeouts.idleNanos());
    this.perTryNanos = bound(retries.perTryTimeoutNanos());
    this.perTryIdleNanos = bound(retries.perTryIdleTimeoutNanos());
    this.asksForGrpc = timeouts.grpc().isRead() || timeouts.stream().isConfigured();
    this.bounds =
        streamNanos != CallTimer.NEVER
            || idleNanos != CallTimer.NEVER
            || perTryIdleNanos != CallTimer.NEVER;
  }

  /** Prepares the timeouts of a route; null when its timeout and that of a try are all. */
  public static @Nullable TimeoutPlan compile(Timeouts timeouts, RetryPolicy retries) {
    TimeoutPlan plan = new TimeoutPlan(timeouts, retries);
    boolean needed = plan.bounds || timeouts.grpc().isRead() || timeouts.stream().grpc().isRead();
    return needed ? plan : null;
  }

  /** Bounds that every call has, for one whose cluster bounds its attempts. */
  public static TimeoutPlan plain(Timeouts timeouts, RetryPolicy retries) {
    return new TimeoutPlan(timeouts, retries);
  }

  private static long bound(long nanos) {
    return nanos <= 0 ? CallTimer.NEVER : nanos;
  }

  long perTryNanos() {
    return perTryNanos;
  }

  /**
   * What bounds a call; null when that is the route's timeout and that of a try.
   *
   * @param start when the call began
   */
  public @Nullable CallTimer timer(RequestHead head, Ticker ticker, long start) {
    Asked asked = asked(head);
    return bounds || asked != null
        ? timer(
            asked == null ? new Asked(routeNanos, streamNanos, false, null) : asked, ticker, start)
        : null;
  }

  /** The same for a call whose cluster bounds its attempts. */
  public CallTimer timer(Ticker ticker, long start) {
    return timer(new Asked(routeNanos, streamNanos, false, null), ticker, start);
  }

  private CallTimer timer(Asked asked, Ticker ticker, long start) {
    boolean idle = idleNanos != CallTimer.NEVER || perTryIdleNanos != CallTimer.NEVER;
    Silence silence = idle ? new Silence(ticker, idleNanos, perTryIdleNanos, start) : null;
    return new CallTimer(this, asked, start, silence);
  }

  /** What the headers of a request make of the bounds; null when that is nothing. */
  private @Nullable Asked asked(RequestHead head) {
    boolean grpc = asksForGrpc && GrpcRequest.isGrpc(head);
    if (timeouts.stream().isConfigured()) {
      long stream = streamNanos(head);
      String told = grpc && stream != CallTimer.NEVER ? GrpcRequest.timeout(stream) : null;
      return stream == streamNanos && told == null
          ? null
          : new Asked(CallTimer.NEVER, stream, false, told);
    }
    return grpc
        ? new Asked(
            bound(GrpcRequest.routeTimeoutNanos(head, timeouts.grpc())), streamNanos, true, null)
        : null;
  }

  private long streamNanos(RequestHead head) {
    Timeouts.GrpcTimeout rule = timeouts.stream().grpc();
    long asked = rule.isRead() ? GrpcRequest.timeoutNanos(head) : GrpcRequest.NO_TIMEOUT;
    return asked == GrpcRequest.NO_TIMEOUT
        ? streamNanos
        : GrpcRequest.streamDurationNanos(asked, rule);
  }

  /**
   * The bounds of one call.
   *
   * @param tellsGrpcTimeout whether attempts say in {@code grpc-timeout} how long they may take
   * @param grpcTimeout what they say there otherwise; null when that is the caller's own
   */
  record Asked(
      long routeNanos, long streamNanos, boolean tellsGrpcTimeout, @Nullable String grpcTimeout) {}
}
