package io.librarymesh;

import io.librarymesh.attempt.CallTimer;
import io.librarymesh.fault.ResponsePace;
import io.librarymesh.route.ControlHeaders;
import io.librarymesh.route.GrpcRequest;
import io.librarymesh.route.HeaderSink;
import io.librarymesh.route.RequestHead;
import io.librarymesh.route.RouteDecision;
import io.librarymesh.telemetry.ResponseFlag;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a driver asks of a call about the messages that go out and come back. */
abstract sealed class CallMessages extends TimedCall permits RacedWalk {
  CallMessages(Target target, RequestHead head) {
    super(target, head);
  }

  /**
   * How long from now the attempt may take until its response head, in nanoseconds: what is left of
   * the call; {@link Long#MAX_VALUE} when unbounded. After {@link Step.Send}.
   */
  public final long attemptTimeoutNanos() {
    expectSent();
    CallTimer timer = timer();
    if (timer != null) {
      return timer.ofAttempt(detour().now, detour().routedNanos);
    }
    return ofRoute(detour == null ? startNanos : detour.now);
  }

  /**
   * How long the attempt may take from {@link MeshCall#onConnected} until its response head, in
   * nanoseconds; {@link Long#MAX_VALUE} when unbounded. It does not bound connecting, which has a
   * timeout of its own, nor does it take the place of {@link #attemptTimeoutNanos}. After {@link
   * Step.Send}. Source: Envoy {@code RetryPolicy.per_try_timeout}, unless the attempt is {@link
   * #hedged}, and the {@code max_stream_duration} of a cluster.
   */
  public final long perTryTimeoutNanos() {
    expectSent();
    CallTimer timer = timer();
    if (timer != null) {
      return timer.ofTry();
    }
    long perTry = racesOthers() ? 0 : forward().retryPolicy().perTryTimeoutNanos();
    return perTry == 0 ? Long.MAX_VALUE : perTry;
  }

  /**
   * What the driver needs where the time of a try does not end the attempt but begins another
   * beside it; null where it ends it, which is nearly always. After {@link Step.Send}.
   */
  public final @Nullable HedgedAttempt hedged() {
    expectSent();
    return detour == null || detour.racer == null ? null : detour.racer.attempt;
  }

  private boolean racesOthers() {
    return detour != null && detour.racer != null;
  }

  /**
   * After {@link Step.Deliver}, and {@link Step.Fallback} without a failure of the mesh's own: the
   * call that got the response, which was begun beside this one; null when it is the response that
   * was just reported to this one, which is nearly always.
   */
  public final @Nullable MeshCall winner() {
    expect(State.DELIVERED);
    return detour == null ? null : detour.winner;
  }

  /**
   * After {@link Step.Deliver}: how long from now the body may take, in nanoseconds; {@link
   * Long#MAX_VALUE} when unbounded. Then the driver resets the exchange and reports {@link
   * MeshCall#onBodyTimeout}.
   */
  public final long bodyTimeoutNanos() {
    expect(State.DELIVERED);
    CallTimer timer = timer();
    if (timer != null) {
      return timer.ofBody(seams().ticker().nanos(), detour().routedNanos);
    }
    return forward().timeouts().routeNanos() == 0
        ? Long.MAX_VALUE
        : ofRoute(seams().ticker().nanos());
  }

  /**
   * Whether the call is given up when nothing comes or goes for too long, from {@link Step.Send} on
   * to the end of the body. Then the driver tells of {@link #onBytesSent} and {@link
   * #onBytesReceived}, asks {@link #silenceNanos} when there is a step to send, again when that has
   * its connection, and for the body, and when that time has passed and a new question says that it
   * is over, resets the exchange and reports {@link MeshCall#onTimeout} or {@link
   * MeshCall#onBodyTimeout}. Source: Envoy {@code idle_timeout}, {@code stream_idle_timeout} and
   * {@code RetryPolicy.per_try_idle_timeout}.
   */
  public final boolean boundsSilence() {
    CallTimer timer = timer();
    return timer != null && timer.boundsSilence();
  }

  /**
   * How much longer nothing may come or go; 0 or less when that was too long, {@link
   * Long#MAX_VALUE} when it may last for ever. Any thread.
   */
  public final long silenceNanos() {
    CallTimer timer = timer();
    return timer == null ? Long.MAX_VALUE : timer.ofSilence();
  }

  /**
   * Before {@link MeshCall#onTimeout}: what the attempt was about when its time ran out, for the
   * caller's eyes, where that says more than that it had no answer.
   */
  public final void onUnfinished(String what) {
    expectSent();
    detour().unfinished = what;
  }

  /** Some of the request body went out. Any thread. */
  public final void onBytesSent() {
    CallTimer timer = timer();
    if (timer != null) {
      timer.bytesSent();
    }
  }

  /** Some of the response body came. Any thread. */
  public final void onBytesReceived() {
    CallTimer timer = timer();
    if (timer != null) {
      timer.bytesReceived();
    }
  }

  /**
   * After {@link Step.Deliver}: how fast the body may be given to the caller, which is as fast as
   * it comes unless a fault slows it down. {@link #bodyTimeoutNanos} bounds a body that is slowed
   * down, too. Source: Envoy {@code HTTPFault.response_rate_limit}.
   */
  public final Optional<ResponsePace> bodyPace() {
    expect(State.DELIVERED);
    return detour == null ? Optional.empty() : Optional.ofNullable(detour.pace);
  }

  /** The authority that this attempt is sent with: its Host header. After {@link Step.Send}. */
  public final String authority() {
    String name = bound().matched.sendsEndpointName() ? endpointName() : "";
    return name.isEmpty() ? outgoing().authority() : name;
  }

  /** The path and query that this attempt is sent with. After {@link Step.Send}. */
  public final String path() {
    return outgoing().path();
  }

  /**
   * Tells {@code sink} how the headers of this attempt differ from the caller's, its authority
   * aside. After {@link Step.Send}.
   */
  public final void requestHeaders(HeaderSink sink) {
    RouteDecision.Matched matched = bound().matched;
    ControlHeaders.takeOff(head, sink);
    if (detour != null && detour.outgoing != null) {
      detour.outgoing.headersTo(sink);
    }
    if (matched.sendsEndpointName()) {
      matched.forwardedHost(outgoing(), endpointName(), sink);
    }
    if (matched.attemptCountInRequest()) {
      sink.set(ATTEMPT_COUNT, LocalReplies.number(attemptNumber()));
    }
    if (matched.timeoutRetryInRequest() && attemptNumber() > 1) {
      sink.set(IS_TIMEOUT_RETRY, String.valueOf(detour != null && detour.afterTimeout));
    }
    long expected = expectedNanos();
    if (expected != Long.MAX_VALUE) {
      sink.set(EXPECTED_TIMEOUT, Long.toString(expected / NANOS_PER_MILLI));
    }
    CallTimer timer = timer();
    String grpcTimeout = timer == null ? null : timer.grpcTimeout(expected);
    if (grpcTimeout != null) {
      sink.set(GrpcRequest.TIMEOUT, grpcTimeout);
    }
  }

  /**
   * How long the attempt may take as the route and the timeout of a try have it, connecting aside,
   * and at least a millisecond; {@link Long#MAX_VALUE} when unbounded. A hedged one goes on after
   * its own time.
   */
  private long expectedNanos() {
    CallTimer timer = timer();
    long now = detour == null ? startNanos : detour.now;
    long route = timer == null ? ofRoute(now) : timer.ofRoute(now, detour().routedNanos);
    long perTry = bound().hedges ? 0 : forward().retryPolicy().perTryTimeoutNanos();
    return Math.max(NANOS_PER_MILLI, perTry == 0 ? route : Math.min(route, perTry));
  }

  /**
   * Tells {@code sink} how the headers of the response differ for the caller from those it came
   * with. After {@link Step.Deliver}; a {@link Step.Reply} has its headers.
   */
  public final void responseHeaders(HeaderSink sink) {
    expect(State.DELIVERED);
    if (detour != null && detour.response != null) {
      changeResponse(detour.response::header, detour.response.status(), sink);
    }
  }

  /** The number of the attempt that the last {@link Step.Send} asked for, from 1; 0 before that. */
  public final int attempt() {
    return attemptNumber();
  }

  /** Why the call is as it is, so far. */
  public final Set<ResponseFlag> flags() {
    return LocalReplies.flagSet(flagBits());
  }

  /** The name of the route taken; empty when none was. */
  public final String routeName() {
    return bound == null ? "" : bound.matched.route().name();
  }

  /** The name of the cluster chosen; empty when none was. */
  public final String clusterName() {
    return cluster == null ? "" : cluster.name;
  }
}
