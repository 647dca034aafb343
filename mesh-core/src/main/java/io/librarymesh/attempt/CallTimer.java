package io.librarymesh.attempt;

import io.librarymesh.route.GrpcRequest;
import org.jspecify.annotations.Nullable;

/**
 * What is left of the time of one call that more than a route's timeout and that of a try bounds.
 * Confined like the call, but for what it says of silence.
 */
public final class CallTimer {
  static final long NEVER = Long.MAX_VALUE;

  private static final TimeLimit[] LIMITS = TimeLimit.values();
  private static final TimeLimit[] OF_CALL = {
    TimeLimit.STREAM_DURATION, TimeLimit.STREAM_IDLE, TimeLimit.ROUTE
  };

  private final long startNanos;
  private final long routeNanos;
  private final long streamNanos;
  private final long perTryNanos;
  private final @Nullable Silence silence;
  private final @Nullable String grpcTimeout;
  private final boolean tellsGrpcTimeout;
  private long upstreamNanos = NEVER;
  private long connectedNanos;
  private boolean connected;
  private boolean hedged;

  CallTimer(TimeoutPlan plan, TimeoutPlan.Asked asked, long start, @Nullable Silence silence) {
    this.startNanos = start;
    this.routeNanos = asked.routeNanos();
    this.streamNanos = asked.streamNanos();
    this.perTryNanos = plan.perTryNanos();
    this.grpcTimeout = asked.grpcTimeout();
    this.tellsGrpcTimeout = asked.tellsGrpcTimeout();
    this.silence = silence;
  }

  /** Another service is tried in place of the first; what bounds the call as a whole goes on. */
  public void beginAnew(long now) {
    if (silence != null) {
      silence.received(now);
    }
  }

  /** What is left of a bound; {@link #NEVER} when there is none. */
  static long left(long bound, long used) {
    return bound == NEVER ? NEVER : bound - used;
  }

  /** Whether it may end for silence. */
  public boolean boundsSilence() {
    return silence != null;
  }

  /** What is left of the silence that is allowed. Any thread. */
  public long ofSilence() {
    return silence == null ? NEVER : silence.remainingNanos();
  }

  /** Some of the request went out. Any thread. */
  public void bytesSent() {
    if (silence != null) {
      silence.sent();
    }
  }

  /** Some of the response came. Any thread. */
  public void bytesReceived() {
    if (silence != null) {
      silence.received();
    }
  }

  /**
   * An attempt begins.
   *
   * @param upstream the cluster's bound of an attempt; 0 means none
   * @param isHedged whether another begins beside it when the time of a try is over
   */
  public void attemptBegins(long upstream, boolean isHedged) {
    connected = false;
    hedged = isHedged;
    upstreamNanos = upstream == 0 ? NEVER : upstream;
    if (silence != null) {
      silence.attemptBegins(isHedged);
    }
  }

  /** The attempt has its connection. */
  public void connected(long now) {
    connected = true;
    connectedNanos = now;
    if (silence != null) {
      silence.connected(now);
    }
  }

  /** The response head is there. */
  public void received(long now) {
    if (!connected) {
      connected(now);
    }
    if (silence != null) {
      silence.responseBegins(now);
    }
  }

  /** What is left of the call before its cluster is chosen. */
  public long ofStream(long now) {
    return Math.min(left(streamNanos, now - startNanos), idle(now));
  }

  /**
   * What is left of the call.
   *
   * @param routed when the route's timeout began
   */
  public long ofCall(long now, long routed) {
    return Math.min(ofStream(now), ofRoute(now, routed));
  }

  /** What is left of the route's timeout. */
  public long ofRoute(long now, long routed) {
    return left(routeNanos, now - routed);
  }

  /** What is left until the response head, silence aside. */
  public long ofAttempt(long now, long routed) {
    return Math.min(left(streamNanos, now - startNanos), ofRoute(now, routed));
  }

  /** How long an attempt may take from its connection to its response head. */
  public long ofTry() {
    return hedged ? upstreamNanos : Math.min(perTryNanos, upstreamNanos);
  }

  /** What is left until the end of the response, silence aside. */
  public long ofBody(long now, long routed) {
    return Math.min(ofAttempt(now, routed), ofUpstream(now));
  }

  private long ofUpstream(long now) {
    return connected ? left(upstreamNanos, now - connectedNanos) : NEVER;
  }

  private long idle(long now) {
    return silence == null ? NEVER : silence.streamRemaining(now);
  }

  /** Which bound of the call has passed first; before any has, which one will. */
  public TimeLimit passedOfCall(long now, long routed) {
    return passed(OF_CALL, now, routed, false);
  }

  /**
   * The same of the call and its attempt.
   *
   * @param body whether the response head has been delivered
   */
  public TimeLimit passed(long now, long routed, boolean body) {
    return passed(LIMITS, now, routed, body);
  }

  private TimeLimit passed(TimeLimit[] limits, long now, long routed, boolean body) {
    TimeLimit first = TimeLimit.ROUTE;
    long least = NEVER;
    for (TimeLimit limit : limits) {
      long left = left(limit, now, routed, body);
      if (left < least) {
        least = left;
        first = limit;
      }
    }
    return first;
  }

  private long left(TimeLimit limit, long now, long routed, boolean body) {
    return switch (limit) {
      case STREAM_DURATION -> left(streamNanos, now - startNanos);
      case STREAM_IDLE -> idle(now);
      case ROUTE -> ofRoute(now, routed);
      case UPSTREAM_DURATION -> ofUpstream(now);
      case PER_TRY ->
          body || hedged || !connected ? NEVER : left(perTryNanos, now - connectedNanos);
      case PER_TRY_IDLE -> silence == null ? NEVER : silence.perTryRemaining(now);
    };
  }

  /**
   * The {@code grpc-timeout} that an attempt is sent with; null when that is the caller's own.
   *
   * @param expected how long the attempt may take; {@link Long#MAX_VALUE} when unbounded
   */
  public @Nullable String grpcTimeout(long expected) {
    boolean told = tellsGrpcTimeout && expected != NEVER;
    return told ? GrpcRequest.timeout(expected) : grpcTimeout;
  }
}
