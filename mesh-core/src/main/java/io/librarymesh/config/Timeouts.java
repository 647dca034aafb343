package io.librarymesh.config;

/**
 * How long the calls of a route may take. Source: Envoy {@code route.v3.RouteAction}.
 *
 * @param routeNanos bounds the call over all attempts, from the end of the request to the end of
 *     the response; 0 means none. {@code timeout}
 * @param grpc how a gRPC request bounds itself in place of that. {@code max_grpc_timeout}, {@code
 *     grpc_timeout_offset}
 * @param stream bounds the call from its very beginning. {@code max_stream_duration}
 * @param idleNanos how long nothing may come nor go; 0 means for ever. {@code idle_timeout}
 */
public record Timeouts(long routeNanos, GrpcTimeout grpc, StreamDuration stream, long idleNanos) {
  /**
   * In the place of a time: the route says nothing, so that the connection manager's holds; where
   * none says anything, there is no bound.
   */
  public static final long UNSAID = -1;

  /** Nothing is bounded. */
  public static final Timeouts NONE = ofRoute(0);

  public Timeouts {
    Ranges.requireNotNegative("routeNanos", routeNanos);
    Ranges.requireNotNegativeOr(UNSAID, "idleNanos", idleNanos);
  }

  /** The route's timeout alone. */
  public static Timeouts ofRoute(long nanos) {
    return new Timeouts(nanos, GrpcTimeout.UNREAD, StreamDuration.UNSAID, UNSAID);
  }

  /** What a copy of a request is bounded by. Source: Envoy {@code Filter::maybeDoShadowing}. */
  public Timeouts ofCopies() {
    return new Timeouts(routeNanos, grpc, StreamDuration.UNSAID, UNSAID);
  }

  /**
   * The same where the route says nothing itself.
   *
   * @param maxStreamNanos {@code common_http_protocol_options.max_stream_duration}; 0 means none
   * @param idle {@code stream_idle_timeout}; 0 means none
   */
  public Timeouts under(long maxStreamNanos, long idle) {
    long ofStream = stream.maxNanos() == UNSAID ? maxStreamNanos : stream.maxNanos();
    return new Timeouts(
        routeNanos,
        grpc,
        new StreamDuration(stream.isConfigured(), ofStream, stream.grpc()),
        idleNanos == UNSAID ? idle : idleNanos);
  }

  /**
   * What is made of the {@code grpc-timeout} header of a request.
   *
   * @param isRead whether it is looked at
   * @param maxNanos what it may ask for at most; 0 means anything
   * @param offsetNanos how much earlier than it asks the call is over, so that the caller hears of
   *     it
   */
  public record GrpcTimeout(boolean isRead, long maxNanos, long offsetNanos) {
    /** It is not looked at. */
    public static final GrpcTimeout UNREAD = new GrpcTimeout(false, 0, 0);

    public GrpcTimeout {
      Ranges.requireNotNegative("maxNanos", maxNanos);
      Ranges.requireNotNegative("offsetNanos", offsetNanos);
    }
  }

  /**
   * The bound of a call from its beginning, waits included, to the end of the response.
   *
   * @param isConfigured whether the route says anything of it; then it has no route timeout
   * @param maxNanos the bound; 0 means none, {@link Timeouts#UNSAID} that of the connection manager
   * @param grpc how requests bound themselves in place of that. {@code grpc_timeout_header_max},
   *     {@code grpc_timeout_header_offset}
   */
  public record StreamDuration(boolean isConfigured, long maxNanos, GrpcTimeout grpc) {
    /** The route says nothing of it. */
    public static final StreamDuration UNSAID =
        new StreamDuration(false, Timeouts.UNSAID, GrpcTimeout.UNREAD);

    public StreamDuration {
      Ranges.requireNotNegativeOr(Timeouts.UNSAID, "maxNanos", maxNanos);
    }
  }
}
