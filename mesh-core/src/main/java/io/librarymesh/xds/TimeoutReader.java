package io.librarymesh.xds;

import com.google.protobuf.Duration;
import io.librarymesh.config.Timeouts;
import io.librarymesh.config.Timeouts.GrpcTimeout;
import io.librarymesh.config.Timeouts.StreamDuration;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction.MaxStreamDuration;
import java.util.concurrent.TimeUnit;

/**
 * Reads how long the calls of a route may take. Source: Envoy {@code route.v3.RouteAction}, {@code
 * RouteEntryImplBase}.
 */
final class TimeoutReader {
  private static final long DEFAULT_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(15);

  private final RouteAction action;
  private final FieldPath at;
  private final Findings findings;

  private TimeoutReader(RouteAction action, FieldPath at, Findings findings) {
    this.action = action;
    this.at = at;
    this.findings = findings;
  }

  static Timeouts read(RouteAction action, FieldPath at, Findings findings) {
    return new TimeoutReader(action, at, findings).read();
  }

  private Timeouts read() {
    long idle =
        action.hasIdleTimeout() ? nanos(action.getIdleTimeout(), "idle_timeout") : Timeouts.UNSAID;
    if (action.hasMaxStreamDuration()) {
      return new Timeouts(0, GrpcTimeout.UNREAD, stream(action.getMaxStreamDuration()), idle);
    }
    return new Timeouts(route(), grpc(), StreamDuration.UNSAID, idle);
  }

  private long route() {
    return action.hasTimeout() ? nanos(action.getTimeout(), "timeout") : DEFAULT_TIMEOUT_NANOS;
  }

  @SuppressWarnings("deprecation") // Istio says it in these fields and in no others.
  private GrpcTimeout grpc() {
    return action.hasMaxGrpcTimeout()
        ? new GrpcTimeout(
            true,
            nanos(action.getMaxGrpcTimeout(), "max_grpc_timeout"),
            nanos(action.getGrpcTimeoutOffset(), "grpc_timeout_offset"))
        : GrpcTimeout.UNREAD;
  }

  private StreamDuration stream(MaxStreamDuration stream) {
    FieldPath place = at.field("max_stream_duration");
    long nanos =
        stream.hasMaxStreamDuration()
            ? DurationReader.nanos(
                stream.getMaxStreamDuration(), place.field("max_stream_duration"), findings)
            : Timeouts.UNSAID;
    if (!stream.hasGrpcTimeoutHeaderMax()) {
      return new StreamDuration(true, nanos, GrpcTimeout.UNREAD);
    }
    GrpcTimeout header =
        new GrpcTimeout(
            true,
            DurationReader.nanos(
                stream.getGrpcTimeoutHeaderMax(), place.field("grpc_timeout_header_max"), findings),
            DurationReader.nanos(
                stream.getGrpcTimeoutHeaderOffset(),
                place.field("grpc_timeout_header_offset"),
                findings));
    return new StreamDuration(true, nanos, header);
  }

  private long nanos(Duration duration, String field) {
    return DurationReader.nanos(duration, at.field(field), findings);
  }
}
