package io.librarymesh;

import io.librarymesh.fault.ResponsePace;
import io.librarymesh.route.HeaderSink;
import io.librarymesh.route.RequestHead;
import io.librarymesh.route.RouteDecision;
import io.librarymesh.telemetry.ResponseFlag;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a driver asks of a call about the messages that go out and come back. */
abstract sealed class CallMessages extends CallState permits RacedWalk {
  CallMessages(Target target, RequestHead head) {
    super(target, head);
  }

  /**
   * How long from now the attempt may take until its response head, in nanoseconds: what is left of
   * the route's timeout; {@link Long#MAX_VALUE} when unbounded. After {@link Step.Send}.
   */
  public final long attemptTimeoutNanos() {
    expectSent();
    return remaining(detour == null ? startNanos : detour.now);
  }

  /**
   * How long the attempt may take from {@link MeshCall#onConnected} until its response head, in
   * nanoseconds; {@link Long#MAX_VALUE} when unbounded. It does not bound connecting, which has a
   * timeout of its own, nor does it take the place of {@link #attemptTimeoutNanos}. After {@link
   * Step.Send}. Source: Envoy {@code RetryPolicy.per_try_timeout}.
   */
  public final long perTryTimeoutNanos() {
    expectSent();
    long perTry = forward().retryPolicy().perTryTimeoutNanos();
    return perTry == 0 ? Long.MAX_VALUE : perTry;
  }

  /**
   * What the driver needs where running out of {@link #perTryTimeoutNanos} does not end the
   * attempt; null where it does, which is nearly always. After {@link Step.Send}.
   */
  public final @Nullable HedgedAttempt hedged() {
    expectSent();
    return detour == null || detour.racer == null ? null : detour.racer.attempt;
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
    return forward().timeouts().routeNanos() == 0
        ? Long.MAX_VALUE
        : remaining(seams().ticker().nanos());
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
    if (detour != null && detour.outgoing != null) {
      detour.outgoing.headersTo(sink);
    }
    if (matched.sendsEndpointName()) {
      matched.forwardedHost(outgoing(), endpointName(), sink);
    }
    if (matched.attemptCountInRequest()) {
      sink.set(ATTEMPT_COUNT, LocalReplies.number(attemptNumber()));
    }
    long expected = expectedNanos();
    if (expected != Long.MAX_VALUE) {
      sink.set(EXPECTED_TIMEOUT, Long.toString(Math.max(1, expected / NANOS_PER_MILLI)));
    }
  }

  /** How long the attempt may take, connecting aside; a hedged one goes on after its own time. */
  private long expectedNanos() {
    long left = attemptTimeoutNanos();
    return bound().hedges ? left : Math.min(left, perTryTimeoutNanos());
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
