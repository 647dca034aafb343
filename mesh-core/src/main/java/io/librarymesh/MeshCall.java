package io.librarymesh;

import static java.util.Objects.requireNonNull;

import io.librarymesh.MeshSnapshot.MirrorRoute;
import io.librarymesh.attempt.TimeLimit;
import io.librarymesh.config.RouteAction;
import io.librarymesh.fault.FaultDecision;
import io.librarymesh.fault.FaultPlan;
import io.librarymesh.guard.FallbackDecision;
import io.librarymesh.outcome.ResponseHead;
import io.librarymesh.outcome.RetryRules;
import io.librarymesh.outcome.TransportFailure;
import io.librarymesh.route.PathDecision;
import io.librarymesh.route.RequestHead;
import io.librarymesh.route.RouteDecision;
import io.librarymesh.telemetry.MeshObserver;
import io.librarymesh.telemetry.ResponseFlag;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call through the mesh: a state machine that an adapter drives and that does no I/O itself.
 *
 * <p>Confined to the thread or event loop that drives it; it may be handed from one to the next
 * when the hand-over orders memory. Each method says which {@link Step} it may follow; another
 * order is an {@link IllegalStateException}. A call reads its {@link MeshSnapshot} once and keeps
 * it over all attempts.
 *
 * <p>The order of the walk, and why each room stands where it stands:
 *
 * <ol>
 *   <li>path: brought into its normal form first, so that rules and upstream see the same one.
 *   <li>route: everything else belongs to a route, so nothing can be decided before it.
 *   <li>guard: after route, since a policy belongs to a virtual host; before all that follows,
 *       since what a limit of the policy refuses has not been called, so that neither faults nor
 *       timeouts apply to it.
 *   <li>fault: before limits and picks, since an aborted request never reached the router; before
 *       the timeout starts, since Envoy holds the request back before its router sees it.
 *   <li>cluster: drawn once for a call; a retry stays in its cluster. One that has too much to do
 *       drops the call before anything is held for it.
 *   <li>pick: before the limits, which know the host's idle connections.
 *   <li>limits: last before sending, so that nothing is held that is not used at once.
 *   <li>outcome: the host is charged first, whatever becomes of the call, then a retry is
 *       considered.
 *   <li>guard again: a fallback last of all, since it takes the place of what the caller would get
 *       when nothing else helps; and the caller's own after that of a policy.
 * </ol>
 */
public final class MeshCall extends GuardedWalk {
  MeshCall(Target target, RequestHead head) {
    super(target, head);
  }

  /** A copy of {@code call}, which takes the route of a mirror and is not observed. */
  MeshCall(MeshCall call, MirrorRoute mirror) {
    super(call.target, call.head);
    bound = mirror.route();
    detour().outgoing = mirror.plan().copy(head, call.detour == null ? null : call.detour.outgoing);
  }

  /** A call beside another, for the same answer; it is not observed either. */
  MeshCall(Racer racer) {
    super(racer.race.call.target, racer.race.call.head);
    Race race = racer.race;
    racer.call = this;
    bound = race.bound;
    cluster = race.cluster;
    Detour own = detour();
    own.racer = racer;
    own.routedNanos = race.routedNanos;
    own.destination = race.destination;
    own.outgoing = race.outgoing;
    own.picks = race.picks;
    own.afterTimeout = true;
  }

  /** Begins the call. First of all. */
  public Step start() {
    expect(State.NEW);
    startNanos = seams().ticker().nanos();
    if (bound != null) {
      Racer racer = racer();
      if (racer == null) {
        time(bound);
        return afterGuard(startNanos);
      }
      return join(racer.race);
    }
    if (seams().observer() != MeshObserver.NONE) {
      detour().observe(seams().observer());
    }
    return route(startNanos);
  }

  /**
   * An attempt beside another: what bounds the call began with the call, its silence begins now.
   */
  private Step join(Race race) {
    long now = enter();
    startNanos = race.call.startNanos;
    time(bound());
    Detour own = detour();
    if (own.timer != null) {
      own.timer.beginAnew(now);
    }
    return backOff(now);
  }

  /**
   * Goes on after a {@link Step.Wait}, whether time passed or the signal fired; and after an
   * attempt was broken off because it was {@linkplain HedgedAttempt#overtaken overtaken}.
   */
  public Step proceed() {
    long now = enter();
    if (isOvertaken()) {
      return overtaken(now);
    }
    TimeLimit early = passedEarly(now);
    if (early != null) {
      return timedOut(early);
    }
    return switch (state) {
      case AWAITING_CONFIG -> route(now);
      case GUARDED -> guarded(requireNonNull(detour().guarded, "guarded").proceed(now), now);
      case DELAYED -> afterFault(detour().afterDelay, now);
      case QUEUED -> afterQueue(requireNonNull(detour().queued, "queued"), now);
      case BACKING_OFF -> send(now);
      case AWAITING_RIVALS -> awaitRivals(now);
      default ->
          throw new IllegalStateException(
              "proceed() in state " + state + " (expected: after Wait)");
    };
  }

  /**
   * After {@link Step.Send}: copies of the request, to be sent beside this attempt if that costs
   * the call nothing. Each is a call of its own, whose answer is thrown away; the mesh observer is
   * not told of it. One that is not started holds nothing. Copies go out with the first attempt.
   */
  public List<MeshCall> mirrors() {
    expectSent();
    return detour == null ? List.of() : detour.mirrors;
  }

  /**
   * The attempt has a connection, new or pooled. Limits on pending requests are exact when drivers
   * report this.
   */
  public void onConnected() {
    if (!isSent()) {
      return;
    }
    timeConnected();
    if (host != null) {
      connected();
      chosen().outlierDetector.onConnected(host);
    }
  }

  /**
   * A request body that cannot be sent twice has begun to go out: the call is not retried from now
   * on.
   */
  public void onUnrepeatableBody() {
    detour().unrepeatable();
    Racer racer = racer();
    if (racer != null) {
      racer.race.unrepeatable();
    }
  }

  /**
   * The upstream answered the attempt. The driver discards the answer unless the step is {@link
   * Step.Deliver}.
   */
  public Step onResponse(ResponseHead response) {
    expectSent();
    long now = enter();
    if (isOvertaken(response.status(), "response", now)) {
      return overtaken(now);
    }
    if (host != null) {
      chosen().outlierDetector.onResponse(host, head, response, now, seams().random());
    }
    attemptEnded(response.status(), "response");
    boolean retriable = bound().retryRules.retriesResponse(head, response);
    if (retriable && tryRetry(true)) {
      endAttempt(true);
      return backOff(response, now);
    }
    Step others = outrun(response, retriable, now);
    return others == null ? deliver(response, now) : others;
  }

  @Override
  Step deliver(ResponseHead response, long now) {
    FallbackDecision instead = fallbackFor(response.status());
    if (instead.kind() != FallbackDecision.Kind.NONE) {
      endAttempt(true);
      return fallBack(instead, now);
    }
    if (detour != null) {
      detour.releaseRetry(limits());
    }
    connected();
    timeReceived(now);
    if (changesResponse()) {
      detour().response = response;
    }
    if (isForFallback(response.status())) {
      detour().response = response;
      state = State.DELIVERED;
      return new Step.Fallback(null);
    }
    wantBody(response);
    state = State.DELIVERED;
    return Step.Deliver.INSTANCE;
  }

  /**
   * The attempt ended without an answer.
   *
   * @param requestSent whether any byte of the request may have reached the upstream
   * @param detail the transport's own words, for the caller's eyes; may be empty
   */
  public Step onFailure(TransportFailure failure, boolean requestSent, String detail) {
    expectSent();
    long now = enter();
    if (isOvertaken(0, LocalReplies.name(failure), now)) {
      return overtaken(now);
    }
    charge(false, now);
    attemptEnded(0, LocalReplies.name(failure));
    endAttempt(false);
    if (bound().retryRules.retriesFailure(failure, requestSent)
        && tryRetry(RetryRules.mayBeProcessed(failure, requestSent))) {
      return backOff(now);
    }
    flag(LocalReplies.flag(failure));
    return end(LocalReplies.failed(failure, attemptNumber() > 1, details(detail), flagBits()));
  }

  /**
   * {@link #attemptTimeoutNanos} or {@link #perTryTimeoutNanos} passed without an answer, or the
   * attempt was silent for longer than {@link #silenceNanos} allows. Where others run for the same
   * answer, and it is not retried, all of them are over. Source: Envoy {@code
   * Filter::onStreamMaxDurationReached}.
   */
  public Step onTimeout() {
    expectSent();
    long now = enter();
    TimeLimit limit = passed(now);
    if (racer() != null && !limit.isOfAttempt()) {
      return timedOut(limit);
    }
    if (isOvertaken(0, "timeout", now)) {
      return overtaken(now);
    }
    if (limit.chargesHost()) {
      charge(true, now);
    }
    attemptEnded(0, "timeout");
    endAttempt(false);
    if (limit.isOfAttempt() && bound().retryRules.retriesTimeout() && tryRetry(true)) {
      detour().afterTimeout = limit.isTimeoutOfTry();
      return backOff(now);
    }
    if (racer() != null) {
      state = State.AWAITING_RIVALS; // its own attempt has been given back
    }
    return timedOut(limit);
  }

  /** The body of a delivered response ended as it should. */
  @Override
  public void onBodyEnd() {
    if (state == State.DELIVERED) {
      endAttempt(true);
      finish(true);
    }
  }

  /**
   * The upstream broke the body of a delivered response off. As before the response, the host is
   * charged and the flag set; only the answer is out. Source: Envoy {@code
   * Filter::onUpstreamReset}.
   */
  public void onBodyFailure(TransportFailure failure) {
    if (state == State.DELIVERED) {
      charge(false, enter());
      bodyFailed(LocalReplies.flag(failure));
    }
  }

  /**
   * {@link #bodyTimeoutNanos} passed before the body of a delivered response had ended, or it was
   * silent for longer than {@link #silenceNanos} allows. The host has answered in time and is not
   * charged, but for its silence. Source: Envoy {@code Filter::onResponseTimeout}, {@code
   * Filter::onPerTryTimeoutCommon}.
   *
   * @return what has run out, in Envoy's words
   */
  public String onBodyTimeout() {
    if (state != State.DELIVERED) {
      return "";
    }
    long now = enter();
    TimeLimit limit = passed(now);
    if (limit.isTimeoutOfTry()) {
      charge(true, now);
    }
    bodyFailed(LocalReplies.flag(limit));
    return LocalReplies.words(limit);
  }

  private void bodyFailed(ResponseFlag flag) {
    flag(flag);
    endAttempt(false);
    finish(false);
  }

  /**
   * The caller gave up. In any state; gives back what the call holds and is not held against the
   * host.
   */
  public void cancel() {
    if (state == State.ENDED) {
      return;
    }
    Detour gone = detour();
    abandonPlace();
    endAttempt(false);
    if (gone.racer != null) {
      scratch(gone.racer);
    }
    gone.flag(ResponseFlag.DC);
    gone.answered(0);
    finish(false);
  }

  private Step route(long now) {
    MeshSnapshot snapshot = target.snapshot();
    if (snapshot instanceof MeshSnapshot.Ready ready) {
      PathDecision path = ready.paths().decide(head.path());
      if (path.kind() != PathDecision.Kind.NORMAL) {
        if (!(path instanceof PathDecision.Changed changed)) {
          return end(LocalReplies.refusedPath(path, head, flagBits()));
        }
        head = changed.of(head);
      }
      RouteDecision decision = ready.table().decide(head, seams().random());
      if (decision instanceof RouteDecision.Matched matched) {
        bound = ready.bound(matched);
        time(bound);
        return bound.guards == null ? afterGuard(now) : guard(bound.guards, now);
      }
      flag(ResponseFlag.NR);
      return reply(404, "", "no route for " + head.method() + " " + LocalReplies.where(head));
    }
    if (snapshot instanceof MeshSnapshot.Pending pending) {
      long left = seams().configTimeoutNanos() - (now - startNanos);
      if (left > 0) {
        return waitFor(State.AWAITING_CONFIG, left, pending.changed());
      }
      return unconfigured(pending.reason());
    }
    if (snapshot instanceof MeshSnapshot.Refused refused) {
      return unconfigured(refused.reason());
    }
    flag(ResponseFlag.NR);
    return reply(404, "", ((MeshSnapshot.Absent) snapshot).reason());
  }

  @Override
  Step afterGuard(long now) {
    FaultPlan plan = bound().fault;
    if (!plan.upstreamCluster().isEmpty() && !plan.upstreamCluster().equals(clusterAhead())) {
      return afterFault(FaultDecision.None.INSTANCE, now);
    }
    FaultDecision decision = plan.decide(head, seams().random());
    if (decision.kind() == FaultDecision.Kind.NONE
        || !seams().activeFaults().tryBegin(plan.maxActive())) {
      return afterFault(FaultDecision.None.INSTANCE, now);
    }
    detour().hasFault = true;
    return fault(decision, now);
  }

  private Step fault(FaultDecision drawn, long now) {
    FaultDecision decision = drawn;
    if (drawn instanceof FaultDecision.Throttle throttle) {
      detour().pace = throttle.pace(seams().ticker());
      decision = throttle.then();
    }
    if (decision instanceof FaultDecision.Delay delay) {
      flag(ResponseFlag.DI);
      detour().afterDelay = delay.then();
      return waitFor(State.DELAYED, delay.nanos(), null);
    }
    return afterFault(decision, now);
  }

  private Step afterFault(@Nullable FaultDecision decision, long now) {
    if (decision instanceof FaultDecision.Abort abort) {
      flag(ResponseFlag.FI);
      Step.Reply reply = LocalReplies.of(abort.status(), "fault filter abort", "", flagBits());
      return end(abort.grpcStatus() < 0 ? reply : GrpcReplies.of(reply, abort.grpcStatus()));
    }
    RouteDecision.Matched matched = bound().matched;
    RouteAction action = matched.route().action();
    if (action instanceof RouteAction.Redirect redirect) {
      return end(LocalReplies.redirect(redirect.status(), matched.location(head), flagBits()));
    }
    if (action instanceof RouteAction.DirectResponse direct) {
      return reply(direct.status(), direct.body(), bound().unknown);
    }
    return cluster((RouteAction.Forward) action, now);
  }

  private Step cluster(RouteAction.Forward action, long now) {
    int choice = choose();
    cluster = bound().cluster(choice);
    if (cluster == null) {
      flag(ResponseFlag.NC);
      String name = action.clusters().get(choice).cluster();
      return reply(
          action.clusterNotFoundStatus(),
          "",
          LocalReplies.noCluster(name) + " for " + LocalReplies.where(head));
    }
    if (detour != null) {
      detour.routedNanos = now;
    }
    if (bound().matched.changesMessages()) {
      Detour changing = detour();
      changing.destination = choice;
      changing.outgoing = bound().matched.outgoing(choice, head, new CallInfo(this, 0));
    }
    if (cluster.state.drops(seams().random())) {
      return dropped();
    }
    askForHosts(choice);
    if (bound().mayRetry && seams().isSafe()) {
      cluster.retryBudget.onCall();
    }
    return send(now);
  }
}
